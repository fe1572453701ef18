using Cosmos.Multikernel.Tests.Instances.Files;
using Cosmos.Multikernel.Tests.Instances.Records;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Files;

/// <summary>
/// What the file user does on the metal, on Linux: a case that fails here is wrong itself, one that fails only on the metal shows
/// what is different there.
/// </summary>
[NonParallelizable]
public sealed class LinuxFilesTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        FilesTable
            .Cases(new Site("linux", ""))
            .Where(test => !test.OnMetalOnly)
            .Select(test => new TestCaseData(test.Name).SetName($"files.{test.Name}"));

    [TestCaseSource(nameof(Cases))]
    public void OnLinux(string name)
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("cosmos-files");
        try
        {
            Site site = new("linux", root.FullName);
            TestCase test = FilesTable.Cases(site).Single(candidate => candidate.Name == name);
            Assert.That(TestSuite.Failure(test, out string message), Is.Null);
            TestContext.Out.WriteLine(message);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}

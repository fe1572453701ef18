using Cosmos.Multikernel.Tests.Instances.Ladder;
using Cosmos.Multikernel.Tests.Instances.Records;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Ladder;

/// <summary>
/// The ladder that instances climb in the VM, on Linux: a rung that fails here is wrong itself, one that fails only in
/// the VM shows what the CPU driver does differently.
/// </summary>
[NonParallelizable]
public sealed class HostedLadderTests
{
    private static IEnumerable<TestCaseData> Rungs() =>
        LadderTable
            .Cases.Where(rung => !rung.OnMetalOnly)
            .Select(rung => new TestCaseData(rung.Name).SetName($"ladder.{rung.Name}"));

    [TestCaseSource(nameof(Rungs))]
    public void Rung(string name)
    {
        var rung = LadderTable.Cases.Single(candidate => candidate.Name == name);
        var failure = TestSuite.Failure(rung, out var message);
        Assert.That(failure, Is.Null);
        TestContext.Out.WriteLine(message);
    }
}

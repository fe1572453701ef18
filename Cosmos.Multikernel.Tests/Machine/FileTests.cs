using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Instances.Files;
using Cosmos.Multikernel.Tests.Instances.Records;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// System.IO on the metal: an ordinary program on two cores at once, whose files are served by an instance on a third. The same
/// program runs on this machine's Linux, to say what is right.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class FileTests
{
    private const int Cores = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private VirtualMachine machine = null!;
    private InstanceWatch watch = null!;

    public static IEnumerable<TestCaseData> Cases() =>
        from test in FilesTable.Cases(new Site("ram", "/"))
        from core in new[] { 1, 2 }
        select new TestCaseData($"file-user.ram.{test.Name}", core);

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        string image = TestMachine.WriteImage(
            "files",
            new ImageModule("file-user", TestMachine.FileUser, "1-2", Arguments: "ram=/tmp"),
            new ImageModule("files", TestMachine.DiskCore, "0", Memory: "96M"),
            Repository.MonitorModule
        );
        machine = await TestMachine.BootAsync(
            "files",
            image,
            options => options with { Cores = Cores, Memory = 1024 }
        );
        watch = new InstanceWatch(machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await machine.DisposeAsync();

    [TestCaseSource(nameof(Cases))]
    public Task OnTheMetal(string name, int core) => watch.AssertRecordAsync(name, core);

    [Test]
    public async Task TheProgramEndsWell([Values(1, 2)] int core)
    {
        var end = await watch.EndOfAsync("file-user", core);
        Assert.That(end.Status, Is.Zero, end.Text);
        Assert.That(watch.Panics, Is.Empty);
    }

    /// <summary>A full disk, a blocked event loop, and the end and return of the instance that serves files.</summary>
    [Test]
    public async Task NothingHangsWhateverBecomesOfTheService()
    {
        string image = TestMachine.WriteImage(
            "files-service",
            new ImageModule("file-user", TestMachine.FileUser, "1", Arguments: "full=/tmp"),
            new ImageModule("files", TestMachine.DiskCore, "0", Memory: "64M", Restart: "always"),
            Repository.MonitorModule
        );
        await using VirtualMachine other = await TestMachine.BootAsync(
            "files-service",
            image,
            options => options with { Cores = 2, Memory = 512 }
        );
        InstanceWatch records = new(other, Limit);
        foreach (TestCase test in FilesTable.Cases(new Site("full", "/")))
        {
            await records.AssertRecordAsync($"file-user.full.{test.Name}", core: 1);
        }
        Assert.That(records.Panics, Is.Empty);
    }
}

using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Instances.Ladder;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>The .NET ladder on all cores at once: one case for each rung on each core.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class LadderTests
{
    private const int Cores = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;

    public static IEnumerable<TestCaseData> Cases() =>
        from testCase in LadderTable.Cases
        from core in Enumerable.Range(0, Cores)
        select new TestCaseData($"{LadderTable.Suite}.{testCase.Name}", core);

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var image = TestMachine.WriteImage(
            "ladder",
            new ImageModule("ladder", TestMachine.Ladder, "all")
        );
        _machine = await TestMachine.BootAsync(
            "ladder",
            image,
            options => options with { Cores = Cores, Memory = 2048 }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [TestCaseSource(nameof(Cases))]
    public Task Rung(string name, int core) => _watch.AssertRecordAsync(name, core);

    [Test]
    public async Task EveryInstanceEndsWell([Range(0, Cores - 1)] int core)
    {
        var end = await _watch.EndOfAsync("ladder", core);
        Assert.That(end.Status, Is.Zero, end.Text);
        Assert.That(_watch.Panics, Is.Empty);
    }
}

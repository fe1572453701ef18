using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Instances.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>One boot: core 0 makes every kind of call of a message interface to core 1.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class MessageCallTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;

    private static IEnumerable<string> Cases => CallCases.All.Select(entry => entry.Name);

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var image = TestMachine.WriteImage(
            "calls",
            new ImageModule("calls", TestMachine.Messages, "0-1", Arguments: "calls")
        );
        _machine = await TestMachine.BootAsync(
            "calls",
            image,
            options => options with { Cores = 2 }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [TestCaseSource(nameof(Cases))]
    public Task EveryKindOfCall(string name) => _watch.AssertRecordAsync($"calls.{name}", core: 0);

    [Test]
    public async Task BothEndInOrder([Values(0, 1)] int core) =>
        Assert.That((await _watch.EndOfAsync("calls", core)).Status, Is.Zero);

    [Test]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);
}

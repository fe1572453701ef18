using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// One boot: on cores 0 and 1 a hundred thousand messages pass, in order, with both ends falling asleep at random; on cores
/// 2 and 3 instances with little memory use all of it.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class MemoryAndMessagesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        const string ByExhaustion = "by-exhaustion of-native-memory afterwards";
        var image = TestMachine.WriteImage(
            "memory",
            new ImageModule("messages", TestMachine.Messages, "0-1", Arguments: "stream"),
            new ImageModule(
                "exhaust",
                TestMachine.OutOfMemory,
                "2",
                Memory: "64M",
                Arguments: ByExhaustion
            ),
            new ImageModule(
                "limit",
                TestMachine.OutOfMemory,
                "3",
                Arguments: "by-heap-limit afterwards"
            )
        );
        _machine = await TestMachine.BootAsync(
            "memory",
            image,
            options => options with { Memory = 1024 }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test]
    public Task HundredThousandMessages([Values(0, 1)] int core) =>
        _watch.AssertRecordAsync("messages.in-order", core);

    [Test]
    public Task MemoryRunsOut(
        [Values("by-exhaustion", "of-native-memory", "afterwards")] string name
    ) => _watch.AssertRecordAsync($"out-of-memory.{name}", core: 2);

    [Test]
    public Task HeapLimit([Values("by-heap-limit", "afterwards")] string name) =>
        _watch.AssertRecordAsync($"out-of-memory.{name}", core: 3);

    [TestCase("messages", 0)]
    [TestCase("messages", 1)]
    [TestCase("exhaust", 2)]
    [TestCase("limit", 3)]
    public async Task EveryInstanceEndsWell(string name, int core)
    {
        var end = await _watch.EndOfAsync(name, core);
        Assert.That(end.Status, Is.Zero, end.Text);
        Assert.That(_watch.Panics, Is.Empty);
    }
}

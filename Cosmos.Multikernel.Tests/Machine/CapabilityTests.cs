using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// One boot: frames move between cores 0 and 1 and to victims on cores 2 and 3, which end holding some; a driver on core 1 gets
/// the real-time clock's interrupts, and device capabilities from the holder of all devices on core 0.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class CapabilityTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var program = TestMachine.Capabilities;
        var image = TestMachine.WriteImage(
            "capabilities",
            new ImageModule("giver", program, "0", Memory: "64M", Arguments: "giver"),
            new ImageModule("all-devices", program, "0", Arguments: "all-devices", Devices: "all"),
            new ImageModule("taker", program, "1", Arguments: "taker"),
            new ImageModule(
                "clock",
                program,
                "1",
                Arguments: "clock",
                Devices: "port:0x70-0x71,irq:8"
            ),
            new ImageModule("victim", program, "2-3", Arguments: "victim")
        );
        _machine = await TestMachine.BootAsync(
            "capabilities",
            image,
            options => options with { Memory = 1024 }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test]
    public Task Frames(
        [Values("own-frames", "no-memory", "moves", "closes", "victims")] string name
    ) => _watch.AssertRecordAsync($"capabilities.{name}", core: 0);

    [Test]
    public Task AllDevices(
        [Values("firmware-tables", "refusals", "registers", "sent-devices")] string name
    ) => _watch.AssertRecordAsync($"capabilities.{name}", core: 0);

    [Test]
    public Task Driver([Values("received-devices", "interrupts")] string name) =>
        _watch.AssertRecordAsync($"capabilities.{name}", core: 1);

    [Test]
    public async Task VictimsEnd([Values(2, 3)] int core) =>
        Assert.That(
            (await _watch.EndOfAsync("victim", core)).Text,
            Does.Contain(core == 2 ? "SIGABRT" : "status 0")
        );

    [Test]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);
}

using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// The device manager with QEMU's devices for teaching: configuration in memory (q35) and through ports (pc), interrupts by
/// line and by message, transfers to memory, and what a driver may not have.
/// </summary>
[TestFixture(MachineKind.Q35)]
[TestFixture(MachineKind.Pc)]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed partial class DeviceTests(MachineKind kind)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var name = $"devices-{kind}".ToLowerInvariant();
        var image = TestMachine.WriteImage(
            name,
            new ImageModule("driver", TestMachine.Devices, "1", Arguments: "driver"),
            new ImageModule("stranger", TestMachine.Devices, "0", Arguments: "stranger"),
            Repository.DeviceManagerModule("driver=pci:1234:11e8"),
            Repository.MonitorModule
        );
        _machine = await TestMachine.BootAsync(
            name,
            image,
            options =>
                options with
                {
                    Kind = kind,
                    Cores = 2,
                    Memory = 1024,
                    ExtraArguments =
                    [
                        "-device",
                        "edu,dma_mask=0xffffffff",
                        "-device",
                        "edu,dma_mask=0xffffffff",
                    ],
                }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test]
    public Task Driver(
        [Values("claim", "registers", "others", "line", "messages", "memory")] string name
    ) => _watch.AssertRecordAsync($"devices.{name}", core: 1);

    [Test]
    public Task Stranger() => _watch.AssertRecordAsync("devices.stranger", core: 0);

    [Test]
    public async Task WhatHasNoDriverIsNamed() =>
        await _machine.ExpectAsync(NoDriver(), Limit, CancellationToken.None);

    [Test]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);

    [GeneratedRegex(@"\[0 devices\] no driver for \S+ 1234:1111 VGA display")]
    private static partial Regex NoDriver();
}

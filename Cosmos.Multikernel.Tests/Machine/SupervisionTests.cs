using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// Restarts on the metal: a server and every monitor are ended while clients on all cores call; a driver crashes with its device
/// running; what dies again and again is given up. On two and on four cores.
/// </summary>
[TestFixture(2)]
[TestFixture(4)]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class SupervisionTests(int cores)
{
    private const int Lives = 4;
    private const int MostRestarts = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var program = TestMachine.Supervision;
        var image = TestMachine.WriteImage(
            $"supervision-{cores}",
            new ImageModule("conductor", program, "0", Arguments: "conductor"),
            new ImageModule("client", program, "all", Arguments: "client"),
            new ImageModule("server", program, "1", Arguments: "server", Restart: "always"),
            new ImageModule(
                "driver",
                program,
                $"{cores - 1}",
                Arguments: "driver",
                Devices: "port:0x70-0x71,irq:8",
                Restart: "on-failure"
            ),
            new ImageModule("failure", program, "0", Arguments: "failure", Restart: "on-failure"),
            new ImageModule("once", program, "0", Arguments: "failure"),
            Repository.MonitorModule
        );
        _machine = await TestMachine.BootAsync(
            $"supervision-{cores}",
            image,
            options => options with { Cores = cores, Memory = 1024 }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test]
    public Task AServerComesBackWithItsName() =>
        _watch.AssertRecordAsync("supervision.server", core: 0);

    [Test]
    public Task MonitorsComeBack() => _watch.AssertRecordAsync("supervision.monitors", core: 0);

    [Test]
    public async Task ClientsAreServedAgain()
    {
        for (var core = 0; core < cores; core++)
        {
            await _watch.AssertRecordAsync("supervision.client", core);
        }
    }

    [Test]
    public async Task ADriversDevicesAreItsNextLifesToo()
    {
        for (var life = 0; life < Lives; life++)
        {
            await _watch.AssertRecordAsync($"supervision.driver-{life}", core: cores - 1);
        }
    }

    [Test]
    public async Task ACrashLoopEndsWithAReport()
    {
        var ends = await _watch.EndsOfAsync("failure", core: 0, MostRestarts + 1);
        Assert.That(
            ends.Take(MostRestarts).Select(end => end.Text.TrimEnd()),
            Is.All.EndsWith("ended: status 3; starts again")
        );
        Assert.That(
            ends[^1].Text.TrimEnd(),
            Does.EndWith("ended: status 3; not started again: 5 restarts within 60 s")
        );
    }

    /// <summary>Who is told nothing stays ended, until somebody starts it by hand.</summary>
    [Test]
    public async Task WhatHasEndedIsStartedByHand()
    {
        await _watch.AssertRecordAsync("supervision.started", core: 0);
        var ends = await _watch.EndsOfAsync("once", core: 0, count: 2);
        Assert.That(ends.Select(end => end.Text.TrimEnd()), Is.All.EndsWith("ended: status 3"));
    }

    [Test]
    public async Task NoCpuDriverPanics()
    {
        await _watch.AssertRecordAsync("supervision.monitors", core: 0);
        Assert.That(_watch.Panics, Is.Empty);
    }
}

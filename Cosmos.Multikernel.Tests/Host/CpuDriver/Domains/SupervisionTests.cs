using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Domains;

/// <summary>Restarts by the CPU driver's own code, on pretended cores.</summary>
[TestFixture]
public sealed class SupervisionTests
{
    private const int RungInterruptsOffset = 24;
    private const nint NoDomain = 0;
    private const int Line = 8;
    private const int MostRestarts = 5;
    private const ulong Minute = 60_000_000_000;

    private PretendMachine machine = null!;
    private PretendMachineCore core = null!;

    [SetUp]
    public void Start()
    {
        machine = new PretendMachine(cores: 4);
        core = machine.Cores[0];
    }

    [TearDown]
    public void NothingIsLeftBehind()
    {
        Assert.That(core.Counts()[3], Is.Zero, "leaks");
        machine.Dispose();
    }

    private static uint LifeOf(PretendMachineCore core, nint domain)
    {
        Identity identity = default;
        Assert.That(core.DoFirst(domain, MultikernelCall.Identity, ref identity), Is.Zero);
        return identity.Life;
    }

    private static string LastEnd(PretendMachineCore core, string name) =>
        core.Lines().Last(line => line.Contains($"{name}] ended"));

    [Test]
    public void WhatIsToldNothingStaysEnded()
    {
        core.EndWith(core.StartInstance("m1"), 1);
        machine.Settle();
        Assert.That(core.Find("m1"), Is.EqualTo(NoDomain));
        Assert.That(LastEnd(core, "m1"), Does.EndWith("status 1"));
    }

    [Test]
    public void OnFailureStartsAgainAfterFailuresOnly()
    {
        core.EndWith(core.StartInstance("driver"), 1);
        Assert.That(
            core.Find("driver"),
            Is.EqualTo(NoDomain),
            "before the memory of the last life is back"
        );
        machine.Settle();
        nint second = core.FindStarted("driver");
        Assert.That(LifeOf(core, second), Is.EqualTo(1));
        Assert.That(LastEnd(core, "driver"), Does.EndWith("; starts again"));
        core.EndWith(second, 0);
        machine.Settle();
        Assert.That(core.Find("driver"), Is.EqualTo(NoDomain));
    }

    [Test]
    public void AMonitorStartsAgainWithoutBeingTold()
    {
        PretendMachineCore last = machine.Cores[3];
        last.EndWith(last.StartInstance("watched"), 0);
        machine.Settle();
        Assert.That(LifeOf(last, last.FindStarted("watched")), Is.EqualTo(1));
    }

    /// <summary>A new life holds what the boot media grant, and its interrupts ring it and not the last one.</summary>
    [Test]
    public void ADriversDevicesAreItsNextLifesToo()
    {
        nint first = core.StartInstance("driver");
        Assert.That(Bind(first), Is.Zero);
        Assert.That(core.Raise(Line));
        Assert.That(core.ReadPage(first, RungInterruptsOffset), Is.EqualTo(1));

        core.EndWith(first, 1);
        machine.Settle();
        Assert.That(core.IsMasked(Line), "a line that nobody has bound");
        nint second = core.FindStarted("driver");
        Assert.That(core.ReadPage(second, RungInterruptsOffset), Is.Zero);
        Assert.That(Bind(second), Is.Zero);
        Assert.That(core.Raise(Line));
        Assert.That(core.ReadPage(second, RungInterruptsOffset), Is.EqualTo(1));
    }

    private long Bind(nint domain)
    {
        long handle = core.Do(domain, NextCapability);
        Assert.That(handle, Is.Positive, "no capability was granted");
        InterruptBinding binding = new() { Trigger = LineTrigger.RisingEdge };
        return core.Do(domain, BindInterrupt, (ulong)handle, ref binding);
    }

    [Test]
    public void ACrashLoopEndsWithAReport()
    {
        core.StartInstance("endless");
        for (int i = 0; i < MostRestarts; i++)
        {
            core.EndWith(core.FindStarted("endless"), 0);
            machine.Settle();
        }
        Assert.That(LifeOf(core, core.FindStarted("endless")), Is.EqualTo(MostRestarts));
        core.EndWith(core.Find("endless"), 0);
        machine.Settle();
        Assert.That(core.Find("endless"), Is.EqualTo(NoDomain));
        Assert.That(
            LastEnd(core, "endless"),
            Does.EndWith("; not started again: 5 restarts within 60 s")
        );
    }

    [Test]
    public void RestartsLongAgoDoNotCount()
    {
        core.StartInstance("endless");
        for (int i = 0; i < 3 * MostRestarts; i++)
        {
            core.EndWith(core.FindStarted("endless"), 0);
            machine.Settle();
            core.Wait(Minute / MostRestarts);
        }
        Assert.That(LifeOf(core, core.FindStarted("endless")), Is.EqualTo(3 * MostRestarts));
    }

    /// <summary>The monitor starts what has ended for good; then its restarts are counted anew.</summary>
    [Test]
    public void TheMonitorStartsWhatWasGivenUp()
    {
        nint monitor = core.StartInstance("m0");
        core.StartInstance("endless");
        for (int i = 0; i <= MostRestarts; i++)
        {
            core.EndWith(core.FindStarted("endless"), 0);
            machine.Settle();
        }
        Assert.That(core.Find("endless"), Is.EqualTo(NoDomain));
        // Declarations count module by module, each core by core: m0 is on one core, the four before "endless" on all four.
        const ulong Index = 1 + 4 * 4;
        Assert.That(core.Do(monitor, MultikernelCall.Start, Index), Is.Zero);
        nint next = core.FindStarted("endless");
        Assert.That(LifeOf(core, next), Is.EqualTo(MostRestarts + 1));
        core.EndWith(next, 1);
        machine.Settle();
        Assert.That(LifeOf(core, core.FindStarted("endless")), Is.EqualTo(MostRestarts + 2));
    }

    [Test]
    public unsafe void AServerSeesWhichLifeOffersAChannel()
    {
        // Core 1 has no monitor whose permission its instances would need.
        PretendMachineCore other = machine.Cores[1];
        other.EndWith(other.StartInstance("driver"), 1);
        machine.Settle();
        ConnectRequest request = new() { Core = 0, Slots = 8 };
        "m1"u8.CopyTo(new Span<byte>(request.Name, InstanceName.Size));
        nint server = core.StartInstance("m1");
        Assert.That(
            other.DoFirst(other.FindStarted("driver"), Connect, ref request),
            Is.Not.Negative
        );
        machine.Settle();
        AcceptResult accepted = default;
        Assert.That(core.DoFirst(server, Accept, ref accepted), Is.Not.Negative);
        Assert.That(accepted.Life, Is.EqualTo(1));
    }
}

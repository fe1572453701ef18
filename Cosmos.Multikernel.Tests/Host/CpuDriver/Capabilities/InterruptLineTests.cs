using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>Interrupt lines that several instances hold, on several cores.</summary>
[TestFixture]
public sealed class InterruptLineTests : CapabilityCallFixture
{
    private const int RungInterruptsOffset = 24;

    /// <summary>A level-triggered line is masked until all that were told have answered, on whichever core.</summary>
    [Test]
    public void ALineWaitsForAllItsHolders()
    {
        nint holder = Core.StartInstance("m0");
        nint far = Machine.Cores[1].StartInstance("m1");
        (ulong near, ulong claimed) = ShareLine(holder, far, 16);
        InterruptBinding binding = default;
        Assert.That(Core.Do(holder, BindInterrupt, near, ref binding), Is.Zero);
        Assert.That(Machine.Cores[1].Do(far, BindInterrupt, claimed, ref binding), Is.Zero);
        Machine.Settle();
        for (int round = 0; round < 3; round++)
        {
            Forget(Core, holder);
            Forget(Machine.Cores[1], far);
            Assert.That(Core.Raise(16));
            Assert.That(Core.Raise(16), Is.False);
            Machine.Settle();
            Assert.That(Core.ReadPage(holder, RungInterruptsOffset), Is.EqualTo(1));
            Assert.That(Machine.Cores[1].ReadPage(far, RungInterruptsOffset), Is.EqualTo(1));
            Assert.That(Core.Do(holder, AcknowledgeInterrupt, near), Is.Zero);
            Machine.Settle();
            Assert.That(Core.IsMasked(16));
            Assert.That(Machine.Cores[1].Do(far, AcknowledgeInterrupt, claimed), Is.Zero);
            Machine.Settle();
            Assert.That(Core.IsMasked(16), Is.False);
        }

        // One that ends without an answer holds up nobody.
        Assert.That(Core.Raise(16));
        Machine.Settle();
        Machine.Cores[1].End(far);
        Assert.That(Core.Do(holder, DeleteCapability, near), Is.Zero);
        Machine.Settle();
        Assert.That(Core.IsMasked(16));
        Assert.That(Core.Raise(16), Is.False);
        Core.End(holder);
    }

    /// <summary>
    /// A line is opened by another core than its driver's, some time after the driver has bound it; what the device asks for meanwhile
    /// finds the line masked. So a new holder is told once, whether anything came or not.
    /// </summary>
    [Test]
    public void WhatCameBeforeALineWasOpenIsNotLost()
    {
        nint holder = Core.StartInstance("m0");
        nint far = Machine.Cores[1].StartInstance("m1");
        (ulong near, ulong claimed) = ShareLine(holder, far, 16);

        InterruptBinding binding = default;
        Assert.That(Machine.Cores[1].Do(far, BindInterrupt, claimed, ref binding), Is.Zero);
        Assert.That(Core.Raise(16), Is.False);
        Machine.Settle();
        Assert.That(Machine.Cores[1].ReadPage(far, RungInterruptsOffset), Is.EqualTo(1));

        // That was no interrupt: whether it is answered or not, the line is open.
        Assert.That(Core.IsMasked(16), Is.False);
        Forget(Machine.Cores[1], far);
        Assert.That(Core.Raise(16));
        Machine.Settle();
        Assert.That(Machine.Cores[1].ReadPage(far, RungInterruptsOffset), Is.EqualTo(1));

        // One who comes while the line waits for an answer is told as well, and answers too.
        Assert.That(Core.Do(holder, BindInterrupt, near, ref binding), Is.Zero);
        Assert.That(Core.ReadPage(holder, RungInterruptsOffset), Is.EqualTo(1));
        Assert.That(Machine.Cores[1].Do(far, AcknowledgeInterrupt, claimed), Is.Zero);
        Machine.Settle();
        Assert.That(Core.IsMasked(16));
        Assert.That(Core.Do(holder, AcknowledgeInterrupt, near), Is.Zero);
        Machine.Settle();
        Assert.That(Core.IsMasked(16), Is.False);
        Core.End(holder);
        Machine.Cores[1].End(far);
    }

    // Capabilities for a line: one for its holder, and one that the holder gives an instance of core 1.
    private (ulong Near, ulong Far) ShareLine(nint holder, nint far, uint line)
    {
        ulong all = (ulong)Core.Do(holder, NextCapability);
        MintRequest request = new()
        {
            Type = CapabilityType.InterruptLine,
            Rights = CapabilityRights.All,
            Start = line,
            Length = 1,
        };
        ulong near = (ulong)Core.Do(holder, MintCapability, all, ref request);
        ulong sent = (ulong)Core.Do(holder, MintCapability, all, ref request);
        long channel = Connect(holder, 1, "m1", out _);
        Machine.Settle();
        AcceptResult accepted = default;
        long end = Machine.Cores[1].DoFirst(far, Accept, ref accepted);
        Machine.Settle();
        long number = Core.Do(holder, SendCapability, (ulong)channel, sent);
        Assert.That(number, Is.Zero);
        Machine.Settle();
        return (near, (ulong)Machine.Cores[1].Do(far, ClaimCapability, (ulong)end, (ulong)number));
    }

    private static void Forget(PretendMachineCore place, nint domain)
    {
        Identity identity = default;
        Assert.That(place.DoFirst(domain, MultikernelCall.Identity, ref identity), Is.Zero);
        Assert.That(place.TryWrite(domain, (long)identity.DomainPage + RungInterruptsOffset, 0));
    }
}

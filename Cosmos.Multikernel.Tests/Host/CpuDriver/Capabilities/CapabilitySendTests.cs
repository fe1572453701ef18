using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>Capabilities that go from one instance to another by a channel.</summary>
[TestFixture]
public sealed class CapabilitySendTests : CapabilityCallFixture
{
    /// <summary>
    /// A receiver that can hold no capability more gives up what came without taking it: the sender's window stays open, and the
    /// frames go home.
    /// </summary>
    [Test]
    public void WhatIsDiscardedLeavesNoHoleInTheWindow()
    {
        PretendMachineCore free = Machine.Cores[1];
        nint other = free.StartInstance("m1");
        Assert.That(Connect(free, other, 0, "m1", out _), Is.Not.Negative);
        Machine.Settle();
        AcceptResult accepted = default;
        ulong channel = (ulong)Core.DoFirst(Domain, Accept, ref accepted);
        Machine.Settle();
        ulong there = 0;
        for (ulong number = 0; number < 100; number++)
        {
            ulong frame = (ulong)free.Do(other, AllocateFrame, 4096, 4096);
            Assert.That(free.Do(other, SendCapability, there, frame), Is.EqualTo(number));
            Assert.That(Core.Do(Domain, DiscardCapability, channel, number + 1), Is.Negative);
            Machine.Settle();
            Assert.That(Core.Do(Domain, DiscardCapability, channel, number), Is.Zero);
            Assert.That(Core.Do(Domain, DiscardCapability, channel, number), Is.EqualTo(NoEntry));
            Assert.That(Core.Do(Domain, ClaimCapability, channel, number), Is.EqualTo(NoEntry));
            Machine.Settle();
            Assert.That(free.Counts()[1], Is.Zero, "frames that are not home");
        }
        free.End(other);
    }

    /// <summary>Whoever is told a capability's number by a message finds it, and nobody was interrupted for it.</summary>
    [Test]
    public void ACapabilityIsFoundWithoutAnInterrupt()
    {
        (nint other, ulong there, ulong here) = ConnectCores();
        for (ulong number = 0; number < 3; number++)
        {
            Assert.That(Core.Do(Domain, SendCapability, here, Allocate()), Is.EqualTo(number));
        }
        Assert.That(Machine.IsRung(0, 1), Is.False);
        Assert.That(Machine.Step(0, 1), Is.False);
        for (ulong number = 0; number < 3; number++)
        {
            Assert.That(Machine.Cores[1].Do(other, ClaimCapability, there, number), Is.Positive);
        }
        Assert.That(Machine.IsRung(1, 0), Is.False, "nobody waited for one");
        Machine.Cores[1].End(other);
    }

    /// <summary>Who claims one too early waits for it, and is interrupted when it is sent: before or after the sender hears of him.</summary>
    [Test]
    public void AnAwaitedCapabilityInterrupts([Values] bool isHeardOf)
    {
        (nint other, ulong there, ulong here) = ConnectCores();
        PretendMachineCore far = Machine.Cores[1];
        Assert.That(far.Do(other, ClaimCapability, there, 0), Is.EqualTo(TryAgain));
        Assert.That(far.Do(other, ClaimCapability, there, 0), Is.EqualTo(TryAgain));
        Assert.That(Machine.IsRung(1, 0));
        if (isHeardOf)
        {
            Assert.That(Machine.Step(1, 0));
            Assert.That(Machine.Step(1, 0), Is.False, "it is told once");
        }
        Assert.That(Core.Do(Domain, SendCapability, here, Allocate()), Is.Zero);
        if (!isHeardOf)
        {
            Assert.That(Machine.IsRung(0, 1), Is.False);
            Assert.That(Machine.Step(1, 0));
        }
        Assert.That(Machine.Step(0, 1));
        Assert.That(far.Do(other, ClaimCapability, there, 0), Is.Positive);

        // From then on as before.
        Assert.That(Core.Do(Domain, SendCapability, here, Allocate()), Is.EqualTo(1));
        Assert.That(Machine.IsRung(0, 1), Is.False);
        far.End(other);
    }

    /// <summary>A link that capabilities have filled without an interrupt is looked at when the next finds no room.</summary>
    [Test]
    public void AFullLinkInterrupts()
    {
        (nint other, ulong there, ulong here) = ConnectCores();
        for (ulong number = 0; number < 5; number++)
        {
            // The link has room for four.
            Assert.That(Machine.IsRung(0, 1), Is.False);
            Assert.That(Core.Do(Domain, SendCapability, here, Allocate()), Is.EqualTo(number));
        }
        Assert.That(Machine.IsRung(0, 1));
        Machine.Settle();
        Assert.That(Machine.Cores[1].Do(other, ClaimCapability, there, 4), Is.Positive);
        Machine.Cores[1].End(other);
    }

    [Test]
    public void AFrameWithCopiesIsNotSent()
    {
        // Core 1 has no monitor that would have to permit the channel.
        PretendMachineCore free = Machine.Cores[1];
        nint giver = free.StartInstance("m1");
        nint other = free.StartInstance("m2");
        long channel = Connect(free, giver, 1, "m2", out _);
        Assert.That(channel, Is.GreaterThanOrEqualTo(0));
        ulong handle = (ulong)free.Do(giver, AllocateFrame, 4096, 4096);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.EqualTo(-107));
        Machine.Settle();
        AcceptResult accepted = default;
        free.DoFirst(other, Accept, ref accepted);
        Machine.Settle();
        ulong copy = (ulong)free.Do(giver, CopyCapability, handle);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.EqualTo(Busy));
        Assert.That(free.Do(giver, DeleteCapability, copy), Is.Zero);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.Zero);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.EqualTo(BadHandle));
        free.End(giver);
        free.End(other);
        Machine.Settle();
        Assert.That(free.Counts()[1..4], Is.EqualTo((ulong[])[0, 0, 0]));
    }

    /// <summary>What is sent through a channel before the other side could hear that it was accepted, is not lost.</summary>
    [Test]
    public void AChannelThatEndsBeforeItsAcceptanceIsKnown()
    {
        PretendMachineCore free = Machine.Cores[1];
        nint other = free.StartInstance("m1");
        Connect(free, other, 0, "m1", out _);
        long unheard = Connect(free, other, 0, "m1", out _);
        Machine.Settle();
        AcceptResult accepted = default;
        long full = Core.DoFirst(Domain, Accept, ref accepted);
        Machine.Settle();
        for (int i = 0; i < 5; i++)
        {
            // The link has room for four.
            Assert.That(Core.Do(Domain, SendCapability, (ulong)full, Allocate()), Is.EqualTo(i));
        }
        long channel = Core.DoFirst(Domain, Accept, ref accepted);
        Assert.That(Core.Do(Domain, SendCapability, (ulong)channel, Allocate()), Is.Zero);
        Assert.That(Core.Do(Domain, Close, (ulong)channel), Is.Zero);
        Assert.That(free.Do(other, Close, (ulong)unheard), Is.Zero);
        Machine.Settle();
        Assert.That(Core.Counts()[1], Is.EqualTo(5));
        free.End(other);
    }

    // A channel from an instance of core 1 to the one of core 0: that instance, and the channel's handle there and here.
    private (nint Other, ulong There, ulong Here) ConnectCores()
    {
        nint other = Machine.Cores[1].StartInstance("m1");
        long there = Connect(Machine.Cores[1], other, 0, "m1", out _);
        Assert.That(there, Is.Not.Negative);
        Machine.Settle();
        AcceptResult accepted = default;
        long here = Core.DoFirst(Domain, Accept, ref accepted);
        Machine.Settle();
        return (other, (ulong)there, (ulong)here);
    }
}

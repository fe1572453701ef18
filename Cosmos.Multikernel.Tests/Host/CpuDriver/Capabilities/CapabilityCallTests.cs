using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>Each capability call against the CPU driver's own code, on pretended cores.</summary>
[TestFixture]
public sealed class CapabilityCallTests
{
    private const long BadHandle = -9;
    private const long TryAgain = -11;
    private const long NoMemory = -12;
    private const long Denied = -13;
    private const long BadPointer = -14;
    private const long Busy = -16;
    private const long Exists = -17;
    private const long Invalid = -22;
    private const long NotPermitted = -1;
    private const long NoEntry = -2;

    private const int RungInterruptsOffset = 24;

    // Linux's number.
    private const long Mmap = 9;

    private PretendMachine machine = null!;
    private PretendMachineCore core = null!;
    private nint domain;
    private ulong[] before = null!;

    [SetUp]
    public void Start()
    {
        machine = new PretendMachine(cores: 2);
        core = machine.Cores[0];
        domain = core.StartInstance("m1");
        before = core.Counts();
    }

    [TearDown]
    public void NothingIsLeftBehind()
    {
        core.End(domain);
        machine.Settle();
        Assert.That(core.Counts()[1..4], Is.EqualTo((ulong[])[0, 0, 0]));
        machine.Dispose();
    }

    private ulong Allocate(ulong bytes = 4096, ulong alignment = 4096)
    {
        long handle = core.Do(domain, AllocateFrame, bytes, alignment);
        Assert.That(handle, Is.Positive);
        return (ulong)handle;
    }

    private long Mint(ulong source, MintRequest request) =>
        core.Do(domain, MintCapability, source, ref request);

    private CapabilityDescription Identify(ulong handle)
    {
        CapabilityDescription description = default;
        Assert.That(core.Do(domain, IdentifyCapability, handle, ref description), Is.Zero);
        return description;
    }

    [TestCase(0ul, 4096ul)]
    [TestCase(2097153ul, 4096ul)]
    [TestCase(ulong.MaxValue, 4096ul)]
    [TestCase(4096ul, 0ul)]
    [TestCase(4096ul, 8192ul)]
    [TestCase(4096ul, ulong.MaxValue)]
    public void SizesAndAlignmentsThatCannotBe(ulong bytes, ulong alignment) =>
        Assert.That(core.Do(domain, AllocateFrame, bytes, alignment), Is.EqualTo(Invalid));

    [Test]
    public void AFrameIsZeroedAlignedAndFreedOnce()
    {
        ulong handle = Allocate(2 << 20, 2 << 20);
        CapabilityDescription frame = Identify(handle);
        Assert.That(frame.Start % (2 << 20), Is.Zero);
        Assert.That(frame.Length, Is.EqualTo(2 << 20));
        long address = core.Do(domain, MapCapability, handle, 3);
        Assert.That(
            core.TryRead(domain, address + (2 << 20) - 8, out ulong last) ? last : 1,
            Is.Zero
        );
        Assert.That(core.TryWrite(domain, address, 7));
        Assert.That(core.Mistakes(domain), Is.Zero);
        Assert.That(core.Do(domain, DeleteCapability, handle), Is.Zero);
        Assert.That(core.TryRead(domain, address, out _), Is.False);
        foreach (
            long call in new[] { DeleteCapability, MapCapability, UnmapCapability, CopyCapability }
        )
        {
            Assert.That(core.Do(domain, call, handle, 1), Is.EqualTo(BadHandle));
        }
        // The entry is used again, the old handle is not.
        ulong next = Allocate();
        Assert.That(next & 0xffff, Is.EqualTo(handle & 0xffff));
        Assert.That(core.Do(domain, DeleteCapability, handle), Is.EqualTo(BadHandle));
    }

    [Test]
    public void RightsOnlyShrink()
    {
        ulong handle = Allocate(3 * 4096);
        ulong start = Identify(handle).Start;
        MintRequest part = new()
        {
            Type = CapabilityType.Frame,
            Rights = CapabilityRights.Read,
            Start = start + 4096,
            Length = 4096,
        };
        ulong minted = (ulong)Mint(handle, part);
        long address = core.Do(domain, MapCapability, minted, 1);
        Assert.That(address, Is.Positive);
        Assert.That(core.TryWrite(domain, address, 1), Is.False);
        Assert.That(core.Do(domain, MapCapability, minted, 1), Is.EqualTo(Exists));
        Assert.That(core.Do(domain, UnmapCapability, minted), Is.Zero);
        Assert.That(core.Do(domain, UnmapCapability, minted), Is.EqualTo(Invalid));
        foreach (ulong rights in new ulong[] { 0, 2, 3, 4, 5, 7, ulong.MaxValue })
        {
            Assert.That(core.Do(domain, MapCapability, minted, rights), Is.EqualTo(Denied));
        }
        Assert.That(Mint(minted, part with { Rights = CapabilityRights.All }), Is.EqualTo(Denied));
        Assert.That(Mint(minted, part with { Start = start }), Is.EqualTo(Invalid));
        Assert.That(Mint(minted, part with { Length = 8192 }), Is.EqualTo(Invalid));
        Assert.That(Mint(handle, part with { Start = start + 1 }), Is.EqualTo(Invalid));
        Assert.That(Mint(handle, part with { Length = 0 }), Is.EqualTo(Invalid));
        Assert.That(Mint(handle, part with { Length = ulong.MaxValue }), Is.EqualTo(Invalid));
        Assert.That(
            Mint(handle, part with { Type = CapabilityType.DeviceMemory }),
            Is.EqualTo(Invalid)
        );
        // The memory stays as long as one capability for it does.
        Assert.That(core.Do(domain, DeleteCapability, handle), Is.Zero);
        Assert.That(core.Counts()[1], Is.EqualTo(1));
        Assert.That(core.Do(domain, DeleteCapability, minted), Is.Zero);
        Assert.That(core.Counts()[1], Is.Zero);
    }

    [Test]
    public void ExhaustionIsCleanAndRepeatable()
    {
        for (int round = 0; round < 3; round++)
        {
            List<ulong> handles = [];
            long handle;
            while ((handle = core.Do(domain, AllocateFrame, 64 << 10, 4096)) >= 0)
            {
                handles.Add((ulong)handle);
            }
            Assert.That(handle, Is.EqualTo(NoMemory));
            Assert.That(handles, Has.Count.GreaterThan(100));
            handles.ForEach(held => Assert.That(core.Do(domain, DeleteCapability, held), Is.Zero));
        }
    }

    [Test]
    public void BadPointersLeaveNothing()
    {
        ulong handle = Allocate();
        foreach (ulong address in new ulong[] { 0, 8, 0x7fff_ffff_f000, ulong.MaxValue - 7 })
        {
            Assert.That(
                core.Do(domain, IdentifyCapability, handle, address, 32),
                Is.EqualTo(BadPointer).Or.EqualTo(Invalid)
            );
            Assert.That(
                core.Do(domain, MintCapability, handle, address, 24),
                Is.EqualTo(BadPointer)
            );
        }
        Assert.That(core.Do(domain, NextCapability, handle), Is.EqualTo(NoEntry));
    }

    [Test]
    public void OneInstanceHasNoUseOfAnothersHandles()
    {
        ulong handle = Allocate();
        nint other = core.StartInstance("m2");
        Assert.That(core.Do(other, MapCapability, handle, 1), Is.EqualTo(BadHandle));
        Assert.That(core.Do(other, NextCapability), Is.EqualTo(NoEntry));
        Assert.That(core.Do(domain, NextCapability), Is.EqualTo((long)handle));
        core.End(other);
    }

    [Test]
    public void OnlyMonitorsPermitAndStart()
    {
        PermitRequest request = default;
        Assert.That(core.Do(domain, Permit, 0, ref request), Is.EqualTo(NotPermitted));
        Assert.That(core.Do(domain, MultikernelCall.Start, 0), Is.EqualTo(NotPermitted));
    }

    [Test]
    public void ConnectNeedsTheMonitorsPermissionOnce()
    {
        nint monitor = core.StartInstance("m0");
        // Not permitted to m2, but to the monitor.
        Assert.That(Connect(domain, 0, "m2", out _), Is.EqualTo(Denied));
        Assert.That(Connect(domain, 1, "m2", out _), Is.EqualTo(Denied));
        Assert.That(Connect(domain, 0, "m0", out _), Is.GreaterThanOrEqualTo(0));
        machine.Settle();
        AcceptResult accepted = default;
        long channel = core.DoFirst(monitor, Accept, ref accepted);
        Assert.That(channel, Is.GreaterThanOrEqualTo(0));

        PermitRequest request = new() { Core = 1 };
        SetName(ref request, "m2");
        Assert.That(core.Do(monitor, Permit, 999, ref request), Is.EqualTo(BadHandle));
        Assert.That(core.Do(monitor, Permit, (ulong)channel, ref request), Is.Zero);
        Assert.That(Connect(domain, 0, "m2", out _), Is.EqualTo(Denied));
        Assert.That(Connect(domain, 1, "m2", out _), Is.GreaterThanOrEqualTo(0));
        Assert.That(Connect(domain, 1, "m2", out _), Is.EqualTo(Denied));
        // The monitor itself needs none, and the other core has no monitor.
        Assert.That(Connect(monitor, 1, "m2", out _), Is.GreaterThanOrEqualTo(0));
        core.End(monitor);
    }

    [Test]
    public void AMonitorStartsInstancesAgain()
    {
        nint monitor = core.StartInstance("m0");
        // m0 on core 0 is the first declaration, then m1 on 0 and 1, m2 on 0 and 1.
        Assert.That(core.Do(monitor, MultikernelCall.Start, 1), Is.EqualTo(Exists));
        Assert.That(core.Do(monitor, MultikernelCall.Start, 2), Is.EqualTo(-113));
        Assert.That(core.Do(monitor, MultikernelCall.Start, 99), Is.EqualTo(NoEntry));
        for (int life = 0; life < 20; life++)
        {
            core.End(core.Find("m1"));
            Assert.That(core.Do(monitor, MultikernelCall.Start, 1), Is.EqualTo(TryAgain));
            core.Reap();
            Assert.That(core.Do(monitor, MultikernelCall.Start, 1), Is.Zero);
            Assert.That(core.Find("m1"), Is.Not.Zero);
        }
        domain = core.Find("m1");
        core.End(monitor);
    }

    [Test]
    public void DevicesAreMintedAndNothingOfTheCpuDrivers()
    {
        nint holder = core.StartInstance("m0");
        ulong all = (ulong)core.Do(holder, NextCapability);
        long Try(CapabilityType type, ulong start, ulong length)
        {
            MintRequest request = new()
            {
                Type = type,
                Rights = CapabilityRights.All,
                Start = start,
                Length = length,
            };
            return core.Do(holder, MintCapability, all, ref request);
        }

        Assert.That(Try(CapabilityType.DeviceMemory, 0x8000_0000, 64), Is.Positive);
        Assert.That(Try(CapabilityType.DeviceMemory, 0x1000, 64), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.DeviceMemory, 0xfee0_0040, 4), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.DeviceMemory, 0xfebf_ff00, 0x200), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.DeviceMemory, ulong.MaxValue, 2), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.PortRange, 0x3f0, 16), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.PortRange, 0x70, 2), Is.Positive);
        Assert.That(Try(CapabilityType.InterruptLine, 4, 1), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.InterruptLine, 24, 1), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.InterruptMessages, 0, 3), Is.EqualTo(Denied));
        Assert.That(Try(CapabilityType.Frame, 0x1000, 4096), Is.EqualTo(Invalid));
        Assert.That(Try(CapabilityType.Devices, 0, 0), Is.EqualTo(Invalid));

        ulong ports = (ulong)Try(CapabilityType.PortRange, 0x70, 2);
        Assert.That(core.Do(holder, WritePort, ports, 1, 1, 0xab), Is.Zero);
        Assert.That(core.Do(holder, ReadPort, ports, 1, 1), Is.EqualTo(0xab));
        Assert.That(core.Do(holder, ReadPort, ports, 1, 2), Is.EqualTo(Invalid));
        Assert.That(core.Do(holder, ReadPort, ports, 0, 3), Is.EqualTo(Invalid));
        Assert.That(core.Do(holder, ReadPort, ports, ulong.MaxValue, 1), Is.EqualTo(Invalid));

        // Device memory is mapped when touched; the CPU driver itself never touches it.
        ulong registers = (ulong)Try(CapabilityType.DeviceMemory, 0x8000_0040, 64);
        long address = core.Do(holder, MapCapability, registers, 3);
        Assert.That(address & 4095, Is.EqualTo(0x40));
        Assert.That(core.TryRead(holder, address, out _), Is.False);
        Assert.That(core.Mistakes(holder), Is.Zero);
        core.End(holder);
    }

    /// <summary>A block is bounded: nothing else happens on the core meanwhile.</summary>
    [Test]
    public void ABlockOfAPortHasAtMost256Accesses()
    {
        nint holder = core.StartInstance("m0");
        ulong all = (ulong)core.Do(holder, NextCapability);
        MintRequest request = new()
        {
            Type = CapabilityType.PortRange,
            Rights = CapabilityRights.All,
            Start = 0x1f0,
            Length = 8,
        };
        ulong ports = (ulong)core.Do(holder, MintCapability, all, ref request);
        ulong buffer = (ulong)core.Call(holder, Mmap, 0, 4096, 3, 0x22, ulong.MaxValue);
        Assert.That(core.Do(holder, WritePort, ports, 0, 2, 0xabcd), Is.Zero);
        foreach (ulong size in (ulong[])[1, 2, 4])
        {
            Assert.That(Block(ReadPortBlock, size, 256), Is.Zero);
            Assert.That(Block(WritePortBlock, size, 256), Is.Zero);
            Assert.That(Block(ReadPortBlock, size, 257), Is.EqualTo(Invalid));
            Assert.That(Block(WritePortBlock, size, 257), Is.EqualTo(Invalid));
            Assert.That(Block(ReadPortBlock, size, ulong.MaxValue), Is.EqualTo(Invalid));
        }
        Assert.That(core.TryRead(holder, (long)buffer + 1016, out ulong last));
        // The first block's bytes were written back one by one.
        Assert.That(last, Is.EqualTo(0x0000_00cd_0000_00cd));
        core.End(holder);

        long Block(long call, ulong size, ulong count) =>
            core.Call(holder, call, ports, 0, size, buffer, count);
    }

    /// <summary>Probing halts the core: it is for the holder of all devices only.</summary>
    [Test]
    public void OnlyTheHolderOfAllDevicesProbes()
    {
        nint holder = core.StartInstance("m0");
        ulong all = (ulong)core.Do(holder, NextCapability);
        Assert.That(core.Do(domain, ProbeInterrupt, Allocate(), 1), Is.EqualTo(NotPermitted));
        Assert.That(core.Do(domain, ProbeInterrupt, 999, 1), Is.EqualTo(BadHandle));
        // The pretended core has nobody to interrupt, and says so to who may ask.
        Assert.That(core.Do(holder, ProbeInterrupt, all, 1), Is.EqualTo(Invalid));
        core.End(holder);
    }

    /// <summary>
    /// A receiver that can hold no capability more gives up what came without taking it: the sender's window stays open, and the
    /// frames go home.
    /// </summary>
    [Test]
    public void WhatIsDiscardedLeavesNoHoleInTheWindow()
    {
        PretendMachineCore free = machine.Cores[1];
        nint other = free.StartInstance("m1");
        Assert.That(Connect(free, other, 0, "m1", out _), Is.Not.Negative);
        machine.Settle();
        AcceptResult accepted = default;
        ulong channel = (ulong)core.DoFirst(domain, Accept, ref accepted);
        machine.Settle();
        ulong there = 0;
        for (ulong number = 0; number < 100; number++)
        {
            ulong frame = (ulong)free.Do(other, AllocateFrame, 4096, 4096);
            Assert.That(free.Do(other, SendCapability, there, frame), Is.EqualTo(number));
            Assert.That(core.Do(domain, DiscardCapability, channel, number + 1), Is.Negative);
            machine.Settle();
            Assert.That(core.Do(domain, DiscardCapability, channel, number), Is.Zero);
            Assert.That(core.Do(domain, DiscardCapability, channel, number), Is.EqualTo(NoEntry));
            Assert.That(core.Do(domain, ClaimCapability, channel, number), Is.EqualTo(NoEntry));
            machine.Settle();
            Assert.That(free.Counts()[1], Is.Zero, "frames that are not home");
        }
        free.End(other);
    }

    /// <summary>A level-triggered line is masked until all that were told have answered, on whichever core.</summary>
    [Test]
    public void ALineWaitsForAllItsHolders()
    {
        nint holder = core.StartInstance("m0");
        nint far = machine.Cores[1].StartInstance("m1");
        (ulong near, ulong claimed) = ShareLine(holder, far, 16);
        InterruptBinding binding = default;
        Assert.That(core.Do(holder, BindInterrupt, near, ref binding), Is.Zero);
        Assert.That(machine.Cores[1].Do(far, BindInterrupt, claimed, ref binding), Is.Zero);
        machine.Settle();
        for (int round = 0; round < 3; round++)
        {
            Forget(core, holder);
            Forget(machine.Cores[1], far);
            Assert.That(core.Raise(16));
            Assert.That(core.Raise(16), Is.False);
            machine.Settle();
            Assert.That(core.ReadPage(holder, RungInterruptsOffset), Is.EqualTo(1));
            Assert.That(machine.Cores[1].ReadPage(far, RungInterruptsOffset), Is.EqualTo(1));
            Assert.That(core.Do(holder, AcknowledgeInterrupt, near), Is.Zero);
            machine.Settle();
            Assert.That(core.IsMasked(16));
            Assert.That(machine.Cores[1].Do(far, AcknowledgeInterrupt, claimed), Is.Zero);
            machine.Settle();
            Assert.That(core.IsMasked(16), Is.False);
        }

        // One that ends without an answer holds up nobody.
        Assert.That(core.Raise(16));
        machine.Settle();
        machine.Cores[1].End(far);
        Assert.That(core.Do(holder, DeleteCapability, near), Is.Zero);
        machine.Settle();
        Assert.That(core.IsMasked(16));
        Assert.That(core.Raise(16), Is.False);
        core.End(holder);
    }

    /// <summary>
    /// A line is opened by another core than its driver's, some time after the driver has bound it; what the device asks for meanwhile
    /// finds the line masked. So a new holder is told once, whether anything came or not.
    /// </summary>
    [Test]
    public void WhatCameBeforeALineWasOpenIsNotLost()
    {
        nint holder = core.StartInstance("m0");
        nint far = machine.Cores[1].StartInstance("m1");
        (ulong near, ulong claimed) = ShareLine(holder, far, 16);

        InterruptBinding binding = default;
        Assert.That(machine.Cores[1].Do(far, BindInterrupt, claimed, ref binding), Is.Zero);
        Assert.That(core.Raise(16), Is.False);
        machine.Settle();
        Assert.That(machine.Cores[1].ReadPage(far, RungInterruptsOffset), Is.EqualTo(1));

        // That was no interrupt: whether it is answered or not, the line is open.
        Assert.That(core.IsMasked(16), Is.False);
        Forget(machine.Cores[1], far);
        Assert.That(core.Raise(16));
        machine.Settle();
        Assert.That(machine.Cores[1].ReadPage(far, RungInterruptsOffset), Is.EqualTo(1));

        // One who comes while the line waits for an answer is told as well, and answers too.
        Assert.That(core.Do(holder, BindInterrupt, near, ref binding), Is.Zero);
        Assert.That(core.ReadPage(holder, RungInterruptsOffset), Is.EqualTo(1));
        Assert.That(machine.Cores[1].Do(far, AcknowledgeInterrupt, claimed), Is.Zero);
        machine.Settle();
        Assert.That(core.IsMasked(16));
        Assert.That(core.Do(holder, AcknowledgeInterrupt, near), Is.Zero);
        machine.Settle();
        Assert.That(core.IsMasked(16), Is.False);
        core.End(holder);
        machine.Cores[1].End(far);
    }

    /// <summary>
    /// A device may write to its driver's frames until whoever gave it has silenced it, which its leaving the channel says: by
    /// closing it, or by its own end.
    /// </summary>
    [Test]
    public void ADriversFramesStayUntilItsDevicesAreSilenced(
        [Values] bool isNear,
        [Values] bool closes
    )
    {
        PretendMachineCore place = isNear ? core : machine.Cores[1];
        nint holder = core.StartInstance("m0");
        nint driver = place.StartInstance("m2");
        ulong there = (ulong)Connect(place, driver, 0, "m0", out _);
        machine.Settle();
        AcceptResult accepted = default;
        ulong here = (ulong)core.DoFirst(holder, Accept, ref accepted);
        machine.Settle();
        MintRequest request = new()
        {
            Type = CapabilityType.DeviceMemory,
            Rights = CapabilityRights.All,
            Start = 0x8000_0000,
            Length = 4096,
        };
        ulong all = (ulong)core.Do(holder, NextCapability);
        ulong registers = (ulong)core.Do(holder, MintCapability, all, ref request);
        Assert.That(core.Do(holder, SendCapability, here, registers), Is.Zero);
        ulong lent = (ulong)core.Do(holder, AllocateFrame, 4096, 4096);
        Assert.That(core.Do(holder, SendCapability, here, lent), Is.EqualTo(1));
        machine.Settle();
        Assert.That(place.Do(driver, ClaimCapability, there, 0), Is.Positive);
        Assert.That(place.Do(driver, ClaimCapability, there, 1), Is.Positive);
        Assert.That(place.Do(driver, AllocateFrame, 8192, 4096), Is.Positive);

        place.End(driver);
        machine.Settle();
        // Its own, and the one that it was lent.
        Assert.That(FramesOut(), Is.EqualTo(2));
        if (closes)
        {
            Assert.That(core.Do(holder, Close, here), Is.Zero);
        }
        else
        {
            core.End(holder);
        }
        machine.Settle();
        Assert.That(FramesOut(), Is.Zero);
        Assert.That(place.Counts()[2..4], Is.EqualTo((ulong[])[0, 0]));
        if (closes)
        {
            core.End(holder);
        }

        ulong FramesOut() => machine.Cores.Aggregate(0ul, (sum, one) => sum + one.Counts()[1]);
    }

    [Test]
    public void AFrameWithCopiesIsNotSent()
    {
        // Core 1 has no monitor that would have to permit the channel.
        PretendMachineCore free = machine.Cores[1];
        nint giver = free.StartInstance("m1");
        nint other = free.StartInstance("m2");
        long channel = Connect(free, giver, 1, "m2", out _);
        Assert.That(channel, Is.GreaterThanOrEqualTo(0));
        ulong handle = (ulong)free.Do(giver, AllocateFrame, 4096, 4096);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.EqualTo(-107));
        machine.Settle();
        AcceptResult accepted = default;
        free.DoFirst(other, Accept, ref accepted);
        machine.Settle();
        ulong copy = (ulong)free.Do(giver, CopyCapability, handle);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.EqualTo(Busy));
        Assert.That(free.Do(giver, DeleteCapability, copy), Is.Zero);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.Zero);
        Assert.That(free.Do(giver, SendCapability, (ulong)channel, handle), Is.EqualTo(BadHandle));
        free.End(giver);
        free.End(other);
        machine.Settle();
        Assert.That(free.Counts()[1..4], Is.EqualTo((ulong[])[0, 0, 0]));
    }

    /// <summary>What is sent through a channel before the other side could hear that it was accepted, is not lost.</summary>
    [Test]
    public void AChannelThatEndsBeforeItsAcceptanceIsKnown()
    {
        PretendMachineCore free = machine.Cores[1];
        nint other = free.StartInstance("m1");
        Connect(free, other, 0, "m1", out _);
        long unheard = Connect(free, other, 0, "m1", out _);
        machine.Settle();
        AcceptResult accepted = default;
        long full = core.DoFirst(domain, Accept, ref accepted);
        machine.Settle();
        for (int i = 0; i < 5; i++)
        {
            // The link has room for four.
            Assert.That(core.Do(domain, SendCapability, (ulong)full, Allocate()), Is.EqualTo(i));
        }
        long channel = core.DoFirst(domain, Accept, ref accepted);
        Assert.That(core.Do(domain, SendCapability, (ulong)channel, Allocate()), Is.Zero);
        Assert.That(core.Do(domain, Close, (ulong)channel), Is.Zero);
        Assert.That(free.Do(other, Close, (ulong)unheard), Is.Zero);
        machine.Settle();
        Assert.That(core.Counts()[1], Is.EqualTo(5));
        free.End(other);
    }

    // Capabilities for a line: one for its holder, and one that the holder gives an instance of core 1.
    private (ulong Near, ulong Far) ShareLine(nint holder, nint far, uint line)
    {
        ulong all = (ulong)core.Do(holder, NextCapability);
        MintRequest request = new()
        {
            Type = CapabilityType.InterruptLine,
            Rights = CapabilityRights.All,
            Start = line,
            Length = 1,
        };
        ulong near = (ulong)core.Do(holder, MintCapability, all, ref request);
        ulong sent = (ulong)core.Do(holder, MintCapability, all, ref request);
        long channel = Connect(holder, 1, "m1", out _);
        machine.Settle();
        AcceptResult accepted = default;
        long end = machine.Cores[1].DoFirst(far, Accept, ref accepted);
        machine.Settle();
        long number = core.Do(holder, SendCapability, (ulong)channel, sent);
        Assert.That(number, Is.Zero);
        machine.Settle();
        return (near, (ulong)machine.Cores[1].Do(far, ClaimCapability, (ulong)end, (ulong)number));
    }

    private static void Forget(PretendMachineCore place, nint domain)
    {
        Identity identity = default;
        Assert.That(place.DoFirst(domain, MultikernelCall.Identity, ref identity), Is.Zero);
        Assert.That(place.TryWrite(domain, (long)identity.DomainPage + RungInterruptsOffset, 0));
    }

    private long Connect(nint from, uint to, string name, out ConnectRequest request) =>
        Connect(core, from, to, name, out request);

    private static long Connect(
        PretendMachineCore core,
        nint from,
        uint to,
        string name,
        out ConnectRequest request
    )
    {
        request = new ConnectRequest { Core = to, Slots = 8 };
        unsafe
        {
            fixed (byte* field = request.Name)
            {
                global::System.Text.Encoding.ASCII.GetBytes(
                    name,
                    new Span<byte>(field, InstanceName.Size)
                );
            }
        }
        return core.DoFirst(from, MultikernelCall.Connect, ref request);
    }

    private static unsafe void SetName(ref PermitRequest request, string name)
    {
        fixed (byte* field = request.Name)
        {
            global::System.Text.Encoding.ASCII.GetBytes(
                name,
                new Span<byte>(field, InstanceName.Size)
            );
        }
    }
}

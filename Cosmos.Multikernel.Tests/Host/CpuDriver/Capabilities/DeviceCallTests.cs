using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>Devices: what is minted for them, ports, and memory that they may still write to.</summary>
[TestFixture]
public sealed class DeviceCallTests : CapabilityCallFixture
{
    // Linux's number.
    private const long Mmap = 9;

    [Test]
    public void DevicesAreMintedAndNothingOfTheCpuDrivers()
    {
        nint holder = Core.StartInstance("m0");
        ulong all = (ulong)Core.Do(holder, NextCapability);
        long Try(CapabilityType type, ulong start, ulong length)
        {
            MintRequest request = new()
            {
                Type = type,
                Rights = CapabilityRights.All,
                Start = start,
                Length = length,
            };
            return Core.Do(holder, MintCapability, all, ref request);
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
        Assert.That(Core.Do(holder, WritePort, ports, 1, 1, 0xab), Is.Zero);
        Assert.That(Core.Do(holder, ReadPort, ports, 1, 1), Is.EqualTo(0xab));
        Assert.That(Core.Do(holder, ReadPort, ports, 1, 2), Is.EqualTo(Invalid));
        Assert.That(Core.Do(holder, ReadPort, ports, 0, 3), Is.EqualTo(Invalid));
        Assert.That(Core.Do(holder, ReadPort, ports, ulong.MaxValue, 1), Is.EqualTo(Invalid));

        // Device memory is mapped when touched; the CPU driver itself never touches it.
        ulong registers = (ulong)Try(CapabilityType.DeviceMemory, 0x8000_0040, 64);
        long address = Core.Do(holder, MapCapability, registers, 3);
        Assert.That(address & 4095, Is.EqualTo(0x40));
        Assert.That(Core.TryRead(holder, address, out _), Is.False);
        Assert.That(Core.Mistakes(holder), Is.Zero);
        Core.End(holder);
    }

    /// <summary>A block is bounded: nothing else happens on the core meanwhile.</summary>
    [Test]
    public void ABlockOfAPortHasAtMost256Accesses()
    {
        nint holder = Core.StartInstance("m0");
        ulong all = (ulong)Core.Do(holder, NextCapability);
        MintRequest request = new()
        {
            Type = CapabilityType.PortRange,
            Rights = CapabilityRights.All,
            Start = 0x1f0,
            Length = 8,
        };
        ulong ports = (ulong)Core.Do(holder, MintCapability, all, ref request);
        ulong buffer = (ulong)Core.Call(holder, Mmap, 0, 4096, 3, 0x22, ulong.MaxValue);
        Assert.That(Core.Do(holder, WritePort, ports, 0, 2, 0xabcd), Is.Zero);
        foreach (ulong size in (ulong[])[1, 2, 4])
        {
            Assert.That(Block(ReadPortBlock, size, 256), Is.Zero);
            Assert.That(Block(WritePortBlock, size, 256), Is.Zero);
            Assert.That(Block(ReadPortBlock, size, 257), Is.EqualTo(Invalid));
            Assert.That(Block(WritePortBlock, size, 257), Is.EqualTo(Invalid));
            Assert.That(Block(ReadPortBlock, size, ulong.MaxValue), Is.EqualTo(Invalid));
        }
        Assert.That(Core.TryRead(holder, (long)buffer + 1016, out ulong last));
        // The first block's bytes were written back one by one.
        Assert.That(last, Is.EqualTo(0x0000_00cd_0000_00cd));
        Core.End(holder);

        long Block(long call, ulong size, ulong count) =>
            Core.Call(holder, call, ports, 0, size, buffer, count);
    }

    /// <summary>Probing halts the core: it is for the holder of all devices only.</summary>
    [Test]
    public void OnlyTheHolderOfAllDevicesProbes()
    {
        nint holder = Core.StartInstance("m0");
        ulong all = (ulong)Core.Do(holder, NextCapability);
        Assert.That(Core.Do(Domain, ProbeInterrupt, Allocate(), 1), Is.EqualTo(NotPermitted));
        Assert.That(Core.Do(Domain, ProbeInterrupt, 999, 1), Is.EqualTo(BadHandle));
        // The pretended core has nobody to interrupt, and says so to who may ask.
        Assert.That(Core.Do(holder, ProbeInterrupt, all, 1), Is.EqualTo(Invalid));
        Core.End(holder);
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
        PretendMachineCore place = isNear ? Core : Machine.Cores[1];
        nint holder = Core.StartInstance("m0");
        nint driver = place.StartInstance("m2");
        ulong there = (ulong)Connect(place, driver, 0, "m0", out _);
        Machine.Settle();
        AcceptResult accepted = default;
        ulong here = (ulong)Core.DoFirst(holder, Accept, ref accepted);
        Machine.Settle();
        MintRequest request = new()
        {
            Type = CapabilityType.DeviceMemory,
            Rights = CapabilityRights.All,
            Start = 0x8000_0000,
            Length = 4096,
        };
        ulong all = (ulong)Core.Do(holder, NextCapability);
        ulong registers = (ulong)Core.Do(holder, MintCapability, all, ref request);
        Assert.That(Core.Do(holder, SendCapability, here, registers), Is.Zero);
        ulong lent = (ulong)Core.Do(holder, AllocateFrame, 4096, 4096);
        Assert.That(Core.Do(holder, SendCapability, here, lent), Is.EqualTo(1));
        Machine.Settle();
        Assert.That(place.Do(driver, ClaimCapability, there, 0), Is.Positive);
        Assert.That(place.Do(driver, ClaimCapability, there, 1), Is.Positive);
        Assert.That(place.Do(driver, AllocateFrame, 8192, 4096), Is.Positive);

        place.End(driver);
        Machine.Settle();
        // Its own, and the one that it was lent.
        Assert.That(FramesOut(), Is.EqualTo(2));
        if (closes)
        {
            Assert.That(Core.Do(holder, Close, here), Is.Zero);
        }
        else
        {
            Core.End(holder);
        }
        Machine.Settle();
        Assert.That(FramesOut(), Is.Zero);
        Assert.That(place.Counts()[2..4], Is.EqualTo((ulong[])[0, 0]));
        if (closes)
        {
            Core.End(holder);
        }

        ulong FramesOut() => Machine.Cores.Aggregate(0ul, (sum, one) => sum + one.Counts()[1]);
    }
}

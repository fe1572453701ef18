using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>
/// The other side of a virtio disk (Virtio 1.2, section 5.2) in virtual time: it takes requests when it is notified.
/// </summary>
internal sealed class PretendVirtioDisk : PretendDisk
{
    private const int Common = 0;
    private const int Notify = 0x1000;
    private const int Interrupt = 0x2000;
    private const int Own = 0x3000;
    private const int WindowSize = 0x4000;
    private const int QueueEntries = 64;

    private const byte DriverReady = 4;
    private const byte NeedsReset = 64;
    private const ulong Version1 = 1UL << 32;
    private const ulong EventIndex = 1UL << 29;

    private readonly ulong offered;
    private ushort seen;
    private ushort used;
    private byte status;
    private ulong descriptors;
    private ulong available;
    private ulong usedRing;
    private ulong agreed;
    private uint featureSelect;

    public PretendVirtioDisk(
        SimulatedMachine machine,
        int seed,
        int sectors,
        int blockSize = SectorSize,
        bool hasCache = true
    )
        : base(machine, seed, sectors, WindowSize)
    {
        offered = Version1 | EventIndex | (1UL << 6) | (hasCache ? 1UL << 9 : 0);
        Set(Own, 8, (ulong)sectors);
        Set(Own + 20, 4, (ulong)blockSize);
    }

    // Three entries for each request.
    public override int Depth => QueueEntries / 3;

    protected override bool IsWorking => (status & (DriverReady | NeedsReset)) == DriverReady;

    private int QueueSize => (int)Get(Common + 24, 2);

    public override void AskForReset()
    {
        Drop();
        status |= NeedsReset;
        Ring(0);
    }

    protected override (PciIdentity, PciBars, byte[]) Describe()
    {
        PciBars bars = default;
        bars[0] = new PciBar(PciBarKind.Memory, false, 0xFE00_0000, WindowSize);
        return (new PciIdentity(0x1AF4, 0x1042, 0, 0, 0x01_00_00, 1), bars, Configuration());
    }

    protected override ulong ReadRegister(long offset, int size) =>
        offset switch
        {
            Common + 4 => (uint)(offered >> (int)(featureSelect * 32)),
            Common + 18 => 1,
            Common + 20 => IsStuck ? (byte)(status | 1) : status,
            Common + 24 => Get(Common + 24, 2) is var chosen && chosen != 0 ? chosen : QueueEntries,
            Common + 30 => 0,
            _ => Get(offset, size),
        };

    protected override void WriteRegister(long offset, int size, ulong value)
    {
        switch (offset)
        {
            case Common + 0:
                featureSelect = (uint)value;
                break;
            case Common + 8:
                featureSelect = (uint)value;
                break;
            case Common + 12:
                agreed |= value << (int)(featureSelect * 32);
                break;
            case Common + 20 when value == 0:
                Resets++;
                Forget();
                break;
            case Common + 20:
                status = (byte)value;
                break;
            case Common + 28:
                descriptors = Get(Common + 32, 8);
                available = Get(Common + 40, 8);
                usedRing = Get(Common + 48, 8);
                break;
            case Notify:
                Machine.Later(TakeAvailable);
                break;
            default:
                Set(offset, size, value);
                break;
        }
    }

    protected override void Forget()
    {
        base.Forget();
        status = 0;
        agreed = 0;
        seen = 0;
        used = 0;
        Set(Common + 24, 2, 0);
    }

    private ushort Word(ulong address) =>
        BinaryPrimitives.ReadUInt16LittleEndian(Memory(address, 2));

    private void TakeAvailable()
    {
        if (!IsWorking || IsGone)
        {
            return;
        }
        while (seen != Word(available + 2))
        {
            ushort head = Word(available + 4 + 2 * (ulong)(seen % QueueSize));
            seen++;
            Take(head);
        }
        // Section 2.7.10: it wants to be told of the next one.
        BinaryPrimitives.WriteUInt16LittleEndian(
            Memory(usedRing + 4 + 8 * (ulong)QueueSize, 2),
            seen
        );
        if (seen != Word(available + 2))
        {
            Machine.Later(TakeAvailable);
        }
    }

    private void Take(ushort head)
    {
        List<(ulong Address, int Length, bool IsWritable)> chain = [];
        for (ushort at = head; ; )
        {
            Span<byte> descriptor = Memory(descriptors + 16 * (ulong)at, 16);
            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[12..]);
            chain.Add(
                (
                    BinaryPrimitives.ReadUInt64LittleEndian(descriptor),
                    BinaryPrimitives.ReadInt32LittleEndian(descriptor[8..]),
                    (flags & 2) != 0
                )
            );
            if ((flags & 1) == 0)
            {
                break;
            }
            at = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[14..]);
        }
        Span<byte> header = Memory(chain[0].Address, 16);
        PretendRequest request = new(
            BinaryPrimitives.ReadUInt32LittleEndian(header) switch
            {
                0 => DiskOperation.Read,
                1 => DiskOperation.Write,
                _ => DiskOperation.Flush,
            },
            BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
            chain.Count == 3 ? chain[1].Length : 0
        );
        Begin(request, fate => End(head, chain, request, fate));
    }

    private void End(
        ushort head,
        List<(ulong Address, int Length, bool IsWritable)> chain,
        PretendRequest request,
        Fate fate
    )
    {
        int written = 1;
        if (fate is Fate.Done or Fate.Short && chain.Count == 3)
        {
            Move(request, (chain[1].Address, request.Length));
            written += request.Operation == DiskOperation.Read ? request.Length : 0;
        }
        Memory(chain[^1].Address, 1)[0] = fate switch
        {
            Fate.InputOutputError => 1,
            Fate.Unsupported => 2,
            _ => 0,
        };
        Span<byte> entry = Memory(usedRing + 4 + 8 * (ulong)(used % QueueSize), 8);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, fate == Fate.Nonsense ? 7_777u : head);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], fate == Fate.Short ? 0 : written);
        ushort before = used++;
        BinaryPrimitives.WriteUInt16LittleEndian(Memory(usedRing + 2, 2), used);
        ushort wanted = Word(available + 4 + 2 * (ulong)QueueSize);
        if ((ushort)(used - wanted - 1) < (ushort)(used - before))
        {
            Machine.Later(() => Ring(1));
        }
    }

    // A configuration space with the four structures (section 4.1.4), each in a capability of its own.
    private static byte[] Configuration()
    {
        byte[] space = new byte[256];
        space[0x06] = 0x10;
        space[0x34] = 0x40;
        (byte Kind, int Offset)[] structures = [(1, Common), (2, Notify), (3, Interrupt), (4, Own)];
        for (int i = 0; i < structures.Length; i++)
        {
            int at = 0x40 + i * 0x18;
            space[at] = 0x09;
            space[at + 1] = (byte)(i == structures.Length - 1 ? 0 : at + 0x18);
            space[at + 2] = 20;
            space[at + 3] = structures[i].Kind;
            BinaryPrimitives.WriteInt32LittleEndian(space.AsSpan(at + 8), structures[i].Offset);
            BinaryPrimitives.WriteInt32LittleEndian(space.AsSpan(at + 12), 0x1000);
        }
        return space;
    }
}

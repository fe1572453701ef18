using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Tests.Host.Registers;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>A request as the pretended disk sees it.</summary>
internal sealed record PretendRequest(uint Type, long Sector, int Length)
{
    public const uint Read = 0;
    public const uint Write = 1;
    public const uint Flush = 4;

    /// <summary>Whether a sector is among those it is about.</summary>
    public bool Covers(long sector) =>
        sector >= Sector && sector < Sector + Length / PretendVirtioDisk.SectorSize;
}

/// <summary>What becomes of a request.</summary>
public enum Fate
{
    Done,
    InputOutputError,
    Unsupported,

    /// <summary>It is never answered.</summary>
    Forgotten,

    /// <summary>It is answered with fewer bytes than were asked for.</summary>
    Short,

    /// <summary>The answer names a chain that nobody made.</summary>
    Nonsense,
}

/// <summary>
/// The other side of a virtio disk (Virtio 1.2, section 5.2) in virtual time: it takes requests when it is notified, does each after a
/// time of its own, so that they complete in any order, and does to them what the test wants.
/// </summary>
internal sealed class PretendVirtioDisk : PretendWindow
{
    public const int SectorSize = 512;

    private const int Common = 0;
    private const int Notify = 0x1000;
    private const int Interrupt = 0x2000;
    private const int Own = 0x3000;
    private const int WindowSize = 0x4000;
    private const int QueueEntries = 64;
    private const int LongestTime = 50_000;

    private const byte DriverReady = 4;
    private const byte NeedsReset = 64;
    private const ulong Version1 = 1UL << 32;
    private const ulong EventIndex = 1UL << 29;

    private readonly SimulatedMachine machine;
    private readonly Random random;
    private readonly PretendInterrupts interrupts = new(2);
    private readonly ulong offered;
    private int life;
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
        : base(WindowSize)
    {
        this.machine = machine;
        random = new Random(seed);
        Contents = new byte[sectors * SectorSize];
        offered = Version1 | EventIndex | (1UL << 6) | (hasCache ? 1UL << 9 : 0);
        Set(Own, 8, (ulong)sectors);
        Set(Own + 20, 4, (ulong)blockSize);
        Pci = ToPci();
    }

    /// <summary>The instance that drives it: interrupts go there.</summary>
    public SimulatedInstance? Driver { get; set; }

    /// <summary>What is on the medium.</summary>
    public byte[] Contents { get; }

    /// <summary>Decides about each request, when it is done.</summary>
    public Func<PretendRequest, Fate> Judge { get; set; } = static _ => Fate.Done;

    /// <summary>All requests that it has begun.</summary>
    public List<PretendRequest> Begun { get; } = [];

    /// <summary>Requests that it has and has not answered.</summary>
    public int UnderWay { get; private set; }

    /// <summary>The most there have been at a time.</summary>
    public int MostUnderWay { get; private set; }

    /// <summary>How often its driver has reset it.</summary>
    public int Resets { get; private set; }

    /// <summary>It was pulled out: its registers read as ones.</summary>
    public bool IsGone { get; set; }

    /// <summary>It does not come out of a reset.</summary>
    public bool IsStuck { get; set; }

    /// <summary>The machine's time, in nanoseconds.</summary>
    public long Now => machine.Now;

    /// <summary>The device as its driver claims it.</summary>
    public PretendPciDevice Pci { get; }

    private PretendPciDevice ToPci()
    {
        PciBars bars = default;
        bars[0] = new PciBar(PciBarKind.Memory, false, 0xFE00_0000, WindowSize);
        DeviceRecord record = default(DeviceRecord) with
        {
            Identity = new PciIdentity(0x1AF4, 0x1042, 0, 0, 0x01_00_00, 1),
            Bars = bars,
        };
        return new PretendPciDevice(record, Configuration(), this, interrupts);
    }

    /// <summary>Somebody else resets it.</summary>
    public void ResetBySurprise() => Forget();

    /// <summary>Its driver has ended: the device manager resets it for the next one.</summary>
    public void ResetForNextDriver()
    {
        Driver = null;
        interrupts.Forget();
        Forget();
    }

    /// <summary>It says that it needs a reset.</summary>
    public void AskForReset()
    {
        life++;
        status |= NeedsReset;
        Ring(0);
    }

    protected override ulong Read(long offset, int size) =>
        IsGone
            ? ulong.MaxValue >> (64 - size * 8)
            : offset switch
            {
                Common + 4 => (uint)(offered >> (int)(featureSelect * 32)),
                Common + 18 => 1,
                Common + 20 => IsStuck ? (byte)(status | 1) : status,
                Common + 24 => Get(Common + 24, 2) is var chosen && chosen != 0
                    ? chosen
                    : QueueEntries,
                Common + 30 => 0,
                _ => Get(offset, size),
            };

    protected override void Write(long offset, int size, ulong value)
    {
        if (IsGone)
        {
            return;
        }
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
                machine.Later(TakeAvailable);
                break;
            default:
                Set(offset, size, value);
                break;
        }
    }

    // What the machine does to an instance that sleeps: it notices an event.
    private void Ring(int message)
    {
        interrupts.Ring(message);
        Driver?.Platform.Ring(-1);
    }

    private void Forget()
    {
        life++;
        status = 0;
        agreed = 0;
        seen = 0;
        used = 0;
        UnderWay = 0;
        Set(Common + 24, 2, 0);
    }

    private bool IsWorking => (status & (DriverReady | NeedsReset)) == DriverReady && !IsGone;

    private int QueueSize => (int)Get(Common + 24, 2);

    // Memory and what is in it.
    private Span<byte> Memory(ulong address, int length) => machine.Memory.At(address, length);

    private ushort Word(ulong address) =>
        BinaryPrimitives.ReadUInt16LittleEndian(Memory(address, 2));

    private void TakeAvailable()
    {
        if (!IsWorking)
        {
            return;
        }
        while (seen != Word(available + 2))
        {
            ushort head = Word(available + 4 + 2 * (ulong)(seen % QueueSize));
            seen++;
            Begin(head);
        }
        // Section 2.7.10: it wants to be told of the next one.
        BinaryPrimitives.WriteUInt16LittleEndian(
            Memory(usedRing + 4 + 8 * (ulong)QueueSize, 2),
            seen
        );
        if (seen != Word(available + 2))
        {
            machine.Later(TakeAvailable);
        }
    }

    private void Begin(ushort head)
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
            BinaryPrimitives.ReadUInt32LittleEndian(header),
            BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
            chain.Count == 3 ? chain[1].Length : 0
        );
        Begun.Add(request);
        UnderWay++;
        MostUnderWay = Math.Max(MostUnderWay, UnderWay);
        int begunIn = life;
        machine.After(
            random.Next(LongestTime),
            () =>
            {
                // Of what it had before a reset it knows nothing.
                if (life == begunIn && IsWorking)
                {
                    End(head, chain, request, Judge(request));
                }
            }
        );
    }

    private void End(
        ushort head,
        List<(ulong Address, int Length, bool IsWritable)> chain,
        PretendRequest request,
        Fate fate
    )
    {
        if (fate == Fate.Forgotten)
        {
            return;
        }
        int written = 1;
        if (fate is Fate.Done or Fate.Short)
        {
            written += Move(chain, request);
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
        UnderWay--;
        ushort wanted = Word(available + 4 + 2 * (ulong)QueueSize);
        if ((ushort)(used - wanted - 1) < (ushort)(used - before))
        {
            machine.Later(() => Ring(1));
        }
    }

    private int Move(
        List<(ulong Address, int Length, bool IsWritable)> chain,
        PretendRequest request
    )
    {
        if (request.Length == 0)
        {
            return 0;
        }
        Span<byte> medium = Contents.AsSpan((int)request.Sector * SectorSize, request.Length);
        Span<byte> memory = Memory(chain[1].Address, request.Length);
        if (request.Type == PretendRequest.Read)
        {
            medium.CopyTo(memory);
            return request.Length;
        }
        memory.CopyTo(medium);
        return 0;
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

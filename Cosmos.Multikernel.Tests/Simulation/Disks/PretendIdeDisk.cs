using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Registers;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>
/// The other side of an IDE controller in virtual time: a disk as the first drive of the first channel, nothing on the second. It does
/// not bear what a drive need not: commands while it is busy, data that it has not asked for.
/// </summary>
internal sealed class PretendIdeDisk(
    SimulatedMachine machine,
    int seed,
    int sectors,
    int blockSize = PretendDisk.SectorSize,
    bool hasBusMaster = true
) : PretendAtaDisk(machine, seed, sectors, blockSize, WindowSize)
{
    // Each base address register's ports are so far from the next one's.
    private const int Bar = 0x10;
    private const int Control = Bar + 2;
    private const int BusMaster = 4 * Bar;
    private const int WindowSize = 5 * Bar;

    private const byte Busy = 0x80;
    private const byte Idle = 0x50;
    private const byte DataRequest = 0x08;

    // Features, count and the three of the block's number: what was written last, and before.
    private readonly byte[] now = new byte[6];
    private readonly byte[] before = new byte[6];
    private byte status = Idle;
    private byte error;
    private bool isSecondDrive;
    private bool isReset;
    private bool endsWithNonsense;
    private byte busMasterStatus;
    private byte[] data = [];
    private int dataAt;
    private Action? whenTaken;

    public override int Depth => 1;

    public override int DriveDepth => 1;

    public override bool ReachesMemory => base.ReachesMemory && (Get(BusMaster, 1) & 1) != 0;

    protected override bool IsWorking => !isReset;

    public override void AskForReset() => endsWithNonsense = true;

    protected override (PciIdentity, PciBars, byte[]) Describe()
    {
        PciBars bars = default;
        for (int i = 0; i < (hasBusMaster ? 5 : 4); i++)
        {
            bars[i] = new PciBar(PciBarKind.Ports, false, (ulong)(0x1000 + i * Bar), 8);
        }
        uint kind = hasBusMaster ? 0x01_01_80u : 0x01_01_00;
        return (new PciIdentity(0x8086, 0x7010, 0, 0, kind, 0), bars, new byte[256]);
    }

    protected override RegisterWindow WindowOf(int bar) => new Ports(this, bar * Bar);

    protected override ulong ReadRegister(long offset, int size)
    {
        // Nothing is connected to the second channel.
        if (offset is >= 2 * Bar and < BusMaster)
        {
            return ulong.MaxValue >> (64 - size * 8);
        }
        switch (offset)
        {
            case 0:
                return TakeData();
            case 1:
                return error;
            case >= 2 and <= 5:
                return isSecondDrive ? (byte)0xFF : now[offset];
            case 7:
            case Control:
                return isSecondDrive ? (byte)0
                    : isReset || IsStuck && Resets > 1 ? Busy
                    : status;
            case BusMaster + 2:
                return busMasterStatus;
            default:
                return Get(offset, size);
        }
    }

    protected override void WriteRegister(long offset, int size, ulong value)
    {
        switch (offset)
        {
            case 0:
                GiveData((ushort)value);
                break;
            case >= 1 and <= 5:
                before[offset] = now[offset];
                now[offset] = (byte)value;
                break;
            case 6:
                isSecondDrive = (value & 0x10) != 0;
                Set(6, 1, value);
                break;
            case 7 when !isSecondDrive:
                Demand((status & (Busy | DataRequest)) == 0, "a command for a drive that is busy");
                status = Busy;
                Take((AtaCommand)value);
                break;
            case Control:
                SetControl((byte)value);
                break;
            case BusMaster:
                Set(offset, size, value);
                busMasterStatus = (byte)(
                    (value & 1) != 0 ? busMasterStatus | 1 : busMasterStatus & ~1
                );
                break;
            case BusMaster + 2:
                busMasterStatus &= (byte)~(value & 6);
                break;
            default:
                Set(offset, size, value);
                break;
        }
    }

    protected override void Forget()
    {
        base.Forget();
        status = Idle;
        error = 1;
        data = [];
        whenTaken = null;
        now[2] = now[3] = 1;
        now[4] = now[5] = 0;
        busMasterStatus = 0;
    }

    private void SetControl(byte value)
    {
        bool resets = (value & 4) != 0;
        if (!resets && isReset)
        {
            Resets++;
            Forget();
        }
        isReset = resets;
        Set(Control, 1, value);
    }

    private void Interrupt()
    {
        busMasterStatus |= hasBusMaster ? (byte)4 : (byte)0;
        if ((Get(Control, 1) & 2) == 0)
        {
            Machine.Later(() => Ring(0));
        }
    }

    private void Take(AtaCommand command)
    {
        if (command == AtaCommand.IdentifyDevice)
        {
            Later(() => Show(Identify(), null));
            return;
        }
        bool isExtended = command.ToString().EndsWith("Extended", StringComparison.Ordinal);
        bool hasNumber = command != AtaCommand.StandbyImmediate;
        Demand(
            !hasNumber || isExtended == HasLongNumbers,
            $"{command} for a drive with other numbers"
        );
        long block = now[3] | (long)now[4] << 8 | (long)now[5] << 16;
        block |= isExtended
            ? (long)before[3] << 24 | (long)before[4] << 32 | (long)before[5] << 40
            : (long)(Get(6, 1) & 0xF) << 24;
        int count = now[2] | (isExtended ? before[2] << 8 : 0);
        PretendRequest request =
            RequestOf(command, block, count)
            ?? throw new InvalidOperationException($"There is no command {command}.");
        bool byProcessor = command.ToString().Contains("Sectors", StringComparison.Ordinal);
        if (!byProcessor)
        {
            Begin(request, fate => EndDma(request, fate));
        }
        else if (request.Operation == DiskOperation.Read)
        {
            Begin(request, fate => EndRead(request, fate));
        }
        else
        {
            Later(() => AskForData(request));
        }
    }

    private Fate Spoil(Fate fate)
    {
        if (fate == Fate.Done && endsWithNonsense)
        {
            endsWithNonsense = false;
            return Fate.Nonsense;
        }
        return fate;
    }

    private void EndDma(PretendRequest request, Fate decided)
    {
        Fate fate = Spoil(decided);
        if (request.Length > 0)
        {
            bool toMemory = (Get(BusMaster, 1) & 8) != 0;
            Demand((Get(BusMaster, 1) & 1) != 0, "a bus master that was not started");
            Demand(toMemory == (request.Operation == DiskOperation.Read), "the wrong direction");
        }
        if (fate == Fate.Done)
        {
            if (request.Length > 0)
            {
                Move(request, Regions());
            }
            busMasterStatus &= 0xFE;
        }
        End(request, fate);
    }

    private void End(PretendRequest request, Fate fate)
    {
        ushort taskFile = TaskFileOf(fate, request.Operation);
        status = (byte)(taskFile | (fate == Fate.Nonsense ? DataRequest : 0));
        error = (byte)(taskFile >> 8);
        Interrupt();
    }

    private List<(ulong Address, int Length)> Regions()
    {
        List<(ulong, int)> regions = [];
        for (ulong at = Get(BusMaster + 4, 4); ; at += 8)
        {
            Span<byte> entry = Memory(at, 8);
            ulong address = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            int length = (ushort)flags == 0 ? 65536 : (ushort)flags;
            Demand(
                address / 65536 == (address + (uint)length - 1) / 65536,
                "a region across 64 KB"
            );
            regions.Add((address, length));
            if (flags >> 31 != 0)
            {
                return regions;
            }
        }
    }

    // Data for the processor, a sector and an interrupt at a time.
    private void EndRead(PretendRequest request, Fate decided)
    {
        Fate fate = Spoil(decided);
        if (fate is not (Fate.Done or Fate.Nonsense))
        {
            End(request, fate);
            return;
        }
        byte[] all = Contents.AsSpan((int)request.Sector * SectorSize, request.Length).ToArray();
        ShowSector(0);

        void ShowSector(int at)
        {
            bool isLast = at + SectorSize == all.Length;
            Show(
                all[at..(at + SectorSize)],
                isLast ? null : () => ShowSector(at + SectorSize),
                isLast && fate == Fate.Nonsense
            );
        }
    }

    private void Show(byte[] sector, Action? next, bool endsWithNonsense = false)
    {
        data = sector;
        dataAt = 0;
        status = Idle | DataRequest;
        whenTaken = () =>
        {
            status = endsWithNonsense ? (byte)(Idle | DataRequest) : Idle;
            if (next is not null)
            {
                status = Busy;
                Later(next);
            }
        };
        Interrupt();
    }

    private ulong TakeData()
    {
        Demand(
            (status & DataRequest) != 0 && dataAt < data.Length,
            "reading data that there are not"
        );
        ushort word = BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(dataAt));
        dataAt += 2;
        if (dataAt == data.Length)
        {
            whenTaken!();
        }
        return word;
    }

    private void AskForData(PretendRequest request)
    {
        byte[] all = new byte[request.Length];
        AskForSector(0);

        void AskForSector(int at)
        {
            data = new byte[SectorSize];
            dataAt = 0;
            status = Idle | DataRequest;
            whenTaken = () =>
            {
                status = Busy;
                data.CopyTo(all, at);
                if (at + SectorSize == all.Length)
                {
                    Begin(request, fate => EndWrite(request, all, Spoil(fate)));
                }
                else
                {
                    Later(() => AskForSector(at + SectorSize));
                }
            };
            // For the first one there is no interrupt.
            if (at > 0)
            {
                Interrupt();
            }
        }
    }

    private void GiveData(ushort word)
    {
        Demand((status & DataRequest) != 0 && dataAt < data.Length, "data that nobody wants");
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(dataAt), word);
        dataAt += 2;
        if (dataAt == data.Length)
        {
            whenTaken!();
        }
    }

    private void EndWrite(PretendRequest request, byte[] all, Fate fate)
    {
        if (fate == Fate.Done)
        {
            all.CopyTo(Contents, (int)request.Sector * SectorSize);
        }
        End(request, fate);
    }

    // A part of the registers, as a base address register shows it.
    private sealed class Ports(RegisterWindow all, int start) : RegisterWindow
    {
        public override long Length => Bar;

        public override byte Read8(long offset) => all.Read8(start + offset);

        public override ushort Read16(long offset) => all.Read16(start + offset);

        public override uint Read32(long offset) => all.Read32(start + offset);

        public override ulong Read64(long offset) => all.Read64(start + offset);

        public override void Write8(long offset, byte value) => all.Write8(start + offset, value);

        public override void Write16(long offset, ushort value) =>
            all.Write16(start + offset, value);

        public override void Write32(long offset, uint value) => all.Write32(start + offset, value);

        public override void Write64(long offset, ulong value) =>
            all.Write64(start + offset, value);
    }
}

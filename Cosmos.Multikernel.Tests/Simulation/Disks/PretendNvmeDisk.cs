using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>The other side of an NVMe controller (NVM Express Base Specification 2.0) in virtual time, with namespaces that are parts of one medium.</summary>
internal sealed class PretendNvmeDisk(
    SimulatedMachine machine,
    int seed,
    int sectors,
    int blockSize = PretendDisk.SectorSize,
    int namespaces = 1
) : PretendDisk(machine, seed, sectors, WindowSize)
{
    private const int Configuration = 0x14;
    private const uint ShutDown = 3u << 14;
    private const int AdminSizes = 0x24;
    private const int Doorbells = 0x1000;
    private const int WindowSize = 0x2000;
    private const int PageSize = 4096;
    private const int QueueEntries = 16;

    // Doorbells 16 bytes apart, 1 s to become ready, NVM commands.
    private const int Stride = 16;
    private const ulong Capabilities = (QueueEntries - 1) | (2UL << 24) | (2UL << 32) | (1UL << 37);
    private const uint Version = 0x0001_0400;

    private readonly Dictionary<int, QueueRing> submissions = [];
    private readonly Dictionary<int, QueueRing> completions = [];
    private readonly HashSet<ushort> underWay = [];
    private bool isEnabled;
    private bool isReady;
    private bool isFatal;

    public override int Depth => QueueEntries - 1;

    /// <summary>Whether it gives up commands when it is asked to.</summary>
    public bool GivesUp { get; set; }

    /// <summary>How many commands it was asked to give up.</summary>
    public int Aborts { get; private set; }

    /// <summary>Bits of metadata that blocks of the first namespace have.</summary>
    public int Metadata { get; set; }

    protected override bool IsWorking => isReady && isEnabled && !isFatal && !IsParked;

    /// <summary>It never says that it has shut down.</summary>
    public bool NeverShutsDown { get; init; }

    private int SectorsOfNamespace => Contents.Length / SectorSize / namespaces;

    public override void AskForReset()
    {
        Drop();
        isFatal = true;
    }

    protected override (PciIdentity, PciBars, byte[]) Describe()
    {
        PciBars bars = default;
        bars[0] = new PciBar(PciBarKind.Memory, false, 0xFE00_0000, WindowSize);
        return (new PciIdentity(0x1B36, 0x0010, 0, 0, 0x01_08_02, 1), bars, new byte[256]);
    }

    protected override ulong ReadRegister(long offset, int size) =>
        offset switch
        {
            0x00 => Capabilities,
            0x08 => Version,
            0x1C => (isReady ? 1u : 0) | (isFatal ? 2u : 0) | (IsParked ? 2u << 2 : 0),
            _ => Get(offset, size),
        };

    protected override void WriteRegister(long offset, int size, ulong value)
    {
        Set(offset, size, value);
        if (offset == Configuration && (value & ShutDown) != 0)
        {
            Demand(underWay.Count == 0, "a shutdown while commands are under way");
            Machine.Later(() => IsParked = isEnabled && !NeverShutsDown);
        }
        else if (offset == Configuration)
        {
            Switch(on: (value & 1) != 0);
        }
        else if (offset >= Doorbells)
        {
            int index = (int)(offset - Doorbells) / Stride;
            if (index % 2 == 1)
            {
                completions[index / 2].Head = (int)value;
            }
            else if (submissions.TryGetValue(index / 2, out QueueRing? ring))
            {
                ring.Tail = (int)value;
                Machine.Later(() => TakeCommands(index / 2, ring));
            }
        }
    }

    protected override void Forget()
    {
        base.Forget();
        Set(Configuration, 4, 0);
        isEnabled = isFatal = IsParked = false;
        isReady = isReady && IsStuck;
        submissions.Clear();
        completions.Clear();
        underWay.Clear();
    }

    private void Switch(bool on)
    {
        if (!on)
        {
            Resets++;
            Forget();
            return;
        }
        isEnabled = true;
        int entries = (int)Get(AdminSizes, 2) + 1;
        submissions[0] = new QueueRing(0, Get(0x28, 8), entries);
        completions[0] = new QueueRing(0, Get(0x30, 8), entries);
        Machine.Later(() => isReady = isEnabled);
    }

    private void TakeCommands(int queue, QueueRing ring)
    {
        // It may have been reset, and the queue made anew.
        while (
            IsWorking
            && !IsGone
            && submissions.GetValueOrDefault(queue) == ring
            && ring.Head != ring.Tail
        )
        {
            NvmeCommand command = MemoryMarshal.Read<NvmeCommand>(
                Memory(ring.Address + (ulong)(ring.Head * NvmeCommand.Size), NvmeCommand.Size)
            );
            ring.Head = (ring.Head + 1) % ring.Entries;
            if (queue == 0)
            {
                Later(() => Administer(command));
            }
            else
            {
                Take(ring.Partner, command);
            }
        }
    }

    private void Administer(NvmeCommand command)
    {
        NvmeStatus status = NvmeStatus.Success;
        uint result = 0;
        int which = (ushort)command.Dword10;
        int entries = (int)(command.Dword10 >> 16) + 1;
        switch ((NvmeAdminOpcode)command.Opcode)
        {
            case NvmeAdminOpcode.Identify:
                Identify(command);
                break;
            case NvmeAdminOpcode.CreateCompletionQueue:
                completions.Add(which, new QueueRing(which, command.Data, entries));
                break;
            case NvmeAdminOpcode.CreateSubmissionQueue:
                submissions.Add(
                    which,
                    new QueueRing((int)(command.Dword11 >> 16), command.Data, entries)
                );
                break;
            case NvmeAdminOpcode.Abort:
                Aborts++;
                ushort identifier = (ushort)(command.Dword10 >> 16);
                if (GivesUp && underWay.Contains(identifier))
                {
                    Answer(which, identifier, NvmeStatus.AbortRequested);
                }
                else
                {
                    result = 1;
                }
                break;
            default:
                status = (NvmeStatus)1;
                break;
        }
        Answer(0, command.Identifier, status, result);
    }

    private void Identify(NvmeCommand command)
    {
        Span<byte> page = Memory(command.Data, PageSize);
        page.Clear();
        switch (command.Dword10)
        {
            case 0:
                int blockBits = int.Log2(blockSize);
                BinaryPrimitives.WriteInt64LittleEndian(
                    page,
                    SectorsOfNamespace / (blockSize / SectorSize)
                );
                page[26] = 1;
                int metadata = command.Namespace == 1 ? Metadata : 0;
                BinaryPrimitives.WriteInt32LittleEndian(page[132..], (blockBits << 16) | metadata);
                break;
            case 1:
                page[525] = 1;
                BinaryPrimitives.WriteInt32LittleEndian(page[516..], namespaces);
                break;
            default:
                for (int i = 0; i < namespaces; i++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(page[(i * 4)..], i + 1);
                }
                break;
        }
    }

    private void Take(int answers, NvmeCommand command)
    {
        NvmeOpcode opcode = (NvmeOpcode)command.Opcode;
        int blocks = opcode == NvmeOpcode.Flush ? 0 : (ushort)command.Dword12 + 1;
        PretendRequest request = new(
            opcode switch
            {
                NvmeOpcode.Read => DiskOperation.Read,
                NvmeOpcode.Write => DiskOperation.Write,
                _ => DiskOperation.Flush,
            },
            (long)command.FirstBlock * (blockSize / SectorSize)
                + (command.Namespace - 1) * SectorsOfNamespace,
            blocks * blockSize
        );
        if (!underWay.Add(command.Identifier))
        {
            throw new InvalidOperationException($"Command {command.Identifier} is under way.");
        }
        Begin(
            request,
            fate =>
            {
                if (!underWay.Contains(command.Identifier))
                {
                    return;
                }
                if (fate == Fate.Done && blocks > 0)
                {
                    Move(request, Pages(command, request.Length));
                }
                ushort identifier = fate == Fate.Nonsense ? (ushort)7777 : command.Identifier;
                Answer(
                    answers,
                    identifier,
                    fate switch
                    {
                        Fate.Done or Fate.Nonsense => NvmeStatus.Success,
                        Fate.InputOutputError => NvmeStatus.UnrecoveredReadError,
                        Fate.Unsupported => (NvmeStatus)1,
                        // Data transfer error.
                        _ => (NvmeStatus)4,
                    }
                );
            }
        );
    }

    // Section 4.1.1: the first may begin anywhere, others begin where a page does.
    private IEnumerable<(ulong Address, int Length)> Pages(NvmeCommand command, int length)
    {
        int first = Math.Min(length, PageSize - (int)(command.Data % PageSize));
        yield return (command.Data, first);
        bool hasList = length - first > PageSize;
        ulong list = command.MoreData;
        for (int at = first; at < length; at += PageSize)
        {
            ulong page = hasList
                ? BinaryPrimitives.ReadUInt64LittleEndian(Memory(list, 8))
                : command.MoreData;
            if (page % PageSize != 0)
            {
                throw new InvalidOperationException($"No page begins at 0x{page:x}.");
            }
            yield return (page, Math.Min(PageSize, length - at));
            list += 8;
        }
    }

    private void Answer(int queue, ushort identifier, NvmeStatus status, uint result = 0)
    {
        underWay.Remove(queue == 0 ? ushort.MaxValue : identifier);
        QueueRing ring = completions[queue];
        int next = (ring.Tail + 1) % ring.Entries;
        if (next == ring.Head)
        {
            throw new InvalidOperationException($"Completion queue {queue} is full.");
        }
        NvmeCompletion completion = new()
        {
            Result = result,
            Identifier = identifier,
            PhaseAndStatus = (ushort)(((int)status << 1) | ring.Phase),
        };
        MemoryMarshal.Write(
            Memory(ring.Address + (ulong)(ring.Tail * NvmeCompletion.Size), NvmeCompletion.Size),
            in completion
        );
        ring.Tail = next;
        ring.Phase ^= next == 0 ? 1 : 0;
        Machine.Later(() => Ring(0));
    }

    private sealed class QueueRing(int partner, ulong address, int entries)
    {
        /// <summary>Of a submission queue, the completion queue that answers it.</summary>
        public int Partner => partner;

        public ulong Address => address;

        public int Entries => entries;

        public int Head { get; set; }

        public int Tail { get; set; }

        public int Phase { get; set; } = 1;
    }
}

using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ide;

/// <summary>
/// A cable with two drives, of which one at a time does one command: the registers, and how a command goes from its first byte to
/// its last interrupt (ATA/ATAPI-8 ATA Parallel Transport, section 9). On the event loop.
/// </summary>
/// <remarks>
/// Data go by the bus master where there is one and it reaches them, else by the processor, a block for each interrupt. Only what the
/// drive does not interrupt for is looked for: that it takes the first block, or a packet.
/// </remarks>
internal sealed class IdeChannel : IDisposable
{
    /// <summary>Drives of a channel.</summary>
    public const int Drives = 2;

    private const int DeviceShift = 4;

    // A drive may take so long to show its status: 400 ns, in reads of a register.
    private const int SettlingReads = 5;

    // What all registers of a drive say after its reset, the device register left out.
    private const byte SignatureOne = 1;
    private const ushort PacketSignature = 0xEB14;
    private const ushort NoSignature = 0xFFFF;

    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TakeLimit = TimeSpan.FromSeconds(1);

    private readonly RegisterWindow window;
    private readonly IdeRegisters registers;
    private readonly IdeControlRegisters control;
    private readonly IdeBusMasterRegisters? busMaster;
    private readonly IdeRegions regions = new();
    private Transfer? current;

    /// <param name="name">For messages.</param>
    /// <param name="window">The command registers.</param>
    /// <param name="control">The control registers.</param>
    /// <param name="busMaster">The bus master's; null where there is none.</param>
    public IdeChannel(
        string name,
        RegisterWindow window,
        RegisterWindow control,
        IdeBusMasterRegisters? busMaster
    )
    {
        Name = name;
        this.window = window;
        this.busMaster = busMaster;
        registers = new IdeRegisters(window);
        this.control = new IdeControlRegisters(control);
    }

    /// <summary>For messages.</summary>
    public string Name { get; set; }

    /// <summary>Whether it has a bus master.</summary>
    public bool HasBusMaster => busMaster is not null;

    /// <summary>Whether nothing is connected at all: registers then read as ones.</summary>
    public bool IsEmpty => (byte)control.Status == byte.MaxValue;

    /// <summary>Whether the bus master has been stopped: then the channel touches no memory.</summary>
    public bool IsStopped =>
        busMaster is null || !busMaster.Status.HasFlag(IdeBusMasterStatus.Active);

    /// <summary>
    /// Whether the drive does nothing, and says what it says after a reset, though a command is under way.
    /// </summary>
    public bool LooksReset =>
        current is not null
        && (control.Status & (AtaStatus.Busy | AtaStatus.DataRequest)) == 0
        && registers.Count == SignatureOne
        && registers.BlockLow == SignatureOne
        && Signature is 0 or PacketSignature;

    private ushort Signature => (ushort)(registers.BlockMiddle | registers.BlockHigh << 8);

    private bool IsFree => (control.Status & (AtaStatus.Busy | AtaStatus.DataRequest)) == 0;

    /// <summary>Whether memory can be reached by the bus master.</summary>
    public bool Reaches(ulong address, int length) =>
        busMaster is not null && regions.Reaches(address, length);

    /// <summary>Resets both drives, which forget what they were doing.</summary>
    /// <exception cref="AtaException">One does not get ready.</exception>
    public async Task ResetAsync()
    {
        StopBusMaster();
        current?.Outcome.TrySetException(new AtaException($"{Name} was reset meanwhile"));
        current = null;
        control.Control = IdeControl.Reset;
        await EventLoop.Current.Delay(ResetTime);
        control.Control = IdeControl.None;
        await EventLoop.Current.Delay(ResetTime);
        Select(0, 0);
        if (!await Waiting.ComesTrueAsync(() => IsFree, ReadyLimit))
        {
            throw new AtaException($"{Name}: no drive gets ready (status {control.Status}).");
        }
    }

    /// <summary>What drive there is after a reset: true for one that takes packets; null for none.</summary>
    public bool? Look(int drive)
    {
        Select(drive, 0);
        ushort signature = Signature;
        AtaStatus status = control.Status;
        return (byte)status == byte.MaxValue || signature == NoSignature ? null
            : signature == PacketSignature ? true
            : status == AtaStatus.None ? null
            : false;
    }

    /// <summary>Has a command done; nothing else is under way.</summary>
    /// <param name="drive">Which of the two.</param>
    /// <param name="task">The command.</param>
    /// <param name="memory">Where its data are.</param>
    /// <param name="offset">Where in it.</param>
    /// <param name="length">How many bytes.</param>
    /// <returns>How it ended; the task ends only when the drive is done with it, or is reset.</returns>
    /// <exception cref="AtaException">The drive does not do what belongs to the command.</exception>
    public async Task<AtaOutcome> RunAsync(
        int drive,
        AtaTask task,
        Frame? memory,
        int offset,
        int length
    )
    {
        Select(drive, task.Device);
        if (!await Waiting.ComesTrueAsync(() => IsFree, TakeLimit))
        {
            throw new AtaException($"{Name}: the drive does not get free ({control.Status})");
        }
        Transfer transfer = new(task, memory, offset, length);
        current = transfer;
        if (task.Protocol == AtaProtocol.Dma)
        {
            PrepareBusMaster(transfer);
        }
        WriteRegisters(task);
        bool isGiven =
            task.Packet is { } packet ? await GiveAsync(transfer, 0, packet)
            : task is { Protocol: AtaProtocol.Processor, Direction: AtaDirection.ToDrive }
                ? await GiveAsync(transfer, transfer.NextBlock(), null)
            : true;
        // It may have failed, or been reset, before it took anything.
        if (isGiven && task.Protocol == AtaProtocol.Dma && !transfer.Outcome.Task.IsCompleted)
        {
            busMaster!.Command |= IdeBusMasterCommand.Start;
        }
        return await transfer.Outcome.Task;
    }

    /// <summary>Serves an interrupt, which may have been another's.</summary>
    public void Serve()
    {
        if (busMaster is not null && !busMaster.Status.HasFlag(IdeBusMasterStatus.Interrupt))
        {
            return;
        }
        if (busMaster is null && control.Status.HasFlag(AtaStatus.Busy))
        {
            return;
        }
        AtaStatus status = registers.Status;
        IdeBusMasterStatus moved = busMaster?.Status ?? 0;
        if (busMaster is not null)
        {
            busMaster.Status = IdeBusMasterStatus.Interrupt;
        }
        if (current is not { } transfer || status.HasFlag(AtaStatus.Busy))
        {
            return;
        }
        AtaOutcome outcome = new(
            status,
            status.HasFlag(AtaStatus.Error) ? registers.Error : AtaError.None
        );
        bool wantsData = status.HasFlag(AtaStatus.DataRequest) && outcome.IsGood;
        if (wantsData && transfer.Task.Packet is not null && !transfer.HasBegun)
        {
            // It wants its packet, and gets it whether it interrupts for it or not.
            return;
        }
        if (!wantsData)
        {
            End(transfer, outcome with { IsWhole = IsWhole(transfer, moved) });
        }
        else if (transfer.Task.Protocol == AtaProtocol.Processor)
        {
            MoveBlock(transfer);
        }
        else
        {
            End(transfer, null, "the drive wants data that there are not");
        }
    }

    /// <summary>Stops it.</summary>
    public void Dispose()
    {
        StopBusMaster();
        control.Control = IdeControl.Silent;
        regions.Dispose();
    }

    /// <summary>The bus master touches no memory from now on, if it works at all.</summary>
    public void StopBusMaster()
    {
        if (busMaster is not null)
        {
            busMaster.Command = IdeBusMasterCommand.None;
        }
    }

    private static bool IsWhole(Transfer transfer, IdeBusMasterStatus moved) =>
        transfer.Task.Protocol switch
        {
            // It is still active when the drive has moved less than the table has room for.
            AtaProtocol.Dma => (moved & (IdeBusMasterStatus.Active | IdeBusMasterStatus.Error))
                == 0,
            AtaProtocol.Processor => transfer.Position == transfer.Length,
            _ => true,
        };

    private void Select(int drive, byte device)
    {
        registers.Device = (byte)(device | drive << DeviceShift);
        for (int i = 0; i < SettlingReads; i++)
        {
            _ = control.Status;
        }
    }

    private void PrepareBusMaster(Transfer transfer)
    {
        regions.Fill(transfer.Memory!.PhysicalAddress + (uint)transfer.Offset, transfer.Length);
        busMaster!.Command =
            transfer.Task.Direction == AtaDirection.FromDrive
                ? IdeBusMasterCommand.ToMemory
                : IdeBusMasterCommand.None;
        busMaster.Status = IdeBusMasterStatus.Interrupt | IdeBusMasterStatus.Error;
        busMaster.Table = regions.Address;
    }

    private void WriteRegisters(in AtaTask task)
    {
        if (task.IsExtended)
        {
            registers.Features = (byte)(task.Features >> 8);
            registers.Count = (byte)(task.Count >> 8);
            registers.BlockLow = (byte)(task.Block >> 24);
            registers.BlockMiddle = (byte)(task.Block >> 32);
            registers.BlockHigh = (byte)(task.Block >> 40);
        }
        registers.Features = (byte)task.Features;
        registers.Count = (byte)task.Count;
        registers.BlockLow = (byte)task.Block;
        registers.BlockMiddle = (byte)(task.Block >> 8);
        registers.BlockHigh = (byte)(task.Block >> 16);
        registers.Command = task.Command;
    }

    // A packet, or the first block: no interrupt says that the drive takes it.
    private async Task<bool> GiveAsync(Transfer transfer, int length, AtaPacket? packet)
    {
        bool takes = await Waiting.ComesTrueAsync(
            () =>
                transfer.Outcome.Task.IsCompleted
                || (control.Status & (AtaStatus.Busy | AtaStatus.DataRequest))
                    == AtaStatus.DataRequest,
            TakeLimit
        );
        if (transfer.Outcome.Task.IsCompleted)
        {
            return false;
        }
        if (!takes)
        {
            End(transfer, null, $"the drive does not take {transfer.Task.Command}");
            return false;
        }
        transfer.HasBegun = true;
        if (packet is { } bytes)
        {
            window.WriteBlock16(IdeRegisters.Data, bytes);
        }
        else
        {
            window.WriteBlock16(IdeRegisters.Data, transfer.Take(length));
        }
        return true;
    }

    private void MoveBlock(Transfer transfer)
    {
        // A packet device says each time how many bytes it has.
        int length = transfer.Task.Packet is null ? transfer.NextBlock() : Signature;
        if (length == 0 || length > transfer.Length - transfer.Position || length % 2 != 0)
        {
            End(transfer, null, $"the drive wants to move {length} bytes more");
            return;
        }
        if (transfer.Task.Direction == AtaDirection.ToDrive)
        {
            window.WriteBlock16(IdeRegisters.Data, transfer.Take(length));
            return;
        }
        window.ReadBlock16(IdeRegisters.Data, transfer.Take(length));
        // No interrupt follows the last block of a disk.
        if (transfer.Task.Packet is null && transfer.Position == transfer.Length)
        {
            AtaStatus status = registers.Status;
            End(transfer, new AtaOutcome(status & ~AtaStatus.DataRequest, registers.Error));
        }
    }

    private void End(Transfer transfer, AtaOutcome? outcome, string problem = "")
    {
        StopBusMaster();
        current = null;
        if (outcome is { } known)
        {
            transfer.Outcome.TrySetResult(known);
        }
        else
        {
            transfer.Outcome.TrySetException(new AtaException($"{Name}: {problem}"));
        }
    }

    /// <summary>A command under way.</summary>
    private sealed class Transfer(AtaTask task, Frame? memory, int offset, int length)
    {
        private const int BlockBytes = 512;

        public AtaTask Task => task;

        public Frame? Memory => memory;

        public int Offset => offset;

        public int Length => length;

        /// <summary>How much the processor has moved.</summary>
        public int Position { get; private set; }

        /// <summary>Whether the drive has taken what it takes without an interrupt.</summary>
        public bool HasBegun { get; set; }

        public TaskCompletionSource<AtaOutcome> Outcome { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>How long the next block of a disk is.</summary>
        public int NextBlock() => Math.Min(BlockBytes, length - Position);

        /// <summary>The memory for the next bytes.</summary>
        public Span<byte> Take(int count)
        {
            int at = offset + Position;
            Position += count;
            return memory!.Span.Slice(at, count);
        }
    }
}

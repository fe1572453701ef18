using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>
/// The other side of a SATA controller (Serial ATA AHCI 1.3.1) in virtual time, with a disk at one of its four ports. It is as hard to
/// please as the specification lets it be: what is asked of a port that is stopped, or of a drive that has failed, is an error of the driver's.
/// </summary>
internal sealed class PretendAhciDisk(
    SimulatedMachine machine,
    int seed,
    int sectors,
    int blockSize = PretendDisk.SectorSize,
    int driveDepth = 16
) : PretendAtaDisk(machine, seed, sectors, blockSize, WindowSize)
{
    private const int Slots = 32;
    private const int Place = 1;
    private const int Port = 0x100 + Place * 0x80;
    private const int WindowSize = 0x300;
    private const uint Running = 1 << 15;
    private const uint Receiving = 1 << 14;

    private uint interrupting;
    private uint causes;
    private uint errors;
    private uint active;
    private uint issued;
    private uint taskFile = 0x7F;
    private uint left;
    private uint untold;
    private bool hasFailed;

    public override int Depth => driveDepth;

    public override int DriveDepth => driveDepth;

    public override bool StopsAtErrors => driveDepth > 1;

    /// <summary>Whether the firmware has the controller, and is slow to let it go.</summary>
    public bool IsFirmwares { get; set; }

    /// <summary>
    /// As QEMU 7.2's: neither an error nor the port's stop keeps the drive from what else it has in its queue. What ends while the port does
    /// not even receive (here: all that it has then) is told when the next one ends: it is shown as completed, whatever has its slot by that
    /// time.
    /// </summary>
    public bool GoesOn { get; init; }

    protected override bool IsWorking => IsStarted;

    private bool IsStarted => (Command & 1) != 0;

    private bool Receives => (Command & 1 << 4) != 0;

    private uint Command => (uint)Get(Port + 0x18, 4);

    public override void AskForReset()
    {
        Drop();
        Cause(1u << 29);
    }

    /// <summary>Its cable is pulled; the controller is still there.</summary>
    public void PullCable()
    {
        Drop();
        IsUnplugged = true;
        errors |= 1 << 16;
        Cause(1u << 22);
    }

    /// <summary>Its drive loses its power for a moment: it has forgotten everything, and its link comes up again.</summary>
    public void BlinkPower()
    {
        Drop();
        hasFailed = false;
        taskFile = 0x50;
        errors |= 1 << 26;
        Cause(1 << 6);
    }

    /// <summary>Whether there is no drive any more.</summary>
    public bool IsUnplugged { get; private set; }

    protected override (PciIdentity, PciBars, byte[]) Describe()
    {
        PciBars bars = default;
        bars[5] = new PciBar(PciBarKind.Memory, false, 0xFE00_0000, WindowSize);
        return (new PciIdentity(0x8086, 0x2922, 0, 0, 0x01_06_01, 2), bars, new byte[256]);
    }

    protected override ulong ReadRegister(long offset, int size) =>
        offset switch
        {
            0x00 => (1u << 31) | (1u << 30) | ((Slots - 1) << 8) | 3,
            0x04 => Get(0x04, 4) & ~1u,
            0x08 => interrupting,
            0x0C => 0xF,
            0x24 => IsFirmwares ? 1u : 0,
            0x28 => Get(0x28, 4) | (IsFirmwares ? 1u : 0),
            Port + 0x10 => causes,
            Port + 0x18 => CommandNow(),
            Port + 0x20 => errors != 0 ? 0x80 : taskFile,
            Port + 0x24 => 0x101,
            Port + 0x28 => IsUnplugged ? 0u : 0x123,
            Port + 0x30 => errors,
            Port + 0x34 => active,
            Port + 0x38 => issued,
            _ => Get(offset, size),
        };

    protected override void WriteRegister(long offset, int size, ulong value)
    {
        switch (offset)
        {
            case 0x04 when (value & 1) != 0:
                base.Forget();
                Stop();
                Set(Port + 0x18, 4, 0);
                break;
            case 0x08:
                interrupting &= ~(uint)value;
                break;
            case 0x28:
                Set(0x28, 4, value);
                Machine.After(10_000_000, () => IsFirmwares = false);
                break;
            case Port + 0x10:
                causes &= ~(uint)value;
                break;
            case Port + 0x18:
                Switch((uint)value);
                break;
            case Port + 0x2C:
                ControlLink((uint)value);
                break;
            case Port + 0x30:
                errors &= ~(uint)value;
                break;
            case Port + 0x34:
                Demand(IsStarted, "queued commands at a stopped port");
                active |= (uint)value;
                break;
            case Port + 0x38:
                Demand(IsStarted, "commands at a stopped port");
                Demand((issued & (uint)value) == 0, "a slot that is in use");
                issued |= (uint)value;
                Machine.Later(() => TakeCommands((uint)value));
                break;
            default:
                Set(offset, size, value);
                break;
        }
    }

    protected override void Forget()
    {
        base.Forget();
        Stop();
        Set(Port + 0x18, 4, 0);
    }

    private uint CommandNow()
    {
        uint command = Command & ~(Running | Receiving);
        return command
            | ((command & 1) != 0 || IsStuck ? Running : 0)
            | ((command & 1 << 4) != 0 ? Receiving : 0);
    }

    private void Switch(uint command)
    {
        bool wasStarted = IsStarted;
        bool received = Receives;
        Set(Port + 0x18, 4, command);
        if (wasStarted && !IsStarted)
        {
            left = GoesOn ? active : 0;
            Drop();
            Stop();
        }
        if (received && !Receives)
        {
            untold |= left;
            left = 0;
        }
        Demand(!IsStarted || Receives, "starting a port that does not receive");
        Demand(!IsStarted || wasStarted || (taskFile & 0x88) == 0, "starting with a busy drive");
    }

    private void Stop()
    {
        active = issued = 0;
    }

    private void ControlLink(uint control)
    {
        Demand(!IsStarted, "resetting the link of a port that works");
        bool begins = (control & 0xF) == 1;
        bool ends = !begins && (Get(Port + 0x2C, 4) & 0xF) == 1;
        Set(Port + 0x2C, 4, control);
        if (!ends)
        {
            return;
        }
        Resets++;
        Drop();
        left = 0;
        hasFailed = false;
        if (!IsUnplugged)
        {
            errors |= 1 << 26;
            taskFile = 0x50;
            Cause(1 << 6);
        }
    }

    private void Cause(uint cause)
    {
        causes |= cause;
        bool isHeard = (causes & (uint)Get(Port + 0x14, 4)) != 0;
        if (isHeard)
        {
            uint before = interrupting;
            interrupting |= 1 << Place;
            // A message is sent when there was nothing to tell before.
            if (before == 0 && (Get(0x04, 4) & 2) != 0)
            {
                Machine.Later(() => Ring(0));
            }
        }
    }

    private void TakeCommands(uint slots)
    {
        for (int slot = 0; slot < Slots; slot++)
        {
            if ((slots & issued & (1u << slot)) != 0 && IsStarted && !IsGone && !hasFailed)
            {
                Take(slot);
            }
        }
    }

    private void Take(int slot)
    {
        ulong list = Get(Port, 4) | (Get(Port + 4, 4) << 32);
        ulong header = list + (ulong)(slot * 32);
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(Memory(header + 8, 8));
        byte[] registers = Memory(table, 20).ToArray();
        Demand(registers is [0x27, 0x80, ..], "no command");
        AtaCommand command = (AtaCommand)registers[2];
        bool isQueued = command is AtaCommand.ReadQueued or AtaCommand.WriteQueued;
        Demand(
            isQueued == ((active & (1u << slot)) != 0),
            "queued without being said to be, or not"
        );
        if (isQueued)
        {
            // The drive has taken it, and says when it is done.
            issued &= ~(1u << slot);
        }
        else
        {
            Demand(active == 0, "another command beside queued ones");
        }
        long block =
            BinaryPrimitives.ReadUInt32LittleEndian(registers.AsSpan(4)) & 0xFF_FFFF
            | (long)(BinaryPrimitives.ReadUInt32LittleEndian(registers.AsSpan(8)) & 0xFF_FFFF)
                << 24;
        if (!HasLongNumbers)
        {
            block = (block & 0xFF_FFFF) | (long)(registers[7] & 0xF) << 24;
        }
        int count = isQueued
            ? registers[3] | registers[11] << 8
            : BinaryPrimitives.ReadUInt16LittleEndian(registers.AsSpan(12));
        if (isQueued)
        {
            Demand(registers[12] >> 3 == slot, "a tag that is not the slot's");
        }
        if (command == AtaCommand.IdentifyDevice)
        {
            Identify().CopyTo(Memory(RegionOf(table).Address, AtaIdentity.Length));
            Later(() => End(slot, 0x50));
            return;
        }
        PretendRequest? request = RequestOf(command, block, count);
        if (request is null)
        {
            Later(() => End(slot, 0x0451));
            return;
        }
        Begin(request, fate => End(slot, isQueued, header, table, request, fate));
    }

    private (ulong Address, int Length) RegionOf(ulong table)
    {
        Span<byte> region = Memory(table + 0x80, 16);
        return (
            BinaryPrimitives.ReadUInt64LittleEndian(region),
            (BinaryPrimitives.ReadInt32LittleEndian(region[12..]) & 0x3F_FFFF) + 1
        );
    }

    private void End(
        int slot,
        bool isQueued,
        ulong header,
        ulong table,
        PretendRequest request,
        Fate fate
    )
    {
        if (fate == Fate.Nonsense)
        {
            AskForReset();
            return;
        }
        // Of a queued command nobody counts what it has moved.
        ushort outcome = TaskFileOf(
            isQueued && fate == Fate.Short ? Fate.Unsupported : fate,
            request.Operation
        );
        if (fate == Fate.Done && request.Length > 0)
        {
            Move(request, RegionOf(table));
        }
        if (isQueued)
        {
            EndQueued(slot, outcome);
            return;
        }
        int moved = fate == Fate.Done ? request.Length : 0;
        BinaryPrimitives.WriteInt32LittleEndian(Memory(header + 4, 4), moved);
        End(slot, outcome);
    }

    private void End(int slot, ushort outcome)
    {
        taskFile = outcome;
        if ((outcome & 1) != 0)
        {
            Cause(1u << 30);
            return;
        }
        issued &= ~(1u << slot);
        Cause(1);
    }

    private void EndQueued(int slot, ushort outcome)
    {
        bool isGood = (outcome & 1) == 0;
        taskFile = outcome;
        active &= ~(untold | (isGood ? 1u << slot : 0));
        untold = 0;
        if (isGood)
        {
            Cause(1 << 3);
            return;
        }
        if (!GoesOn)
        {
            // It forgets the others.
            Drop();
            hasFailed = true;
        }
        Cause(1u << 30);
    }
}

using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ahci;

/// <summary>
/// The memory by which a port and its driver work together (Serial ATA AHCI 1.3.1, section 4): a list with a header for each slot, a table
/// for each with the command and where its data are, and a place for what the drive sends.
/// </summary>
internal sealed class AhciMemory : IDisposable
{
    /// <summary>Slots of a port at most.</summary>
    public const int MostSlots = 32;

    private const int HeaderBytes = 32;
    private const int ListBytes = MostSlots * HeaderBytes;
    private const int ReceivedBytes = 256;
    private const int TablesAt = ListBytes + ReceivedBytes;
    private const int TableBytes = 256;
    private const int PacketAt = 0x40;
    private const int RegionAt = 0x80;

    // Section 4.2.2.
    private const int CommandDwords = 5;
    private const uint IsPacket = 1 << 5;
    private const uint IsWrite = 1 << 6;
    private const uint OneRegion = 1 << 16;
    private const int MovedAt = 4;

    // Serial ATA 3.5, section 10.5.5: registers from the host to the drive, which are a command.
    private const byte HostToDrive = 0x27;
    private const byte IsCommand = 0x80;

    private readonly Frame frame = Frame.Allocate(TablesAt + MostSlots * TableBytes);

    /// <summary>Where the list is.</summary>
    public ulong List => frame.PhysicalAddress;

    /// <summary>Where what the drive sends goes.</summary>
    public ulong Received => frame.PhysicalAddress + ListBytes;

    /// <summary>Writes a command into a slot.</summary>
    /// <param name="slot">Which.</param>
    /// <param name="task">The command.</param>
    /// <param name="address">Where its data are.</param>
    /// <param name="length">How many bytes; they are in one piece.</param>
    public void Fill(int slot, in AtaTask task, ulong address, int length)
    {
        Span<byte> table = frame.Span.Slice(TablesAt + slot * TableBytes, TableBytes);
        FillCommand(table, in task);
        if (length > 0)
        {
            Span<byte> region = table[RegionAt..];
            BinaryPrimitives.WriteUInt64LittleEndian(region, address);
            BinaryPrimitives.WriteUInt32LittleEndian(region[8..], 0);
            BinaryPrimitives.WriteInt32LittleEndian(region[12..], length - 1);
        }
        Span<byte> header = frame.Span.Slice(slot * HeaderBytes, HeaderBytes);
        uint flags = CommandDwords;
        flags |= task.Packet is null ? 0 : IsPacket;
        flags |= task.Direction == AtaDirection.ToDrive ? IsWrite : 0;
        flags |= length > 0 ? OneRegion : 0;
        BinaryPrimitives.WriteUInt32LittleEndian(header, flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[MovedAt..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(
            header[8..],
            frame.PhysicalAddress + (uint)(TablesAt + slot * TableBytes)
        );
    }

    /// <summary>How many bytes a slot's command has moved; unknown for queued ones.</summary>
    public int MovedBy(int slot) =>
        BinaryPrimitives.ReadInt32LittleEndian(
            frame.ReadOnlySpan[(slot * HeaderBytes + MovedAt)..]
        );

    /// <summary>Gives the memory back; the port must have been stopped.</summary>
    public void Dispose() => frame.Dispose();

    private static void FillCommand(Span<byte> table, in AtaTask task)
    {
        table[..RegionAt].Clear();
        table[0] = HostToDrive;
        table[1] = IsCommand;
        table[2] = (byte)task.Command;
        table[3] = (byte)task.Features;
        BinaryPrimitives.WriteUInt32LittleEndian(table[4..], (uint)task.Block & 0xFF_FFFF);
        table[7] = task.Device;
        BinaryPrimitives.WriteUInt32LittleEndian(table[8..], (uint)(task.Block >> 24) & 0xFF_FFFF);
        table[11] = (byte)(task.Features >> 8);
        BinaryPrimitives.WriteUInt16LittleEndian(table[12..], task.Count);
        if (task.Packet is { } packet)
        {
            ((ReadOnlySpan<byte>)packet).CopyTo(table[PacketAt..]);
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

/// <summary>Commands (ATA/ATAPI Command Set 3, section 7).</summary>
internal enum AtaCommand : byte
{
    ReadSectors = 0x20,
    ReadSectorsExtended = 0x24,
    ReadDmaExtended = 0x25,
    WriteSectors = 0x30,
    WriteSectorsExtended = 0x34,
    WriteDmaExtended = 0x35,
    WriteDmaForceUnitAccessExtended = 0x3D,
    ReadQueued = 0x60,
    WriteQueued = 0x61,
    Packet = 0xA0,
    IdentifyPacketDevice = 0xA1,
    ReadDma = 0xC8,
    WriteDma = 0xCA,
    StandbyImmediate = 0xE0,
    FlushCache = 0xE7,
    FlushCacheExtended = 0xEA,
    IdentifyDevice = 0xEC,
}

/// <summary>How a command's data come and go (section 4 of ATA/ATAPI 8 Parallel Transport).</summary>
internal enum AtaProtocol
{
    /// <summary>There are none.</summary>
    NoData,

    /// <summary>By the processor, where the controller has registers for that.</summary>
    Processor,

    /// <summary>By the controller.</summary>
    Dma,

    /// <summary>By the controller, with others under way.</summary>
    Queued,
}

/// <summary>Which way data go.</summary>
internal enum AtaDirection
{
    FromDrive,
    ToDrive,
}

/// <summary>A command for a packet device (SCSI Block Commands, MMC-6): 12 bytes.</summary>
[InlineArray(Length)]
internal struct AtaPacket
{
    /// <summary>Bytes.</summary>
    public const int Length = 12;

    private byte first;
}

/// <summary>A command with all that its registers say.</summary>
/// <param name="Command">Which.</param>
/// <param name="Protocol">How its data move.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Features">The features register; its upper 8 bits for extended and queued commands only.</param>
/// <param name="Block">The block's number, up to 48 bits.</param>
/// <param name="Count">The count register.</param>
/// <param name="Device">The device register, without which of two drives it is.</param>
/// <param name="Packet">What a packet device is to do.</param>
internal readonly record struct AtaTask(
    AtaCommand Command,
    AtaProtocol Protocol,
    AtaDirection Direction = AtaDirection.FromDrive,
    ushort Features = 0,
    long Block = 0,
    ushort Count = 0,
    byte Device = 0,
    AtaPacket? Packet = null
)
{
    /// <summary>Whether registers have their upper halves written, too.</summary>
    public bool IsExtended =>
        Command
            is AtaCommand.ReadSectorsExtended
                or AtaCommand.ReadDmaExtended
                or AtaCommand.WriteSectorsExtended
                or AtaCommand.WriteDmaExtended
                or AtaCommand.WriteDmaForceUnitAccessExtended
                or AtaCommand.FlushCacheExtended;
}

/// <summary>The packets that are used.</summary>
internal static class AtaPackets
{
    // MMC-6, section 6; SPC-4, section 6.
    private const byte TestUnitReadyCode = 0x00;
    private const byte RequestSenseCode = 0x03;
    private const byte ReadCapacityCode = 0x25;
    private const byte ReadCode = 0x28;

    /// <summary>Bytes that <see cref="RequestSense"/> is answered with.</summary>
    public const int SenseBytes = 18;

    /// <summary>Bytes that <see cref="ReadCapacity"/> is answered with.</summary>
    public const int CapacityBytes = 8;

    /// <summary>Whether the medium can be read.</summary>
    public static AtaPacket TestUnitReady => WithCode(TestUnitReadyCode);

    /// <summary>Why the last one failed.</summary>
    public static AtaPacket RequestSense
    {
        get
        {
            AtaPacket packet = WithCode(RequestSenseCode);
            packet[4] = SenseBytes;
            return packet;
        }
    }

    /// <summary>The last block's number and the length of blocks.</summary>
    public static AtaPacket ReadCapacity => WithCode(ReadCapacityCode);

    /// <summary>Reads blocks.</summary>
    public static AtaPacket Read(uint block, ushort count)
    {
        AtaPacket packet = WithCode(ReadCode);
        Span<byte> bytes = packet;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], block);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[7..], count);
        return packet;
    }

    private static AtaPacket WithCode(byte code)
    {
        AtaPacket packet = default;
        packet[0] = code;
        return packet;
    }
}

using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

/// <summary>What a drive says of itself: 256 words (ATA/ATAPI Command Set 3, section 7.12.7).</summary>
internal sealed class AtaIdentity(byte[] structure)
{
    /// <summary>Bytes.</summary>
    public const int Length = 512;

    private const int ChecksumAt = 510;
    private const byte ChecksumMark = 0xA5;

    /// <summary>False where it has a checksum that is wrong.</summary>
    public bool IsIntact =>
        structure[ChecksumAt] != ChecksumMark
        || structure.Aggregate((byte)0, (sum, value) => (byte)(sum + value)) == 0;

    /// <summary>Whether data may be moved by the controller.</summary>
    public bool HasDma => Has(49, 8);

    /// <summary>Whether blocks have numbers, not cylinders, heads and sectors.</summary>
    public bool HasBlockNumbers => Has(49, 9);

    /// <summary>Whether those have 48 bits.</summary>
    public bool HasLongNumbers => HasSupported(83, 10);

    /// <summary>Whether there is a command to bring the cache to the medium.</summary>
    public bool HasFlush => HasSupported(83, 12) || HasLongFlush;

    /// <summary>The same for commands with 48 bits.</summary>
    public bool HasLongFlush => HasSupported(83, 13);

    /// <summary>Whether single writes can pass the cache by.</summary>
    public bool HasForceUnitAccess => HasSupported(84, 6);

    /// <summary>Whether the drive has a cache that is switched on.</summary>
    public bool HasWriteCache => HasSupported(82, 5) && Has(85, 5);

    /// <summary>How many commands the drive takes at a time; 1 without native command queueing.</summary>
    public int QueueDepth => Has(76, 8) && Word(76) != ushort.MaxValue ? (Word(75) & 0x1F) + 1 : 1;

    /// <summary>Blocks of the drive.</summary>
    public long BlockCount =>
        HasLongNumbers
            ? BinaryPrimitives.ReadInt64LittleEndian(structure.AsSpan(200))
            : BinaryPrimitives.ReadUInt32LittleEndian(structure.AsSpan(120));

    /// <summary>Bytes of a block.</summary>
    public long BlockSize =>
        HasSupported(106, 12)
            ? 2L * BinaryPrimitives.ReadUInt32LittleEndian(structure.AsSpan(234))
            : 512;

    private ushort Word(int word) =>
        BinaryPrimitives.ReadUInt16LittleEndian(structure.AsSpan(word * sizeof(ushort)));

    private bool Has(int word, int bit) => (Word(word) & (1 << bit)) != 0;

    // Words 83, 84 and 106 are valid when their upper two bits are 01; word 82 when word 83 is.
    private bool HasSupported(int word, int bit) =>
        Word(word == 82 ? 83 : word) >> 14 == 1 && Has(word, bit);
}

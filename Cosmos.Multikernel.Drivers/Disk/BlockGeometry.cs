namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>Size and properties of a block device. Travels in messages as it lies in memory.</summary>
/// <param name="BlockCount">Number of blocks.</param>
/// <param name="BlockSize">Bytes of a block, the unit of reading and writing: a power of two from 512 to 65536.</param>
/// <param name="IsReadOnly">It cannot be written.</param>
/// <param name="IsRemovable">Its medium can be taken out while the machine runs.</param>
public readonly record struct BlockGeometry(
    long BlockCount,
    int BlockSize,
    bool IsReadOnly = false,
    bool IsRemovable = false
)
{
    /// <summary>Smallest block, bytes.</summary>
    public const int MinimumBlockSize = 512;

    /// <summary>Largest block, bytes.</summary>
    public const int MaximumBlockSize = 65536;

    /// <summary>Bytes of the whole device.</summary>
    public long Length => BlockCount * BlockSize;

    /// <summary>Throws where the block size or count cannot be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is no power of two from 512 to 65536, or the count is negative or too great.</exception>
    public BlockGeometry Checked()
    {
        if (
            BlockSize is < MinimumBlockSize or > MaximumBlockSize
            || (BlockSize & (BlockSize - 1)) != 0
        )
        {
            throw new ArgumentOutOfRangeException(
                nameof(BlockSize),
                BlockSize,
                "A block has a power of two of bytes, from 512 to 65536."
            );
        }
        ArgumentOutOfRangeException.ThrowIfNegative(BlockCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BlockCount, long.MaxValue / BlockSize);
        return this;
    }
}

/// <summary>How a write is to be done.</summary>
[Flags]
public enum WriteOptions
{
    /// <summary>It completes when the device has the data; a flush brings them to the medium.</summary>
    None = 0,

    /// <summary>It completes when the data are on the medium (FUA).</summary>
    ForceUnitAccess = 1,
}

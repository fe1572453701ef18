namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>
/// A device of numbered blocks, as its users on the same core see it: a file system on the disk core calls its driver
/// directly, without a ring between them.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Everything runs on the instance's one event loop; any number of requests may be under way at a time.</item>
/// <item>A request is checked against the geometry before the driver sees it; what the driver meets comes back as a
/// <see cref="BlockDeviceException"/> with its <see cref="BlockError"/>.</item>
/// <item>A write that has completed may still be lost with the power until a flush, begun after it, has completed; one with
/// <see cref="WriteOptions.ForceUnitAccess"/> may not. Requests under way at the same time reach the medium in any order.</item>
/// <item>One block is written whole or not at all when the power fails; a run of blocks may be torn between blocks.</item>
/// </list>
/// </remarks>
public abstract class BlockDevice
{
    /// <summary>Name for messages and errors, such as "disk0" or "disk0p1".</summary>
    public abstract string Name { get; }

    /// <summary>Size and properties. They do not change while the device is there.</summary>
    public abstract BlockGeometry Geometry { get; }

    /// <summary>Reads blocks.</summary>
    /// <param name="block">The first block's number.</param>
    /// <param name="into">Where to; a whole number of blocks long.</param>
    /// <param name="cancellation">Gives up waiting; what the memory holds then is unknown.</param>
    /// <exception cref="BlockDeviceException">The request is out of range, or the device failed.</exception>
    public ValueTask ReadAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation = default
    )
    {
        Check(block, into.Length);
        return into.IsEmpty ? ValueTask.CompletedTask : ReadBlocksAsync(block, into, cancellation);
    }

    /// <summary>Writes blocks.</summary>
    /// <param name="block">The first block's number.</param>
    /// <param name="from">What; a whole number of blocks long; not to be changed until the write has completed.</param>
    /// <param name="options">Whether to wait for the medium.</param>
    /// <param name="cancellation">Gives up waiting; which of the blocks have been written then is unknown.</param>
    /// <exception cref="BlockDeviceException">The request is out of range, the device read-only, or it failed.</exception>
    public ValueTask WriteAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options = WriteOptions.None,
        CancellationToken cancellation = default
    )
    {
        Check(block, from.Length);
        if (Geometry.IsReadOnly)
        {
            throw new BlockDeviceException(
                BlockError.WriteProtected,
                $"{Name}: the device is write protected."
            );
        }
        return from.IsEmpty
            ? ValueTask.CompletedTask
            : WriteBlocksAsync(block, from, options, cancellation);
    }

    /// <summary>Completes when all that completed writes have written is on the medium.</summary>
    /// <exception cref="BlockDeviceException">The device failed.</exception>
    public abstract ValueTask FlushAsync(CancellationToken cancellation = default);

    /// <summary>Reads blocks that are in range; at least one.</summary>
    protected abstract ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    );

    /// <summary>Writes blocks that are in range, on a device that is not read-only; at least one.</summary>
    protected abstract ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    );

    private void Check(long block, int bytes)
    {
        BlockGeometry geometry = Geometry;
        if (bytes % geometry.BlockSize != 0)
        {
            throw new BlockDeviceException(
                BlockError.OutOfRange,
                $"{Name}: {bytes} bytes are no whole number of blocks of {geometry.BlockSize} bytes."
            );
        }
        int count = bytes / geometry.BlockSize;
        if (block < 0 || block > geometry.BlockCount - count)
        {
            throw new BlockDeviceException(
                BlockError.OutOfRange,
                $"{Name}: {count} blocks from block {block} do not lie within its {geometry.BlockCount} blocks."
            );
        }
    }
}

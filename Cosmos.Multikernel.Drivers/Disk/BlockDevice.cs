using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;

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
/// <item>Data in a <see cref="Frame"/> go to a device that is on the same core without being copied or touched by the processor. The
/// frame is the device's until the request has completed.</item>
/// </list>
/// </remarks>
public abstract class BlockDevice
{
    /// <summary>Data begin at a multiple of so many bytes in a frame.</summary>
    public const int FrameAlignment = 512;

    /// <summary>Name for messages and errors, such as "disk0" or "disk0p1".</summary>
    public abstract string Name { get; }

    /// <summary>Size and properties. They do not change while the device is there.</summary>
    public abstract BlockGeometry Geometry { get; }

    /// <summary>Reads blocks.</summary>
    /// <param name="block">The first block's number.</param>
    /// <param name="into">Where to; a whole number of blocks long.</param>
    /// <param name="cancellation">Gives up a request that the device does not have yet; what the memory holds then is unknown.</param>
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
    /// <param name="cancellation">Gives up a request that the device does not have yet; which blocks of a long one have been written then is unknown.</param>
    /// <exception cref="BlockDeviceException">The request is out of range, the device read-only, or it failed.</exception>
    public ValueTask WriteAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options = WriteOptions.None,
        CancellationToken cancellation = default
    )
    {
        Check(block, from.Length);
        CheckWritable();
        return from.IsEmpty
            ? ValueTask.CompletedTask
            : WriteBlocksAsync(block, from, options, cancellation);
    }

    /// <summary>Reads blocks into a part of a frame.</summary>
    /// <param name="block">The first block's number.</param>
    /// <param name="into">Where to.</param>
    /// <param name="offset">Where in it; a multiple of 512.</param>
    /// <param name="length">How many bytes: a whole number of blocks.</param>
    /// <param name="cancellation">Gives up a request that the device does not have yet.</param>
    /// <exception cref="BlockDeviceException">The request is out of range, or the device failed.</exception>
    public ValueTask ReadAsync(
        long block,
        Frame into,
        int offset,
        int length,
        CancellationToken cancellation = default
    )
    {
        Check(block, length);
        CheckPart(into, offset, length, CapabilityRights.Write);
        return length == 0
            ? ValueTask.CompletedTask
            : ReadFrameAsync(block, into, offset, length, cancellation);
    }

    /// <summary>Writes blocks from a part of a frame.</summary>
    /// <param name="block">The first block's number.</param>
    /// <param name="from">What.</param>
    /// <param name="offset">Where in it; a multiple of 512.</param>
    /// <param name="length">How many bytes: a whole number of blocks.</param>
    /// <param name="options">Whether to wait for the medium.</param>
    /// <param name="cancellation">Gives up a request that the device does not have yet.</param>
    /// <exception cref="BlockDeviceException">The request is out of range, the device read-only, or it failed.</exception>
    public ValueTask WriteAsync(
        long block,
        Frame from,
        int offset,
        int length,
        WriteOptions options = WriteOptions.None,
        CancellationToken cancellation = default
    )
    {
        Check(block, length);
        CheckPart(from, offset, length, CapabilityRights.Read);
        CheckWritable();
        return length == 0
            ? ValueTask.CompletedTask
            : WriteFrameAsync(block, from, offset, length, options, cancellation);
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

    /// <summary>The same for a part of a frame; devices that copy anyway need nothing of their own for it.</summary>
    protected virtual ValueTask ReadFrameAsync(
        long block,
        Frame into,
        int offset,
        int length,
        CancellationToken cancellation
    ) => ReadBlocksAsync(block, into.Memory.Slice(offset, length), cancellation);

    /// <summary>The same from a part of a frame.</summary>
    protected virtual ValueTask WriteFrameAsync(
        long block,
        Frame from,
        int offset,
        int length,
        WriteOptions options,
        CancellationToken cancellation
    ) => WriteBlocksAsync(block, from.Memory.Slice(offset, length), options, cancellation);

    private void CheckWritable()
    {
        if (Geometry.IsReadOnly)
        {
            throw new BlockDeviceException(
                BlockError.WriteProtected,
                $"{Name}: the device is write protected."
            );
        }
    }

    private void CheckPart(Frame frame, int offset, int length, CapabilityRights right)
    {
        bool isWithin =
            offset >= 0
            && offset % FrameAlignment == 0
            && offset <= frame.Length - length
            && frame.GrantedRights.HasFlag(right);
        if (!isWithin)
        {
            throw new BlockDeviceException(
                BlockError.OutOfRange,
                $"{Name}: a frame of {frame.Length} bytes ({frame.GrantedRights}) has no {length} bytes at {offset} for this."
            );
        }
    }

    private void Check(long block, int bytes)
    {
        BlockGeometry geometry = Geometry;
        if (bytes < 0 || bytes % geometry.BlockSize != 0)
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

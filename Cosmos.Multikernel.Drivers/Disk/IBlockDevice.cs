using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>
/// A block device for other cores. <see cref="BlockDeviceService"/> serves any <see cref="BlockDevice"/> by it, and
/// <see cref="RemoteBlockDevice"/> makes a <see cref="BlockDevice"/> of its far end.
/// </summary>
/// <remarks>
/// <para>
/// Errors come as numbers, not as exceptions: a client need not be a .NET program.
/// </para>
/// <para>
/// A request alone may have its data in the message, at most <see cref="BlockDeviceService.MaximumBytes"/>. Others go in a frame: it moves to
/// the driver, whose device reads or writes it there and nobody copies anything, and comes back with the reply, whatever
/// became of the requests. A driver that ends takes the frames with it that it has.
/// </para>
/// </remarks>
[MessageInterface(Service = "block-device")]
public interface IBlockDevice
{
    /// <summary>Size and properties.</summary>
    ValueTask<BlockGeometry> GetGeometryAsync();

    /// <summary>Reads blocks. What the memory holds after an error is unknown.</summary>
    ValueTask<BlockError> ReadAsync(long block, Memory<byte> into);

    /// <summary>Writes blocks.</summary>
    ValueTask<BlockError> WriteAsync(long block, ReadOnlyMemory<byte> data, WriteOptions options);

    /// <summary>
    /// Does several things at once, at most <see cref="BlockOutcomes.Most"/>, whose data are parts of one frame; in any order. It comes back
    /// when all are done.
    /// </summary>
    ValueTask<(BlockOutcomes Outcomes, Frame Frame)> TransferAsync(
        BlockRequest[] requests,
        Frame memory
    );

    /// <summary>Brings completed writes to the medium.</summary>
    ValueTask<BlockError> FlushAsync();
}

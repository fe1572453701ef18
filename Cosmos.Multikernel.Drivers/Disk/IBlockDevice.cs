using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>
/// A block device for other cores. <see cref="BlockDeviceService"/> serves any <see cref="BlockDevice"/> by it, and
/// <see cref="RemoteBlockDevice"/> makes a <see cref="BlockDevice"/> of its far end.
/// </summary>
/// <remarks>
/// Errors come as numbers, not as exceptions: a client need not be a .NET program. A reply that carries data begins with
/// the <see cref="BlockError"/> (i32, little-endian); data follow only when it is <see cref="BlockError.None"/>. One request
/// carries at most <see cref="BlockDeviceService.MaximumBytes"/>.
/// </remarks>
[MessageInterface(Service = "block-device")]
public interface IBlockDevice
{
    /// <summary>Size and properties.</summary>
    ValueTask<BlockGeometry> GetGeometryAsync();

    /// <summary>Reads blocks: the error, then the data.</summary>
    ValueTask<byte[]> ReadAsync(long block, int count);

    /// <summary>Writes blocks.</summary>
    ValueTask<BlockError> WriteAsync(long block, ReadOnlyMemory<byte> data, WriteOptions options);

    /// <summary>Brings completed writes to the medium.</summary>
    ValueTask<BlockError> FlushAsync();
}

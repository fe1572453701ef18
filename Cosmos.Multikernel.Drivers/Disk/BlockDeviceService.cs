using System.Buffers.Binary;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>Serves a block device to other cores. Any number of requests may be under way.</summary>
public sealed class BlockDeviceService(BlockDevice device) : IBlockDevice
{
    /// <summary>Most bytes of data in one request. Together with what surrounds them they fit a message.</summary>
    public const int MaximumBytes = 512 << 10;

    /// <summary>Accepts and serves clients until cancelled. On the event loop.</summary>
    /// <param name="device">What to serve.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="cancellation">Stops serving.</param>
    public static Task ServeAsync(
        BlockDevice device,
        string? service = null,
        CancellationToken cancellation = default
    ) =>
        MessageServer.ServeAsync(
            new BlockDeviceDispatcher(new BlockDeviceService(device)),
            service,
            cancellation
        );

    /// <inheritdoc/>
    public ValueTask<BlockGeometry> GetGeometryAsync() => new(device.Geometry);

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReadAsync(long block, int count)
    {
        long bytes = (long)count * device.Geometry.BlockSize;
        if (bytes is < 0 or > MaximumBytes)
        {
            return Reply(bytes < 0 ? BlockError.OutOfRange : BlockError.TooLong);
        }
        byte[] reply = new byte[sizeof(int) + (int)bytes];
        try
        {
            await device.ReadAsync(block, reply.AsMemory(sizeof(int)));
            return reply;
        }
        catch (BlockDeviceException exception)
        {
            return Reply(exception.Error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BlockError> WriteAsync(
        long block,
        ReadOnlyMemory<byte> data,
        WriteOptions options
    )
    {
        if (data.Length > MaximumBytes)
        {
            return BlockError.TooLong;
        }
        try
        {
            await device.WriteAsync(block, data, options);
            return BlockError.None;
        }
        catch (BlockDeviceException exception)
        {
            return exception.Error;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BlockError> FlushAsync()
    {
        try
        {
            await device.FlushAsync();
            return BlockError.None;
        }
        catch (BlockDeviceException exception)
        {
            return exception.Error;
        }
    }

    private static byte[] Reply(BlockError error)
    {
        byte[] reply = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(reply, (int)error);
        return reply;
    }
}

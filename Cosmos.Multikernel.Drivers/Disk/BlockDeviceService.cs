using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>Serves a block device to other cores. Any number of requests may be under way.</summary>
public sealed class BlockDeviceService(BlockDevice device) : IBlockDevice
{
    /// <summary>Most bytes of data in a message.</summary>
    public const int MaximumBytes = MessageSession.MostFilled;

    /// <summary>Accepts and serves clients that connect to this instance itself, until cancelled. On the event loop.</summary>
    /// <param name="device">What to serve.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="cancellation">Stops serving.</param>
    public static Task ServeAsync(
        BlockDevice device,
        string? service = null,
        CancellationToken cancellation = default
    ) => MessageServer.ServeAsync(DispatcherOf(device), service, cancellation);

    /// <summary>Serves all who bind to a name, until cancelled. On the event loop.</summary>
    /// <param name="device">What to serve.</param>
    /// <param name="name">Unique on the machine.</param>
    /// <param name="cancellation">Stops serving.</param>
    /// <exception cref="NameTakenException">Somebody living has the name.</exception>
    public static Task ServeByNameAsync(
        BlockDevice device,
        string name,
        CancellationToken cancellation = default
    ) => Names.ServeAsync(name, DispatcherOf(device), cancellation: cancellation);

    /// <inheritdoc/>
    public ValueTask<BlockGeometry> GetGeometryAsync() => new(device.Geometry);

    /// <inheritdoc/>
    public ValueTask<BlockError> ReadAsync(long block, Memory<byte> into) =>
        TryAsync(() => device.ReadAsync(block, into));

    /// <inheritdoc/>
    public ValueTask<BlockError> WriteAsync(
        long block,
        ReadOnlyMemory<byte> data,
        WriteOptions options
    ) =>
        data.Length > MaximumBytes
            ? new(BlockError.TooLong)
            : TryAsync(() => device.WriteAsync(block, data, options));

    /// <inheritdoc/>
    public async ValueTask<(BlockOutcomes Outcomes, Frame Frame)> TransferAsync(
        BlockRequest[] requests,
        Frame memory
    ) =>
        requests.Length > BlockOutcomes.Most
            ? (BlockOutcomes.All(BlockError.TooLong), memory)
            : (await RunAllAsync(requests, memory), memory);

    /// <inheritdoc/>
    public ValueTask<BlockError> FlushAsync() => TryAsync(() => device.FlushAsync());

    private static BlockDeviceDispatcher DispatcherOf(BlockDevice device) =>
        new(new BlockDeviceService(device));

    private static async ValueTask<BlockError> TryAsync(Func<ValueTask> request)
    {
        try
        {
            await request();
            return BlockError.None;
        }
        catch (BlockDeviceException exception)
        {
            return exception.Error;
        }
        catch (NoMemoryForCapabilityException)
        {
            // Of the driver's own, for data that came in a message.
            return BlockError.DeviceError;
        }
    }

    // Neighbours go to the device as one request. When that fails, each is asked for alone: who can be served is.
    private async ValueTask<BlockOutcomes> RunAllAsync(BlockRequest[] requests, Frame memory)
    {
        List<(int First, int Count, ValueTask<BlockError> Outcome)> runs = new(requests.Length);
        for (int first = 0, count; first < requests.Length; first += count)
        {
            BlockRequest run = requests[first];
            for (count = 1; first + count < requests.Length; count++)
            {
                ref readonly BlockRequest next = ref requests[first + count];
                if (!requests[first + count - 1].IsBefore(next, device.Geometry.BlockSize))
                {
                    break;
                }
                run = run with { Length = run.Length + next.Length };
            }
            runs.Add((first, count, TryAsync(run, memory)));
        }
        BlockOutcomes outcomes = default;
        foreach ((int first, int count, ValueTask<BlockError> outcome) in runs)
        {
            BlockError error = await outcome;
            for (int i = first; i < first + count; i++)
            {
                outcomes[i] =
                    error == BlockError.None || count == 1
                        ? error
                        : await TryAsync(requests[i], memory);
            }
        }
        return outcomes;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<BlockError> TryAsync(BlockRequest request, Frame memory)
    {
        try
        {
            await (
                request.Kind == BlockRequestKind.Write
                    ? device.WriteAsync(
                        request.Block,
                        memory,
                        request.Offset,
                        request.Length,
                        request.Options
                    )
                    : device.ReadAsync(request.Block, memory, request.Offset, request.Length)
            );
            return BlockError.None;
        }
        catch (BlockDeviceException exception)
        {
            return exception.Error;
        }
        catch (NoMemoryForCapabilityException)
        {
            // For the page tables of a frame that a device without DMA looks into.
            return BlockError.DeviceError;
        }
    }
}

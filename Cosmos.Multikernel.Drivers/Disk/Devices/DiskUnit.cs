using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>
/// A disk behind a controller: cuts what its users want into requests that the device takes, and brings data that are not in
/// frames there and back. On the event loop.
/// </summary>
public sealed class DiskUnit : BlockDevice, IDisposable
{
    // Pieces that are copied: long enough for a device to be fast, and so many that some are on their way while one is copied.
    private const int MostBufferBytes = 128 << 10;
    private const int MostBuffers = 16;

    private readonly DiskQueue queue;
    private readonly DiskTraits traits;
    private readonly DiskBuffers buffers;

    /// <summary>A disk.</summary>
    /// <param name="queue">Where its requests go.</param>
    /// <param name="name">Its name, for messages and errors.</param>
    /// <param name="number">Which of those behind the queue it is.</param>
    /// <param name="traits">What it can do.</param>
    public DiskUnit(DiskQueue queue, string name, int number, DiskTraits traits)
    {
        this.queue = queue;
        this.traits = traits;
        Name = name;
        Number = number;
        Geometry = traits.Geometry.Checked();
        buffers = new DiskBuffers(
            Math.Min(MostBufferBytes, traits.MostBytes),
            Math.Min(MostBuffers, queue.Depth)
        );
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Which of the disks behind its queue it is.</summary>
    public int Number { get; }

    /// <inheritdoc/>
    public override BlockGeometry Geometry { get; }

    /// <inheritdoc/>
    public override ValueTask FlushAsync(CancellationToken cancellation = default) =>
        traits.HasCache
            ? queue.RunAsync(new DiskRequest(DiskOperation.Flush, Number), cancellation)
            : ValueTask.CompletedTask;

    /// <summary>Gets ready for the power to go (<see cref="DiskOperation.Park"/>); after a flush of all disks of the controller.</summary>
    /// <exception cref="BlockDeviceException">The device failed.</exception>
    public ValueTask ParkAsync(CancellationToken cancellation = default) =>
        traits.CanPark
            ? queue.RunAsync(new DiskRequest(DiskOperation.Park, Number), cancellation)
            : ValueTask.CompletedTask;

    /// <summary>Gives the memory back; nothing may be under way.</summary>
    public void Dispose() => buffers.Dispose();

    /// <inheritdoc/>
    protected override ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    ) =>
        BlockPieces.RunAsync(
            into.Length,
            buffers.Size,
            async (at, length) =>
            {
                Frame buffer = await buffers.TakeAsync();
                try
                {
                    await RunAsync(DiskOperation.Read, block, at, buffer, 0, length, cancellation);
                    buffer.ReadOnlySpan[..length].CopyTo(into.Span[at..]);
                }
                finally
                {
                    buffers.Return(buffer);
                }
            }
        );

    /// <inheritdoc/>
    protected override async ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    )
    {
        await BlockPieces.RunAsync(
            from.Length,
            buffers.Size,
            async (at, length) =>
            {
                Frame buffer = await buffers.TakeAsync();
                try
                {
                    from.Span.Slice(at, length).CopyTo(buffer.Span);
                    await WriteAsync(block, at, buffer, 0, length, options, cancellation);
                }
                finally
                {
                    buffers.Return(buffer);
                }
            }
        );
        await FlushAfterAsync(options, cancellation);
    }

    /// <inheritdoc/>
    protected override ValueTask ReadFrameAsync(
        long block,
        Frame into,
        int offset,
        int length,
        CancellationToken cancellation
    ) =>
        BlockPieces.RunAsync(
            length,
            traits.MostBytes,
            (at, count) =>
                RunAsync(DiskOperation.Read, block, at, into, offset + at, count, cancellation)
        );

    /// <inheritdoc/>
    protected override async ValueTask WriteFrameAsync(
        long block,
        Frame from,
        int offset,
        int length,
        WriteOptions options,
        CancellationToken cancellation
    )
    {
        await BlockPieces.RunAsync(
            length,
            traits.MostBytes,
            (at, count) => WriteAsync(block, at, from, offset + at, count, options, cancellation)
        );
        await FlushAfterAsync(options, cancellation);
    }

    private ValueTask WriteAsync(
        long block,
        int at,
        Frame from,
        int offset,
        int length,
        WriteOptions options,
        CancellationToken cancellation
    ) =>
        RunAsync(
            DiskOperation.Write,
            block,
            at,
            from,
            offset,
            length,
            cancellation,
            forceUnitAccess: traits.HasForceUnitAccess
                && options.HasFlag(WriteOptions.ForceUnitAccess)
        );

    private ValueTask RunAsync(
        DiskOperation operation,
        long block,
        int at,
        Frame memory,
        int offset,
        int length,
        CancellationToken cancellation,
        bool forceUnitAccess = false
    ) =>
        queue.RunAsync(
            new DiskRequest(
                operation,
                Number,
                block + at / Geometry.BlockSize,
                memory,
                offset,
                length,
                forceUnitAccess
            ),
            cancellation
        );

    // Where single writes cannot pass the cache by, all of it is flushed.
    private ValueTask FlushAfterAsync(WriteOptions options, CancellationToken cancellation) =>
        options.HasFlag(WriteOptions.ForceUnitAccess) && !traits.HasForceUnitAccess
            ? FlushAsync(cancellation)
            : ValueTask.CompletedTask;
}

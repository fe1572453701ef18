using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Partitions;

/// <summary>A partition as a device of its own: block 0 is its first. Nothing outside it can be reached.</summary>
public sealed class PartitionDevice : BlockDevice
{
    private readonly BlockDevice disk;
    private readonly Partition partition;

    /// <summary>A partition of a disk.</summary>
    public PartitionDevice(BlockDevice disk, Partition partition)
    {
        this.disk = disk;
        this.partition = partition;
        Name = partition.Number == 0 ? disk.Name : $"{disk.Name}p{partition.Number}";
        Geometry = disk.Geometry with { BlockCount = partition.BlockCount };
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override BlockGeometry Geometry { get; }

    /// <inheritdoc/>
    public override ValueTask FlushAsync(CancellationToken cancellation = default) =>
        disk.FlushAsync(cancellation);

    /// <inheritdoc/>
    protected override ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    ) => disk.ReadAsync(partition.FirstBlock + block, into, cancellation);

    /// <inheritdoc/>
    protected override ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    ) => disk.WriteAsync(partition.FirstBlock + block, from, options, cancellation);

    /// <inheritdoc/>
    protected override ValueTask ReadFrameAsync(
        long block,
        Frame into,
        int offset,
        int length,
        CancellationToken cancellation
    ) => disk.ReadAsync(partition.FirstBlock + block, into, offset, length, cancellation);

    /// <inheritdoc/>
    protected override ValueTask WriteFrameAsync(
        long block,
        Frame from,
        int offset,
        int length,
        WriteOptions options,
        CancellationToken cancellation
    ) => disk.WriteAsync(partition.FirstBlock + block, from, offset, length, options, cancellation);
}

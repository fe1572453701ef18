namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>A block device in memory, or one that shows bytes that are there already, such as a boot module.</summary>
public sealed class RamDisk : BlockDevice
{
    private readonly Memory<byte> contents;

    /// <summary>An empty disk.</summary>
    public RamDisk(string name, long blockCount, int blockSize = 512)
        : this(name, new byte[checked((int)(blockCount * blockSize))], blockSize) { }

    /// <summary>A disk over bytes; those behind the last whole block are not seen.</summary>
    public RamDisk(string name, Memory<byte> contents, int blockSize = 512, bool isReadOnly = false)
    {
        Name = name;
        Geometry = new BlockGeometry(contents.Length / blockSize, blockSize, isReadOnly).Checked();
        this.contents = contents;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override BlockGeometry Geometry { get; }

    /// <inheritdoc/>
    public override ValueTask FlushAsync(CancellationToken cancellation = default) =>
        ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    )
    {
        contents.Slice((int)(block * Geometry.BlockSize), into.Length).CopyTo(into);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    )
    {
        from.CopyTo(contents[(int)(block * Geometry.BlockSize)..]);
        return ValueTask.CompletedTask;
    }
}

using Microsoft.Win32.SafeHandles;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>A block device in a file: disk images among the boot modules, for hosted instances and tests.</summary>
public sealed class FileDisk : BlockDevice, IDisposable
{
    private readonly SafeFileHandle file;

    /// <summary>Opens an image; bytes behind the last whole block are not seen.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be opened that way.</exception>
    public FileDisk(string path, int blockSize = 512, bool isReadOnly = false)
    {
        Name = Path.GetFileName(path);
        file = File.OpenHandle(
            path,
            FileMode.Open,
            isReadOnly ? FileAccess.Read : FileAccess.ReadWrite,
            FileShare.ReadWrite
        );
        Geometry = new BlockGeometry(
            RandomAccess.GetLength(file) / blockSize,
            blockSize,
            isReadOnly
        ).Checked();
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override BlockGeometry Geometry { get; }

    /// <inheritdoc/>
    public override ValueTask FlushAsync(CancellationToken cancellation = default)
    {
        RandomAccess.FlushToDisk(file);
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    /// <inheritdoc/>
    protected override async ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    )
    {
        long position = block * Geometry.BlockSize;
        while (!into.IsEmpty)
        {
            int read = await RandomAccess.ReadAsync(file, into, position, cancellation);
            if (read == 0)
            {
                throw new BlockDeviceException(
                    BlockError.DeviceGone,
                    $"{Name}: the file ends before byte {position}: it was cut while in use."
                );
            }
            into = into[read..];
            position += read;
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    )
    {
        await RandomAccess.WriteAsync(file, from, block * Geometry.BlockSize, cancellation);
        if (options.HasFlag(WriteOptions.ForceUnitAccess))
        {
            RandomAccess.FlushToDisk(file);
        }
    }
}

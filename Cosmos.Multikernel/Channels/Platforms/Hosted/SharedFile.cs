using System.IO.MemoryMappedFiles;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>A file whose bytes several processes share as memory.</summary>
internal sealed unsafe class SharedFile : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    private SharedFile(FileStream stream)
    {
        file = MemoryMappedFile.CreateFromFile(
            stream,
            null,
            0,
            MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None,
            leaveOpen: false
        );
        view = file.CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Memory = start;
    }

    /// <summary>First byte of the mapping.</summary>
    public byte* Memory { get; }

    /// <summary>Makes a file of zeros, or opens the one another process made meanwhile.</summary>
    public static SharedFile OpenOrCreate(string path, ulong size)
    {
        FileStream stream = new(
            path,
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete
        );
        if (stream.Length < (long)size)
        {
            stream.SetLength((long)size);
        }
        return new SharedFile(stream);
    }

    /// <summary>Opens a file made by another process.</summary>
    public static SharedFile Open(string path) =>
        new(
            new FileStream(
                path,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete
            )
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}

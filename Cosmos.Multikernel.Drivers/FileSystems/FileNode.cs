namespace Cosmos.Multikernel.Drivers.FileSystems;

/// <summary>
/// A file, directory or link of a mounted file system, whatever its name is now. As long as somebody holds a node, the file
/// system gives out the same one for the same file.
/// </summary>
public abstract class FileNode
{
    /// <summary>The file system it belongs to.</summary>
    public abstract FileSystem FileSystem { get; }

    /// <summary>What it is.</summary>
    public abstract FileKind Kind { get; }

    /// <summary>Handles that have it open. Kept by <see cref="FileSystem"/>.</summary>
    public int OpenCount { get; internal set; }

    /// <summary>Its name is gone; it lives until the last handle is closed.</summary>
    public bool IsUnlinked { get; internal set; }

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Kind == FileKind.Directory;
}

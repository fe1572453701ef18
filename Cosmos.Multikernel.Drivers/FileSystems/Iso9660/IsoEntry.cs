namespace Cosmos.Multikernel.Drivers.FileSystems.Iso9660;

/// <summary>Bytes on the disc that belong to a file.</summary>
internal readonly record struct IsoExtent(long Position, long Length);

/// <summary>One name of a directory, put together from all its records.</summary>
internal sealed class IsoEntry
{
    public string Name { get; set; } = "";

    /// <summary>Where its first record is: tells it apart.</summary>
    public long RecordPosition { get; init; }

    public FileKind Kind { get; set; } = FileKind.Regular;

    public List<IsoExtent> Extents { get; } = [];

    public long Length => Extents.Sum(static extent => extent.Length);

    public ushort Permissions { get; set; } = 0x124; // octal 444

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public DateTime Accessed { get; set; } = DateTime.UnixEpoch;

    public DateTime Modified { get; set; } = DateTime.UnixEpoch;

    /// <summary>Where a symbolic link leads.</summary>
    public string Target { get; set; } = "";

    /// <summary>Block of the directory that stands elsewhere and belongs here (Rock Ridge CL); 0 for none.</summary>
    public uint MovedTo { get; set; }

    /// <summary>It belongs elsewhere and is not to be shown here (Rock Ridge RE).</summary>
    public bool IsMoved { get; set; }

    /// <summary>The node, as long as somebody holds it.</summary>
    public WeakReference<IsoNode>? Node { get; set; }
}

/// <summary>A file, directory or link of a disc.</summary>
internal sealed class IsoNode(IsoVolume volume, IsoNode? parent, IsoEntry entry) : FileNode
{
    public override FileSystem FileSystem => volume;

    public override FileKind Kind => Entry.Kind;

    public IsoEntry Entry { get; } = entry;

    public IsoNode? Parent { get; } = parent;

    /// <summary>A directory's names, once read.</summary>
    public IReadOnlyList<IsoEntry>? Names { get; set; }

    /// <summary>Where it is on the disc, for errors.</summary>
    public string Path =>
        Parent is null ? "/"
        : Parent.Parent is null ? "/" + Entry.Name
        : $"{Parent.Path}/{Entry.Name}";
}

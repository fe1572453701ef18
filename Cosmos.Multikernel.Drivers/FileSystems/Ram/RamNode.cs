namespace Cosmos.Multikernel.Drivers.FileSystems.Ram;

/// <summary>A file, directory or link in memory.</summary>
internal sealed class RamNode(RamFileSystem fileSystem, FileKind kind, ulong number) : FileNode
{
    /// <summary>Bytes of a page of contents.</summary>
    public const int PageSize = 4096;

    public override FileSystem FileSystem => fileSystem;

    public override FileKind Kind => kind;

    public ulong Number => number;

    /// <summary>The directory it is in; null for the root and for what has lost its name.</summary>
    public RamNode? Parent { get; set; }

    /// <summary>A directory's names, in the order of their numbers.</summary>
    public Dictionary<string, RamNode> Names { get; } = [];

    /// <summary>What there is of a file's contents, by page number; pages never written are missing and read as zeros.</summary>
    public Dictionary<long, byte[]> Pages { get; } = [];

    public long Length { get; set; }

    /// <summary>Where a link leads.</summary>
    public string Target { get; init; } = "";

    public ushort Permissions { get; set; }

    public DateTime Created { get; set; }

    public DateTime Accessed { get; set; }

    public DateTime Modified { get; set; }
}

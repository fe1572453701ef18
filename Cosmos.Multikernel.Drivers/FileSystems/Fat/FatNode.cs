namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>A file's entries in a directory: the long name's and the short one.</summary>
internal sealed class FatEntrySet
{
    /// <summary>The name shown: the long one where there is one.</summary>
    public required string Name { get; init; }

    /// <summary>The short name; it finds the file too.</summary>
    public required string ShortName { get; init; }

    /// <summary>Place of its first entry in the directory.</summary>
    public required int FirstSlot { get; init; }

    /// <summary>Entries it takes.</summary>
    public required int SlotCount { get; init; }

    /// <summary>The short entry. A field, so that its fields can be changed in place.</summary>
    public FatEntry Entry;

    /// <summary>The node, as long as somebody holds it.</summary>
    public WeakReference<FatNode>? Node { get; set; }

    /// <summary>Place of the short entry, the last one.</summary>
    public int ShortSlot => FirstSlot + SlotCount - 1;
}

/// <summary>
/// A file or directory of a FAT volume. It holds its directory, and so its directory's table of names: that is why the same
/// node is found again as long as anybody holds it.
/// </summary>
internal sealed class FatNode : FileNode
{
    public FatNode(FatVolume volume, FatNode? parent, FatEntrySet set)
    {
        Volume = volume;
        Parent = parent;
        Set = set;
        Chain = new FatChain(volume.Table, this);
    }

    public FatVolume Volume { get; }

    /// <summary>The directory it is in, or was in when it was unlinked; null for the root.</summary>
    public FatNode? Parent { get; set; }

    /// <summary>Its entries; those of an unlinked node are on the medium no more.</summary>
    public FatEntrySet Set { get; set; }

    public FatChain Chain { get; }

    /// <summary>A directory's names, once read.</summary>
    public FatDirectory? Names { get; set; }

    /// <summary>The reading of a directory's names, while it is under way.</summary>
    public Task<FatDirectory>? Loading { get; set; }

    public override FileSystem FileSystem => Volume;

    public override FileKind Kind => Set.Entry.IsDirectory ? FileKind.Directory : FileKind.Regular;

    public uint FirstCluster => Set.Entry.Cluster;

    public bool IsRoot => Parent is null;

    public string Source => Volume.Source;

    /// <summary>Where it is in its volume, for errors.</summary>
    public string Path =>
        Parent is null ? "/"
        : Parent.IsRoot ? "/" + Set.Name
        : $"{Parent.Path}/{Set.Name}";

    /// <summary>Tells it apart on its volume: a directory by its first cluster, a file by where its entry is.</summary>
    public ulong Number => IsRoot ? 1 : NumberOf(Parent!, Set);

    public static ulong NumberOf(FatNode directory, FatEntrySet set) =>
        set.Entry.IsDirectory
            ? 1UL << 48 | set.Entry.Cluster
            : 2UL << 48 | (ulong)directory.FirstCluster << 16 | (uint)set.ShortSlot;
}

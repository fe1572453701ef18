namespace Cosmos.Multikernel.Files;

/// <summary>What kind of thing a name stands for.</summary>
public enum FileKind : byte
{
    /// <summary>Bytes.</summary>
    Regular = 1,

    /// <summary>Names.</summary>
    Directory = 2,

    /// <summary>Another path.</summary>
    SymbolicLink = 3,
}

/// <summary>FAT's marks; other file systems have none but read-only.</summary>
[Flags]
public enum FileMarks : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Not to be written.</summary>
    ReadOnly = 1,

    /// <summary>Not to be shown.</summary>
    Hidden = 2,

    /// <summary>Belongs to the system.</summary>
    System = 4,

    /// <summary>Changed since it was last backed up.</summary>
    Archive = 32,
}

/// <summary>All about a file but its contents. Travels in messages as it lies in memory.</summary>
public struct FileStatus
{
    /// <summary>Tells files of one file system apart while it is mounted (st_ino).</summary>
    public ulong Number;

    /// <summary>Bytes.</summary>
    public long Length;

    /// <summary>Bytes that it takes up.</summary>
    public long Allocated;

    /// <summary>When it was made, nanoseconds since 1970 (UTC).</summary>
    public long Created;

    /// <summary>When it was last read, likewise; 0 where the file system does not record it.</summary>
    public long Accessed;

    /// <summary>When its contents last changed, likewise.</summary>
    public long Modified;

    /// <summary>Which file system, as the mount tree numbers them (st_dev).</summary>
    public uint Device;

    /// <summary>Names it has.</summary>
    public uint Links;

    /// <summary>Permission bits (octal 777 and below).</summary>
    public ushort Permissions;

    /// <summary>What it is.</summary>
    public FileKind Kind;

    /// <summary>FAT's marks.</summary>
    public FileMarks Marks;

    /// <summary>The best size of transfers, bytes.</summary>
    public int BlockSize;
}

/// <summary>How full a file system is. Travels in messages as it lies in memory.</summary>
public struct FileSystemStatus
{
    /// <summary>Bytes of a block.</summary>
    public long BlockSize;

    /// <summary>Blocks in all.</summary>
    public long TotalBlocks;

    /// <summary>Blocks free.</summary>
    public long FreeBlocks;

    /// <summary>Files there can be in all; 0 where no number is set.</summary>
    public long TotalFiles;

    /// <summary>Files that can still be made; 0 where no number is set.</summary>
    public long FreeFiles;

    /// <summary>Longest name, in UTF-16 units.</summary>
    public int LongestName;

    /// <summary>What statfs calls it: 0x4d44 FAT, 0x9660 ISO 9660, 0x01021994 RAM.</summary>
    public uint Magic;

    /// <summary>1 when it cannot be written.</summary>
    public uint IsReadOnly;

    /// <summary>Which file system, as the mount tree numbers them.</summary>
    public uint Device;
}

namespace Cosmos.Multikernel.Files;

/// <summary>How to open.</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>To ask about it only.</summary>
    None = 0,

    /// <summary>To read.</summary>
    Read = 1,

    /// <summary>To write.</summary>
    Write = 2,

    /// <summary>Every write goes to the file's end.</summary>
    Append = 4,

    /// <summary>Make it when it is not there.</summary>
    Create = 8,

    /// <summary>With <see cref="Create"/>: it must not be there.</summary>
    Exclusive = 16,

    /// <summary>Make it empty.</summary>
    Truncate = 32,

    /// <summary>It must be a directory.</summary>
    Directory = 64,

    /// <summary>Not to follow a symbolic link at the path's end (ELOOP).</summary>
    NoFollow = 128,
}

/// <summary>A lock on an open file, as flock(2) has them: advice among those who ask.</summary>
public enum FileLock
{
    /// <summary>None; gives up the one held.</summary>
    None = 0,

    /// <summary>With others who share.</summary>
    Shared = 1,

    /// <summary>Alone.</summary>
    Exclusive = 2,
}

/// <summary>What a call to open returns.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Handle">The handle, from 0.</param>
/// <param name="Status">What is known of the file.</param>
public readonly record struct OpenReply(FileError Error, int Handle, FileStatus Status);

/// <summary>What a read into a frame returns.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Count">Bytes read; none at the file's end.</param>
public readonly record struct ReadReply(FileError Error, int Count);

/// <summary>What a write returns.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Count">Bytes written.</param>
/// <param name="End">Offset behind them.</param>
public readonly record struct WriteReply(FileError Error, int Count, long End);

/// <summary>What is known of a file.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Zero">0.</param>
/// <param name="Status">What is known.</param>
public readonly record struct StatusReply(FileError Error, int Zero, FileStatus Status);

/// <summary>How full a file system is.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Zero">0.</param>
/// <param name="Status">How full.</param>
public readonly record struct SpaceReply(FileError Error, int Zero, FileSystemStatus Status);

/// <summary>Which fields of a <see cref="StatusRequest"/> count.</summary>
[Flags]
public enum StatusFields
{
    None = 0,
    Permissions = 1,
    Marks = 2,
    Created = 4,
    Accessed = 8,
    Modified = 16,
}

/// <summary>What to change about a file.</summary>
/// <param name="Created">Nanoseconds since 1970.</param>
/// <param name="Accessed">Likewise.</param>
/// <param name="Modified">Likewise.</param>
/// <param name="Fields">Which of the others count.</param>
/// <param name="Permissions">Permission bits.</param>
/// <param name="Marks">FAT's marks.</param>
/// <param name="Zero">0.</param>
public readonly record struct StatusRequest(
    long Created,
    long Accessed,
    long Modified,
    StatusFields Fields,
    ushort Permissions,
    FileMarks Marks,
    byte Zero = 0
);

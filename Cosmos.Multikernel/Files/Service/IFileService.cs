using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Files;

/// <summary>
/// Files for other cores: what the system calls of an instance become. Each client has a session of its own; its handles mean nothing to others, and are closed when its channel closes.
/// </summary>
/// <remarks>
/// Errors are errno values (<see cref="FileError"/>), not exceptions: a file client forwards them as they are. Replies that
/// carry data are bytes: first the error (i32, little-endian), then, when it is 0, the data. Paths are absolute, UTF-8 on
/// the wire. Offsets are always given, so that a call may be repeated; the place in a file is its reader's affair. One call
/// moves at most <see cref="FileServiceLimits.Bytes"/>; less than asked for is no error. Short data go in the message; long ones go
/// in a frame that moves to the service and comes back, whatever became of the call.
/// </remarks>
[MessageInterface(Service = "files")]
public interface IFileService
{
    /// <summary>Opens a file or directory, making the file when the flags say so.</summary>
    ValueTask<OpenReply> OpenAsync(string path, OpenFlags flags, ushort permissions);

    /// <summary>Closes a handle.</summary>
    ValueTask<FileError> CloseAsync(int handle);

    /// <summary>Reads: the error, then the bytes; none at the file's end.</summary>
    ValueTask<byte[]> ReadAsync(int handle, long offset, int count);

    /// <summary>Writes at an offset, or at the file's end when the handle was opened to append.</summary>
    ValueTask<WriteReply> WriteAsync(int handle, long offset, ReadOnlyMemory<byte> data);

    /// <summary>Reads into the beginning of a frame.</summary>
    ValueTask<(ReadReply Reply, Frame Frame)> ReadFrameAsync(
        int handle,
        long offset,
        Frame into,
        int count
    );

    /// <summary>Writes the beginning of a frame.</summary>
    ValueTask<(WriteReply Reply, Frame Frame)> WriteFrameAsync(
        int handle,
        long offset,
        Frame from,
        int count
    );

    /// <summary>What is known of a path.</summary>
    ValueTask<StatusReply> GetStatusAsync(string path, bool followLink);

    /// <summary>What is known of an open file.</summary>
    ValueTask<StatusReply> GetHandleStatusAsync(int handle);

    /// <summary>
    /// Names of an open directory from a place on (0, then each name's own): the error, then for each name its file's number
    /// (u64), the place behind it (i64), its kind (u8), 0 (u8), the name's length in bytes (u16) and the name in UTF-8.
    /// </summary>
    ValueTask<byte[]> ReadDirectoryAsync(int handle, long from, int maximumBytes);

    /// <summary>Makes a directory.</summary>
    ValueTask<FileError> MakeDirectoryAsync(string path, ushort permissions);

    /// <summary>Removes an empty directory.</summary>
    ValueTask<FileError> RemoveDirectoryAsync(string path);

    /// <summary>Removes a file's name.</summary>
    ValueTask<FileError> UnlinkAsync(string path);

    /// <summary>Gives another name; replaces what has it, when told so.</summary>
    ValueTask<FileError> RenameAsync(string oldPath, string newPath, bool replace);

    /// <summary>Makes a symbolic link.</summary>
    ValueTask<FileError> MakeLinkAsync(string target, string path);

    /// <summary>Where a symbolic link leads: the error, then the path in UTF-8.</summary>
    ValueTask<byte[]> ReadLinkAsync(string path);

    /// <summary>Cuts or lengthens an open file.</summary>
    ValueTask<FileError> SetLengthAsync(int handle, long length);

    /// <summary>Changes permissions, marks or times of a path.</summary>
    ValueTask<FileError> SetStatusAsync(string path, StatusRequest request);

    /// <summary>Changes permissions, marks or times of an open file.</summary>
    ValueTask<FileError> SetHandleStatusAsync(int handle, StatusRequest request);

    /// <summary>Completes when all that was written to the file is on its medium.</summary>
    ValueTask<FileError> SyncAsync(int handle);

    /// <summary>Completes when everything is on its medium.</summary>
    ValueTask<FileError> SyncAllAsync();

    /// <summary>Completes when everything is on its medium and disks are ready for the power to go, or will not be in time.</summary>
    ValueTask<FileError> PrepareForPowerOffAsync();

    /// <summary>How full the file system is that a path is on.</summary>
    ValueTask<SpaceReply> GetSpaceAsync(string path);

    /// <summary>Locks an open file as flock(2) does; EAGAIN when others hold it.</summary>
    ValueTask<FileError> LockAsync(int handle, FileLock mode);

    /// <summary>All mounts, a line each: source, type, path, and rw or ro, with tabs between.</summary>
    ValueTask<string[]> GetMountsAsync();

    /// <summary>What this client's last error was, in words that name the thing; empty when there was none.</summary>
    ValueTask<string> GetLastMessageAsync();
}

/// <summary>Limits of the file service.</summary>
public static class FileServiceLimits
{
    /// <summary>Most bytes of data in one call.</summary>
    public const int Bytes = 256 << 10;

    /// <summary>Most handles of one client.</summary>
    public const int Handles = 1024;

    /// <summary>Longest path, UTF-16 units.</summary>
    public const int Path = 4095;
}

using Cosmos.Multikernel.Abi;
using N = Cosmos.Multikernel.Abi.SystemCallNumber;

namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// The system calls about files, as Linux defines them, done by calls of the file service. One object is what Linux keeps for a
/// process: descriptors, the current directory, the file mode mask.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Each call returns what Linux's would: 0 or more, or a negative error number. Any argument may be nonsense; the
/// caller's memory is reached through <see cref="ICallerMemory"/> alone.</item>
/// <item>Calls of several threads are under way at a time. What they share changes only between two awaits, but for the place in
/// a file, whose users take turns.</item>
/// <item>The service knows absolute paths and offsets. Current directory, places and descriptors are this side's.</item>
/// <item>Nobody else's privileges are at stake: users and groups are all 0.</item>
/// </list>
/// The deviations from Linux are in each call's comment.
/// </remarks>
internal sealed partial class FileCalls(ICallerMemory memory, IFileServiceSource services)
{
    private const uint DefaultMask = 0x12;
    private const uint PermissionBits = 0x1ff;

    private readonly Descriptors descriptors = new();
    private uint mask = DefaultMask;

    /// <summary>Whether paths may name drives (<see cref="DrivePaths"/>).</summary>
    public bool HasDrives { get; init; } = DrivePaths.AreUnderstood;

    /// <summary>Does a call.</summary>
    /// <returns>What the caller finds in RAX.</returns>
    public ValueTask<long> CallAsync(FileCall call) =>
        call.Number switch
        {
            N.Open => OpenAsync(AtCurrent, call.A, (uint)call.B, (uint)call.C),
            N.Openat => OpenAsync(call.A, call.B, (uint)call.C, (uint)call.D),
            N.Creat => OpenAsync(AtCurrent, call.A, CreatFlags, (uint)call.B),
            N.Close => CloseAsync(call.A),
            N.Dup => Done(Duplicate(call.A, Descriptors.First)),
            N.Fcntl => Done(Control(call.A, call.B, call.C)),
            N.Ioctl => Done(
                Failed(Find(call.A) is null ? FileError.BadHandle : FileError.NotTerminal)
            ),
            N.Flock => LockAsync(call.A, call.B),

            N.Read => ReadAsync(call.A, call.B, call.C, FromPosition),
            N.Pread64 => ReadAsync(call.A, call.B, call.C, (long)call.D),
            N.Readv => ReadVectorAsync(call.A, call.B, call.C, FromPosition),
            N.Preadv => ReadVectorAsync(call.A, call.B, call.C, (long)call.D),
            N.Write => WriteAsync(call.A, call.B, call.C, FromPosition),
            N.Pwrite64 => WriteAsync(call.A, call.B, call.C, (long)call.D),
            N.Writev => WriteVectorAsync(call.A, call.B, call.C, FromPosition),
            N.Pwritev => WriteVectorAsync(call.A, call.B, call.C, (long)call.D),
            N.Lseek => SeekAsync(call.A, (long)call.B, call.C),
            N.Getdents64 => ReadDirectoryAsync(call.A, call.B, call.C),

            N.Fsync or N.Fdatasync or N.Syncfs => SyncAsync(call.A),
            N.Sync => SyncAllAsync(),
            (uint)MultikernelCall.PrepareForPowerOff => PrepareForPowerOffAsync(),
            N.Ftruncate => SetLengthAsync(call.A, (long)call.B),
            N.Truncate => SetLengthOfPathAsync(call.A, (long)call.B),
            N.Fallocate => AllocateAsync(call.A, call.B, (long)call.C, (long)call.D),
            // Advice.
            N.Fadvise64 => Done(Find(call.A) is null ? Failed(FileError.BadHandle) : 0),

            N.Stat => StatAsync(AtCurrent, call.A, call.B, 0),
            N.Lstat => StatAsync(AtCurrent, call.A, call.B, NoFollow),
            N.Fstat => StatAsync(call.A, 0, call.B, EmptyPath),
            N.Newfstatat => StatAsync(call.A, call.B, call.C, call.D),
            N.Statx => StatxAsync(call.A, call.B, call.C, call.E),
            N.Access => AccessAsync(AtCurrent, call.A, call.B),
            N.Faccessat or N.Faccessat2 => AccessAsync(call.A, call.B, call.C),
            N.Statfs => SpaceAsync(call.A, call.B),
            N.Fstatfs => SpaceOfFileAsync(call.A, call.B),
            N.Chmod => SetPermissionsAsync(AtCurrent, call.A, call.B),
            N.Fchmod => SetPermissionsOfFileAsync(call.A, call.B),
            N.Fchmodat => SetPermissionsAsync(call.A, call.B, call.C),
            N.Utimensat => SetTimesAsync(call.A, call.B, call.C, call.D),
            N.Chown => SetOwnerAsync(AtCurrent, call.A, call.B, call.C, 0),
            N.Lchown => SetOwnerAsync(AtCurrent, call.A, call.B, call.C, NoFollow),
            N.Fchown => SetOwnerAsync(call.A, 0, call.B, call.C, EmptyPath),
            N.Fchownat => SetOwnerAsync(call.A, call.B, call.C, call.D, call.E),

            N.Mkdir => MakeDirectoryAsync(AtCurrent, call.A, (uint)call.B),
            N.Mkdirat => MakeDirectoryAsync(call.A, call.B, (uint)call.C),
            N.Rmdir => RemoveAsync(AtCurrent, call.A, RemoveDirectory),
            N.Unlink => RemoveAsync(AtCurrent, call.A, 0),
            N.Unlinkat => RemoveAsync(call.A, call.B, call.C),
            N.Rename => RenameAsync(AtCurrent, call.A, AtCurrent, call.B, 0),
            N.Renameat => RenameAsync(call.A, call.B, call.C, call.D, 0),
            N.Renameat2 => RenameAsync(call.A, call.B, call.C, call.D, call.E),
            N.Link => LinkAsync(AtCurrent, call.A, AtCurrent, call.B),
            N.Linkat => LinkAsync(call.A, call.B, call.C, call.D),
            N.Symlink => MakeSymbolicLinkAsync(call.A, AtCurrent, call.B),
            N.Symlinkat => MakeSymbolicLinkAsync(call.A, call.B, call.C),
            N.Readlink => ReadLinkAsync(AtCurrent, call.A, call.B, call.C),
            N.Readlinkat => ReadLinkAsync(call.A, call.B, call.C, call.D),
            N.Getcwd => Done(GetCurrentDirectory(call.A, call.B)),
            N.Chdir => ChangeDirectoryAsync(call.A),
            N.Fchdir => Done(ChangeDirectoryTo(call.A)),
            N.Umask => Done(SetMask((uint)call.A)),
            _ => Done(Failed(FileError.NotImplemented)),
        };

    private static ValueTask<long> Done(long result) => new(result);

    private static long Failed(FileError error) => -(long)error;

    private static long ResultOf(FileError error) => -(long)error;

    private OpenFile? Find(ulong descriptor) => descriptors.Find(descriptor);

    /// <summary>umask: what permissions new files do not get.</summary>
    private long SetMask(uint value)
    {
        uint before = mask;
        mask = value & PermissionBits;
        return before;
    }

    /// <summary>What a call fails with that needs a service where there is none: nothing is there to be found, nothing can be made.</summary>
    private long Unserved(bool isMaking = false) =>
        Failed(
            services.WasThere ? FileError.InputOutput
            : isMaking ? FileError.NoDevice
            : FileError.NotFound
        );
}

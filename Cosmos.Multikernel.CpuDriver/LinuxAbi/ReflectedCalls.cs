using System;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;
using N = Cosmos.Multikernel.Abi.SystemCallNumber;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Which calls are reflected: see <see cref="Reflection"/>.</summary>
public static unsafe class ReflectedCalls
{
    // AT_EMPTY_PATH: with it an empty path means the descriptor itself.
    private const ulong EmptyPath = 0x1000;

    private enum Subject
    {
        /// <summary>Nothing of files.</summary>
        None,

        /// <summary>The descriptor in the first argument.</summary>
        Descriptor,

        /// <summary>The path in the first argument, or in the second.</summary>
        Path,
        SecondPath,

        /// <summary>The path in the second argument; the descriptor in the first where that is null or empty.</summary>
        PathOrDescriptor,

        /// <summary>Files, whatever the arguments.</summary>
        Files,
    }

    /// <summary>Whether the call in a thread's frame is for the file client.</summary>
    public static bool Include(Thread* thread, uint number)
    {
        Domain* domain = thread->Domain;
        if (!domain->Reflection.IsOn)
        {
            return false;
        }
        TrapFrame* frame = &thread->Frame;
        switch (SubjectOf(number))
        {
            case Subject.Descriptor:
                return IsClients(domain, frame->Rdi);
            case Subject.Path:
                return IsClientsPath(domain, frame->Rdi);
            case Subject.SecondPath:
                return IsClientsPath(domain, frame->Rsi);
            case Subject.PathOrDescriptor:
                return IsEmpty(domain, number, frame)
                    ? IsClients(domain, frame->Rdi)
                    : IsClientsPath(domain, frame->Rsi);
            case Subject.Files:
                return true;
            default:
                return false;
        }
    }

    private static Subject SubjectOf(uint number) =>
        number switch
        {
            N.Read or N.Write or N.Close or N.Fstat or N.Lseek => Subject.Descriptor,
            N.Ioctl or N.Pread64 or N.Pwrite64 or N.Readv or N.Writev => Subject.Descriptor,
            N.Preadv or N.Pwritev or N.Dup or N.Fcntl or N.Flock => Subject.Descriptor,
            N.Fsync or N.Fdatasync or N.Syncfs or N.Ftruncate => Subject.Descriptor,
            N.Getdents64 or N.Fadvise64 or N.Fallocate or N.Fstatfs => Subject.Descriptor,
            N.Fchdir or N.Fchmod or N.Fchown => Subject.Descriptor,
            N.Open or N.Creat or N.Stat or N.Lstat or N.Access => Subject.Path,
            N.Readlink or N.Truncate or N.Statfs or N.Chdir => Subject.Path,
            N.Mkdir or N.Rmdir or N.Unlink or N.Chmod => Subject.Path,
            N.Chown or N.Lchown => Subject.Path,
            N.Openat or N.Readlinkat or N.Faccessat or N.Faccessat2 => Subject.SecondPath,
            N.Mkdirat or N.Unlinkat or N.Fchmodat => Subject.SecondPath,
            N.Newfstatat or N.Statx or N.Utimensat or N.Fchownat => Subject.PathOrDescriptor,
            N.Rename or N.Renameat or N.Renameat2 or N.Link or N.Linkat => Subject.Files,
            N.Symlink or N.Symlinkat or N.Getcwd or N.Umask or N.Sync => Subject.Files,
            _ => Subject.None,
        };

    // The client says of those that are nobody's that they are.
    private static bool IsClients(Domain* domain, ulong descriptor) =>
        domain->Files.Find(descriptor) == null;

    private static bool IsEmpty(Domain* domain, uint number, TrapFrame* frame)
    {
        if (frame->Rsi == 0)
        {
            return true;
        }
        ulong flags =
            number == N.Statx ? frame->Rdx
            : number == N.Fchownat ? frame->R8
            : frame->R10;
        byte* first = UserMemory.At(domain, frame->Rsi, Protection.Read, out _);
        return (flags & EmptyPath) != 0 && first != null && *first == 0;
    }

    // Only those of the CPU driver are told apart; a path that cannot be read goes to the client too, which finds that out again.
    private static bool IsClientsPath(Domain* domain, ulong address)
    {
        byte* path = stackalloc byte[UserPath.Maximum];
        long length = UserPath.Read(domain, address, path);
        if (length < 0)
        {
            return true;
        }
        ReadOnlySpan<byte> start = new(path, (int)length);
        return Bytes.Equal(path, (ulong)length, "/proc/mounts"u8)
            || Bytes.Equal(path, (ulong)length, "/proc/self/mounts"u8)
            || Bytes.Equal(path, (ulong)length, "/proc/self/mountinfo"u8)
            || !(
                Begins(start, "/dev"u8)
                || Begins(start, "/proc"u8)
                || Begins(start, "/sys"u8)
                || Bytes.Equal(path, (ulong)length, TerminalDescription.Path)
            );
    }

    private static bool Begins(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory)
    {
        if (path.Length < directory.Length)
        {
            return false;
        }
        for (int i = 0; i < directory.Length; i++)
        {
            if (path[i] != directory[i])
            {
                return false;
            }
        }
        return path.Length == directory.Length || path[directory.Length] == (byte)'/';
    }
}

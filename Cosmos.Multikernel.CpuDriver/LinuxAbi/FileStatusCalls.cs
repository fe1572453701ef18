using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>What kind of thing a file is.</summary>
public static unsafe class FileStatusCalls
{
    private const uint CharacterDevice = 0x2000 | 0x1b6;
    private const uint RegularFile = 0x8000 | 0x124;
    private const uint Directory = 0x4000 | 0x16d;
    private const uint Fifo = 0x1000 | 0x180;
    private const ulong EmptyPath = 0x1000;

    /// <summary>struct stat (Linux, arch/x86/include/uapi/asm/stat.h), 144 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Status
    {
        public ulong Device;
        public ulong Inode;
        public ulong Links;
        public uint Mode;
        public uint User;
        public uint Group;
        public uint Padding;
        public ulong SpecialDevice;
        public long Size;
        public long BlockSize;
        public long Blocks;
        public unsafe fixed ulong Times[6];
        public unsafe fixed ulong Unused[3];
    }

    /// <summary>stat and lstat: built-in files and boot modules only. Times are 0, as Linux gives them for /proc.</summary>
    public static long Stat(Thread* thread, ulong path, ulong result)
    {
        byte* name = stackalloc byte[UserPath.Maximum];
        long length = UserPath.Read(thread->Domain, path, name);
        if (length < 0)
        {
            return length;
        }
        BuiltInFile file = BuiltInFiles.Find(name, (ulong)length);
        Module* module = DataModules.Find(name, (ulong)length);
        return module != null ? Give(thread, result, RegularFile, module->Length)
            : file == BuiltInFile.None ? -Errno.ENOENT
            : Give(thread, result, ModeOf(file), BuiltInFiles.SizeOf(file));
    }

    public static long Fstat(Thread* thread, ulong descriptor, ulong result)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        uint mode = file->Kind switch
        {
            FileKind.PipeReader or FileKind.PipeWriter => Fifo,
            FileKind.Text or FileKind.Module => RegularFile,
            // Output in whole tagged lines is a pipe; the console is a terminal.
            FileKind.Input or FileKind.Output when !TerminalCalls.IsTerminal(thread, file) => Fifo,
            _ => CharacterDevice,
        };
        ulong size = file->Kind switch
        {
            FileKind.Text => BuiltInFiles.SizeOf(file->Text),
            FileKind.Module => file->Module->Length,
            _ => 0,
        };
        return Give(thread, result, mode, size);
    }

    /// <summary>newfstatat: with AT_EMPTY_PATH as fstat; otherwise the directory is ignored, for all paths are absolute.</summary>
    public static long StatAt(
        Thread* thread,
        ulong descriptor,
        ulong path,
        ulong result,
        ulong flags
    )
    {
        if ((flags & EmptyPath) == 0)
        {
            return Stat(thread, path, result);
        }
        byte* first = UserMemory.At(thread->Domain, path, Protection.Read, out _);
        return first == null ? -Errno.EFAULT
            : *first == 0 ? Fstat(thread, descriptor, result)
            : Stat(thread, path, result);
    }

    /// <summary>access and faccessat: whether it exists; rights are not looked at.</summary>
    public static long Access(Thread* thread, ulong path)
    {
        byte* name = stackalloc byte[UserPath.Maximum];
        long length = UserPath.Read(thread->Domain, path, name);
        return length < 0 ? length
            : BuiltInFiles.Find(name, (ulong)length) != BuiltInFile.None ? 0
            : DataModules.Find(name, (ulong)length) != null ? 0
            : -Errno.ENOENT;
    }

    /// <summary>readlink: no built-in file is a link.</summary>
    public static long ReadLink(Thread* thread, ulong path)
    {
        long exists = Access(thread, path);
        return exists < 0 ? exists : -Errno.EINVAL;
    }

    private static uint ModeOf(BuiltInFile file) =>
        file switch
        {
            BuiltInFile.Random or BuiltInFile.Null => CharacterDevice,
            BuiltInFile.Root => Directory,
            _ => RegularFile,
        };

    private static long Give(Thread* thread, ulong result, uint mode, ulong size)
    {
        Status status = default;
        status.Mode = mode;
        status.Size = (long)size;
        status.Links = 1;
        status.Inode = 1;
        status.BlockSize = 4096;
        return UserMemory.TryWrite(thread->Domain, result, &status, (ulong)sizeof(Status))
            ? 0
            : -Errno.EFAULT;
    }
}

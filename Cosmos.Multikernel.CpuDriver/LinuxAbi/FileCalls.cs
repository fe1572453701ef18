using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Opening, closing, duplicating: standard input and output, pipes, <see cref="BuiltInFiles"/>, <see cref="DataModules"/>.</summary>
public static unsafe class FileCalls
{
    private const uint WriteOnly = 1;
    private const uint ReadWrite = 2;

    private const ulong FromHere = 1;
    private const ulong FromEnd = 2;

    private const ulong DuplicateDescriptor = 0;
    private const ulong GetDescriptorFlags = 1;
    private const ulong SetDescriptorFlags = 2;
    private const ulong GetStatusFlags = 3;
    private const ulong SetStatusFlags = 4;
    private const ulong DuplicateCloseOnExec = 1030;

    /// <summary>open and openat. Only the built-in files and boot modules exist; they cannot be created or truncated.</summary>
    public static long Open(Thread* thread, ulong path, ulong flags)
    {
        byte* name = stackalloc byte[UserPath.Maximum];
        long length = UserPath.Read(thread->Domain, path, name);
        if (length < 0)
        {
            return length;
        }
        BuiltInFile found = BuiltInFiles.Find(name, (ulong)length);
        Module* module = DataModules.Find(name, (ulong)length);
        if (module == null && found is BuiltInFile.None or BuiltInFile.Root)
        {
            return found == BuiltInFile.None ? -Errno.ENOENT : -Errno.EACCES;
        }
        bool isReadOnly = found is not (BuiltInFile.Random or BuiltInFile.Null);
        if (isReadOnly && (flags & (WriteOnly | ReadWrite)) != 0)
        {
            return -Errno.EACCES;
        }
        long descriptor = thread->Domain->Files.FindFree(0);
        if (descriptor < 0)
        {
            return descriptor;
        }
        OpenFile* file = thread->Domain->Files.At((int)descriptor);
        file->Kind =
            module != null ? FileKind.Module
            : found == BuiltInFile.Random ? FileKind.Random
            : found == BuiltInFile.Null ? FileKind.Null
            : FileKind.Text;
        file->Text = found;
        file->Module = module;
        return descriptor;
    }

    public static long Close(Thread* thread, ulong descriptor)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        FileTable.Close(file, &thread->Domain->Space);
        return 0;
    }

    /// <summary>
    /// lseek: built-in texts, but not from their end, for their length is not known before they are read; boot modules.
    /// </summary>
    public static long Seek(Thread* thread, ulong descriptor, ulong offset, ulong whence)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        if (file->Kind is not (FileKind.Text or FileKind.Module))
        {
            return -Errno.ESPIPE;
        }
        bool isModule = file->Kind == FileKind.Module;
        ulong start = whence switch
        {
            FromHere => file->Position,
            FromEnd when isModule => file->Module->Length,
            _ => 0,
        };
        ulong target = start + offset;
        if (whence > (isModule ? FromEnd : FromHere) || (long)target < 0)
        {
            return -Errno.EINVAL;
        }
        file->Position = target;
        return (long)target;
    }

    /// <summary>flock: one domain, nobody to lock out.</summary>
    public static long Lock(Thread* thread, ulong descriptor) =>
        thread->Domain->Files.Find(descriptor) == null ? -Errno.EBADF : 0;

    /// <summary>ftruncate, fallocate, fsync: what is built in has no length to change and no medium to be on.</summary>
    public static long Refuse(Thread* thread, ulong descriptor) =>
        thread->Domain->Files.Find(descriptor) == null ? -Errno.EBADF : -Errno.EINVAL;

    /// <summary>dup and fcntl(F_DUPFD). A copy of a text has a position of its own from then on.</summary>
    public static long Duplicate(Thread* thread, ulong descriptor, ulong from)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        if (from >= FileTable.Capacity)
        {
            return -Errno.EINVAL;
        }
        long copy = thread->Domain->Files.FindFree(from);
        if (copy < 0)
        {
            return copy;
        }
        *thread->Domain->Files.At((int)copy) = *file;
        if (file->Kind is FileKind.PipeReader or FileKind.PipeWriter)
        {
            file->Pipe->Join(file->Kind == FileKind.PipeReader);
        }
        return copy;
    }

    /// <summary>fcntl: duplicating and flags. Close-on-exec means nothing, for there is no exec.</summary>
    public static long Fcntl(Thread* thread, ulong descriptor, ulong command, ulong argument)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        switch (command)
        {
            case DuplicateDescriptor:
            case DuplicateCloseOnExec:
                return Duplicate(thread, descriptor, argument);
            case GetDescriptorFlags:
            case SetDescriptorFlags:
                return 0;
            case GetStatusFlags:
                uint mode = file->Kind is FileKind.Output or FileKind.PipeWriter ? WriteOnly : 0;
                return file->Flags | mode;
            case SetStatusFlags:
                file->Flags = (uint)argument & OpenFile.NonBlocking;
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }
}

using System;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Opening, reading and writing what is built in: standard input and output, pipes, <see cref="BuiltInFiles"/>.</summary>
public static unsafe class FileCalls
{
    // What one call moves at most; a larger request is answered short, as Linux may do too.
    private const ulong MaximumTransfer = 1 << 16;
    private const int PieceBytes = 512;
    private const uint NonBlocking = 0x800;
    private const uint WriteOnly = 1;
    private const uint ReadWrite = 2;
    private const int MaximumVectors = 1024;

    private const ulong DuplicateDescriptor = 0;
    private const ulong GetDescriptorFlags = 1;
    private const ulong SetDescriptorFlags = 2;
    private const ulong GetStatusFlags = 3;
    private const ulong SetStatusFlags = 4;
    private const ulong DuplicateCloseOnExec = 1030;

    /// <summary>open and openat. Only the built-in files exist; they cannot be created or truncated.</summary>
    public static long Open(Thread* thread, ulong path, ulong flags)
    {
        byte* name = stackalloc byte[UserPath.Maximum];
        long length = UserPath.Read(thread->Domain, path, name);
        if (length < 0)
        {
            return length;
        }
        BuiltInFile found = BuiltInFiles.Find(name, (ulong)length);
        if (found is BuiltInFile.None or BuiltInFile.Root)
        {
            return found == BuiltInFile.None ? -Errno.ENOENT : -Errno.EACCES;
        }
        bool isText = found is not (BuiltInFile.Random or BuiltInFile.Null);
        if (isText && (flags & (WriteOnly | ReadWrite)) != 0)
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
            found == BuiltInFile.Random ? FileKind.Random
            : found == BuiltInFile.Null ? FileKind.Null
            : FileKind.Text;
        file->Text = found;
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

    public static long Read(Thread* thread, ulong descriptor, ulong buffer, ulong count)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null || file->Kind is FileKind.Output or FileKind.PipeWriter)
        {
            return -Errno.EBADF;
        }
        count = Math.Min(count, MaximumTransfer);
        switch (file->Kind)
        {
            case FileKind.Input:
                return ReadInput(thread, buffer, count);
            case FileKind.PipeReader:
                return ReadPipe(thread, file, buffer, count);
            case FileKind.Random:
                return RandomCalls.Random(thread, buffer, count);
            case FileKind.Text:
                long read = ReadText(thread->Domain, file->Text, file->Position, buffer, count);
                file->Position += read > 0 ? (ulong)read : 0;
                return read;
            default:
                return 0;
        }
    }

    public static long Write(Thread* thread, ulong descriptor, ulong buffer, ulong count)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        count = Math.Min(count, MaximumTransfer);
        return file->Kind switch
        {
            FileKind.Output => WriteOutput(thread, buffer, count),
            FileKind.PipeWriter => WritePipe(thread, file, buffer, count),
            FileKind.Null or FileKind.Random => (long)count,
            _ => -Errno.EBADF,
        };
    }

    /// <summary>readv: the parts one after the other, as far as the first that comes back short.</summary>
    public static long ReadVector(Thread* thread, ulong descriptor, ulong vectors, ulong count) =>
        Vector(thread, descriptor, vectors, count, isWrite: false);

    /// <summary>writev: not in one piece with regard to other threads' output.</summary>
    public static long WriteVector(Thread* thread, ulong descriptor, ulong vectors, ulong count) =>
        Vector(thread, descriptor, vectors, count, isWrite: true);

    /// <summary>pread64: built-in texts only.</summary>
    public static long ReadAt(
        Thread* thread,
        ulong descriptor,
        ulong buffer,
        ulong count,
        ulong offset
    )
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        return file == null ? -Errno.EBADF
            : file->Kind != FileKind.Text ? -Errno.ESPIPE
            : ReadText(
                thread->Domain,
                file->Text,
                offset,
                buffer,
                Math.Min(count, MaximumTransfer)
            );
    }

    /// <summary>pwrite64: nothing that is built in can be written at a place.</summary>
    public static long WriteAt(Thread* thread, ulong descriptor) =>
        thread->Domain->Files.Find(descriptor) == null ? -Errno.EBADF : -Errno.ESPIPE;

    /// <summary>lseek: built-in texts only; from the end is refused, for their length is not known before they are read.</summary>
    public static long Seek(Thread* thread, ulong descriptor, ulong offset, ulong whence)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        if (file->Kind != FileKind.Text)
        {
            return -Errno.ESPIPE;
        }
        ulong target = whence == 1 ? file->Position + offset : offset;
        if (whence > 1 || (long)target < 0)
        {
            return -Errno.EINVAL;
        }
        file->Position = target;
        return (long)target;
    }

    /// <summary>ioctl: nothing here is a terminal.</summary>
    public static long Control(Thread* thread, ulong descriptor) =>
        thread->Domain->Files.Find(descriptor) == null ? -Errno.EBADF : -Errno.ENOTTY;

    /// <summary>flock: one domain, nobody to lock out.</summary>
    public static long Lock(Thread* thread, ulong descriptor) =>
        thread->Domain->Files.Find(descriptor) == null ? -Errno.EBADF : 0;

    /// <summary>ftruncate: built-in files have no length to change.</summary>
    public static long Truncate(Thread* thread, ulong descriptor) =>
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
                file->Flags = (uint)argument & NonBlocking;
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    private static long ReadInput(Thread* thread, ulong buffer, ulong count)
    {
        byte* piece = stackalloc byte[PieceBytes];
        if (count != 0 && UserMemory.At(thread->Domain, buffer, Protection.Write, out _) == null)
        {
            return -Errno.EFAULT;
        }
        // No more than surely fits into the page that was just looked at.
        ulong wanted = Math.Min(count, PieceBytes);
        wanted = Math.Min(wanted, AddressSpace.PageSize - (buffer & AddressSpace.PageMask));
        long read = InstanceInput.Read(thread->Domain, piece, wanted);
        if (read == -Errno.EAGAIN)
        {
            return Wait(thread, InstanceInput.Waiting);
        }
        if (read > 0 && !UserMemory.TryWrite(thread->Domain, buffer, piece, (ulong)read))
        {
            return -Errno.EFAULT;
        }
        return read;
    }

    private static long WriteOutput(Thread* thread, ulong buffer, ulong count)
    {
        ulong done = 0;
        while (done < count)
        {
            byte* bytes = UserMemory.At(
                thread->Domain,
                buffer + done,
                Protection.Read,
                out ulong available
            );
            if (bytes == null)
            {
                return done != 0 ? (long)done : -Errno.EFAULT;
            }
            ulong piece = Math.Min(available, count - done);
            ulong taken = InstanceOutput.Write(thread->Domain, bytes, piece);
            done += taken;
            if (taken < piece)
            {
                // What was taken is written; only a call that could write nothing waits.
                return done != 0 ? (long)done : Wait(thread, InstanceOutput.Waiting);
            }
        }
        return (long)done;
    }

    private static long ReadText(
        Domain* domain,
        BuiltInFile text,
        ulong position,
        ulong buffer,
        ulong count
    )
    {
        byte* content = stackalloc byte[BuiltInFiles.MaximumText];
        ulong length = BuiltInFiles.Write(text, domain, content);
        if (position >= length)
        {
            return 0;
        }
        ulong piece = Math.Min(count, length - position);
        return UserMemory.TryWrite(domain, buffer, content + position, piece)
            ? (long)piece
            : -Errno.EFAULT;
    }

    private static long ReadPipe(Thread* thread, OpenFile* file, ulong buffer, ulong count)
    {
        Pipe* pipe = file->Pipe;
        if (pipe->Count == 0 && count != 0)
        {
            return !pipe->HasWriters ? 0
                : (file->Flags & NonBlocking) != 0 ? -Errno.EAGAIN
                : Wait(thread, &pipe->Waiting);
        }
        ulong done = 0;
        while (done < count && pipe->Count != 0)
        {
            byte* bytes = UserMemory.At(
                thread->Domain,
                buffer + done,
                Protection.Write,
                out ulong available
            );
            if (bytes == null)
            {
                return done != 0 ? (long)done : -Errno.EFAULT;
            }
            ulong piece = Math.Min(Math.Min(available, count - done), pipe->Count);
            Pipe.Take(pipe, bytes, piece);
            done += piece;
        }
        return (long)done;
    }

    private static long WritePipe(Thread* thread, OpenFile* file, ulong buffer, ulong count)
    {
        Pipe* pipe = file->Pipe;
        if (!pipe->HasReaders)
        {
            Signals.Send(thread, Signal.Pipe);
            return -Errno.EPIPE;
        }
        if (pipe->Room == 0 && count != 0)
        {
            return (file->Flags & NonBlocking) != 0 ? -Errno.EAGAIN : Wait(thread, &pipe->Waiting);
        }
        ulong done = 0;
        while (done < count && pipe->Room != 0)
        {
            byte* bytes = UserMemory.At(
                thread->Domain,
                buffer + done,
                Protection.Read,
                out ulong available
            );
            if (bytes == null)
            {
                return done != 0 ? (long)done : -Errno.EFAULT;
            }
            ulong piece = Math.Min(Math.Min(available, count - done), pipe->Room);
            Pipe.Add(pipe, bytes, piece);
            done += piece;
        }
        return (long)done;
    }

    private static long Vector(
        Thread* thread,
        ulong descriptor,
        ulong vectors,
        ulong count,
        bool isWrite
    )
    {
        if (count > MaximumVectors)
        {
            return -Errno.EINVAL;
        }
        long done = 0;
        ulong* part = stackalloc ulong[2];
        for (ulong i = 0; i < count; i++)
        {
            if (!UserMemory.TryRead(thread->Domain, part, vectors + i * 16, 16))
            {
                return done != 0 ? done : -Errno.EFAULT;
            }
            if (part[1] == 0)
            {
                continue;
            }
            if (done != 0 && !CanGoOn(thread, descriptor, isWrite))
            {
                return done;
            }
            long moved = isWrite
                ? Write(thread, descriptor, part[0], part[1])
                : Read(thread, descriptor, part[0], part[1]);
            if (moved < 0)
            {
                return done != 0 ? done : moved;
            }
            done += moved;
            if ((ulong)moved < part[1] || (ulong)done >= MaximumTransfer)
            {
                return done;
            }
        }
        return done;
    }

    // A later part must not block a call that has already moved something.
    private static bool CanGoOn(Thread* thread, ulong descriptor, bool isWrite)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        return file->Kind switch
        {
            FileKind.Output => Outbox.HasRoom(Outbox.MaximumRecord),
            FileKind.PipeWriter => file->Pipe->Room != 0,
            FileKind.PipeReader => file->Pipe->Count != 0,
            FileKind.Input => false,
            _ => true,
        };
    }

    private static long Wait(Thread* thread, WaitQueue* queue)
    {
        Scheduler.Block(thread, BlockKind.Queue, queue, Scheduler.Never);
        return SystemCalls.NoResult;
    }
}

using System;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Reading and writing: standard input and output, pipes, <see cref="BuiltInFiles"/>, <see cref="DataModules"/>.</summary>
public static unsafe class TransferCalls
{
    // What one call moves at most; a larger request is answered short, as Linux may do too.
    private const ulong MaximumTransfer = 1 << 16;
    private const int PieceBytes = 512;
    private const int MaximumVectors = 1024;

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
                return ReadInput(thread, file, buffer, count);
            case FileKind.PipeReader:
                return ReadPipe(thread, file, buffer, count);
            case FileKind.Random:
                return RandomCalls.Random(thread, buffer, count);
            case FileKind.Text:
            case FileKind.Module:
                long read = ReadAt(thread->Domain, file, file->Position, buffer, count);
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
            FileKind.Output => WriteOutput(thread, file, buffer, count),
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

    /// <summary>pread64: built-in texts and boot modules only.</summary>
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
            : file->Kind is not (FileKind.Text or FileKind.Module) ? -Errno.ESPIPE
            : ReadAt(thread->Domain, file, offset, buffer, Math.Min(count, MaximumTransfer));
    }

    /// <summary>pwrite64: nothing that is built in can be written at a place.</summary>
    public static long WriteAt(Thread* thread, ulong descriptor) =>
        thread->Domain->Files.Find(descriptor) == null ? -Errno.EBADF : -Errno.ESPIPE;

    private static long ReadInput(Thread* thread, OpenFile* file, ulong buffer, ulong count)
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
            return WaitForInput(thread, file);
        }
        thread->WaitUntil = 0;
        if (read > 0 && !UserMemory.TryWrite(thread->Domain, buffer, piece, (ulong)read))
        {
            return -Errno.EFAULT;
        }
        return read;
    }

    private static long WaitForInput(Thread* thread, OpenFile* file)
    {
        ulong patience = InstanceInput.Patience;
        if (patience == Scheduler.Never || (file->Flags & OpenFile.NonBlocking) != 0)
        {
            return Wait(thread, file, InstanceInput.Waiting);
        }
        ulong now = Clock.Monotonic;
        if (thread->WaitUntil == 0)
        {
            thread->WaitUntil = now + patience;
        }
        if (now >= thread->WaitUntil)
        {
            thread->WaitUntil = 0;
            return 0;
        }
        Scheduler.Block(thread, BlockKind.Queue, InstanceInput.Waiting, thread->WaitUntil);
        return SystemCalls.NoResult;
    }

    private static long WriteOutput(Thread* thread, OpenFile* file, ulong buffer, ulong count)
    {
        UserWalk walk = new(thread->Domain, buffer, count, Protection.Read);
        while (walk.TryPiece(out byte* bytes, out ulong piece))
        {
            ulong taken = InstanceOutput.Write(thread->Domain, bytes, piece);
            walk.Advance(taken);
            if (taken < piece)
            {
                // What was taken is written; only a call that could write nothing waits.
                return walk.Done != 0 ? walk.Result : Wait(thread, file, InstanceOutput.Waiting);
            }
        }
        return walk.Result;
    }

    private static long ReadAt(
        Domain* domain,
        OpenFile* file,
        ulong position,
        ulong buffer,
        ulong count
    ) =>
        file->Kind == FileKind.Module
            ? DataModules.Read(domain, file->Module, position, buffer, count)
            : ReadText(domain, file->Text, position, buffer, count);

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
            return pipe->HasWriters ? Wait(thread, file, &pipe->Waiting) : 0;
        }
        UserWalk walk = new(thread->Domain, buffer, count, Protection.Write);
        while (pipe->Count != 0 && walk.TryPiece(out byte* bytes, out ulong piece))
        {
            piece = Math.Min(piece, pipe->Count);
            Pipe.Take(pipe, bytes, piece);
            walk.Advance(piece);
        }
        return walk.Result;
    }

    private static long WritePipe(Thread* thread, OpenFile* file, ulong buffer, ulong count)
    {
        Pipe* pipe = file->Pipe;
        if (!pipe->HasReaders)
        {
            Signals.Send(thread, Signal.Pipe);
            return -Errno.EPIPE;
        }
        // What fits the pipe goes in whole, so that several writers' messages stay apart; more than that goes as it can.
        ulong needed = count <= Pipe.Capacity ? count : 1;
        if (pipe->Room < needed)
        {
            return Wait(thread, file, &pipe->Waiting);
        }
        UserWalk walk = new(thread->Domain, buffer, count, Protection.Read);
        while (pipe->Room != 0 && walk.TryPiece(out byte* bytes, out ulong piece))
        {
            piece = Math.Min(piece, pipe->Room);
            Pipe.Add(pipe, bytes, piece);
            walk.Advance(piece);
        }
        return walk.Result;
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

    private static long Wait(Thread* thread, OpenFile* file, WaitQueue* queue)
    {
        if ((file->Flags & OpenFile.NonBlocking) != 0)
        {
            return -Errno.EAGAIN;
        }
        Scheduler.Block(thread, BlockKind.Queue, queue, Scheduler.Never);
        return SystemCalls.NoResult;
    }
}

// System calls that the instance answers itself.
//
// Principles
// - There is no file code here. A call about files is reflected: its thread blocks, and another thread of the same instance, the
//   file client (Cosmos.Multikernel/Files/Client), takes the call, asks the file service by message, and ends the call.
// - What is decided here is only whose a call is. Descriptors from FileTable.Capacity on are the client's; the console, pipes
//   and built-in files have those below. Paths are the client's unless they lie in /dev, /proc or /sys, or are the terminal's description: the runtime reads
//   those about its own core, also while a collection has stopped all managed threads, the client's too.
// - A thread whose call is reflected waits in a queue and its frame holds the call: nothing here has a size that could be
//   exceeded.
// - The client is not trusted more than the rest of its instance: it can end only calls that it took, and what it copies for
//   them is checked as in any system call.
// - Where no client listens, each call is answered here as if there were no files.

using System;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>The reflected calls of a domain.</summary>
public unsafe struct Reflection
{
    private const ulong LongestCopy = 1 << 16;

    private WaitQueue _waiting;
    private WaitQueue _taken;

    /// <summary>Whether somebody answers them.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Reflects the call in a thread's frame; the thread goes on when it is answered.</summary>
    public static long Reflect(Thread* thread)
    {
        Domain* domain = thread->Domain;
        Scheduler.Block(thread, BlockKind.Reflected, &domain->Reflection._waiting, Scheduler.Never);
        DomainEndpoints.NotifyCall(domain);
        return SystemCalls.NoResult;
    }

    /// <summary>A call of ours that nobody but the client can answer.</summary>
    public static long ReflectIfOn(Thread* thread) =>
        thread->Domain->Reflection.IsOn ? Reflect(thread) : -Errno.ENOSYS;

    /// <summary>ReflectCalls: switches it on or off.</summary>
    public static long Switch(Domain* domain, ulong on)
    {
        Reflection* reflection = &domain->Reflection;
        if (on > 1)
        {
            return -Errno.EINVAL;
        }
        if (domain->IsMonitor)
        {
            return -Errno.EPERM;
        }
        if (on != 0 && reflection->IsOn)
        {
            return -Errno.EBUSY;
        }
        reflection->IsOn = on != 0;
        if (on == 0)
        {
            while (reflection->_waiting.First != null)
            {
                DomainEndpoints.OnCallTaken(domain);
                Scheduler.Unblock(reflection->_waiting.First, -Errno.EIO);
            }
            while (reflection->_taken.First != null)
            {
                Scheduler.Unblock(reflection->_taken.First, -Errno.EIO);
            }
        }
        return 0;
    }

    /// <summary>TakeCall: the oldest that waits.</summary>
    public static long Take(Domain* domain, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(ReflectedCall))
        {
            return -Errno.EINVAL;
        }
        Thread* thread = domain->Reflection._waiting.First;
        if (thread == null)
        {
            return -Errno.EAGAIN;
        }
        ReflectedCall call = default;
        call.Number = (uint)thread->Frame.Rax;
        call.Thread = (uint)thread->Id;
        call.Arguments[0] = thread->Frame.Rdi;
        call.Arguments[1] = thread->Frame.Rsi;
        call.Arguments[2] = thread->Frame.Rdx;
        call.Arguments[3] = thread->Frame.R10;
        call.Arguments[4] = thread->Frame.R8;
        call.Arguments[5] = thread->Frame.R9;
        if (!UserMemory.TryWrite(domain, address, &call, size))
        {
            return -Errno.EFAULT;
        }
        Scheduler.Requeue(thread, &domain->Reflection._taken);
        DomainEndpoints.OnCallTaken(domain);
        return 0;
    }

    /// <summary>CompleteCall: a thread's call has this result.</summary>
    public static long Complete(Domain* domain, ulong id, ulong result)
    {
        Thread* thread = domain->Threads.Find((int)id);
        if (
            thread == null
            || thread->Block != BlockKind.Reflected
            || thread->Queue != &domain->Reflection._taken
        )
        {
            return -Errno.ESRCH;
        }
        Scheduler.Unblock(thread, (long)result);
        return 0;
    }

    /// <summary>CopyMemory: from one place of the domain's memory to another. The two may not overlap.</summary>
    public static long Copy(Domain* domain, ulong to, ulong from, ulong length)
    {
        UserWalk into = new(domain, to, Math.Min(length, LongestCopy), Protection.Write);
        while (into.TryPiece(out byte* target, out ulong piece))
        {
            // Looked up after the target: writing there may have given the domain a copy of the page.
            byte* source = UserMemory.At(
                domain,
                from + into.Done,
                Protection.Read,
                out ulong available
            );
            if (source == null)
            {
                return into.Done != 0 ? (long)into.Done : -Errno.EFAULT;
            }
            piece = Math.Min(piece, available);
            Bytes.Copy(target, source, piece);
            into.Advance(piece);
        }
        return into.Result;
    }
}

using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Signals: actions, masks, sending, returning from a handler.</summary>
public static unsafe class SignalCalls
{
    private const ulong MaskBytes = 8;
    private const ulong Block = 0;
    private const ulong Unblock = 1;
    private const ulong SetMask = 2;

    // The area of an XSAVE image that must be zero or XRSTOR faults: XCOMP_BV and what follows in the header
    // (Intel SDM volume 1, section 13.4.2), and the bits of MXCSR that a processor may not have.
    private const int HeaderOffset = 512;
    private const int HeaderBytes = 64;
    private const int MxcsrOffset = 24;
    private const int MxcsrMaskOffset = 28;

    // What a processor that stores no mask can do (section 11.6.6).
    private const uint DefaultMxcsrMask = 0xffbf;

    /// <summary>rt_sigaction. SA_ONSTACK, SA_NOCLDSTOP and SA_NOCLDWAIT are accepted and mean nothing here.</summary>
    public static long Action(
        Thread* thread,
        ulong signal,
        ulong newAction,
        ulong oldAction,
        ulong size
    )
    {
        if (size != MaskBytes || signal is 0 or > Signal.Count)
        {
            return -Errno.EINVAL;
        }
        SignalAction wanted = default;
        if (
            newAction != 0
            && !UserMemory.TryRead(thread->Domain, &wanted, newAction, (ulong)sizeof(SignalAction))
        )
        {
            return -Errno.EFAULT;
        }
        if (newAction != 0 && signal is Signal.Kill or Signal.Stop)
        {
            return -Errno.EINVAL;
        }
        SignalAction present = thread->Domain->Signals.Get((int)signal);
        if (
            oldAction != 0
            && !UserMemory.TryWrite(
                thread->Domain,
                oldAction,
                &present,
                (ulong)sizeof(SignalAction)
            )
        )
        {
            return -Errno.EFAULT;
        }
        if (newAction != 0)
        {
            thread->Domain->Signals.Set((int)signal, in wanted);
        }
        return 0;
    }

    /// <summary>rt_sigprocmask.</summary>
    public static long Mask(Thread* thread, ulong how, ulong newMask, ulong oldMask, ulong size)
    {
        if (size != MaskBytes)
        {
            return -Errno.EINVAL;
        }
        ulong present = thread->SignalMask;
        if (newMask != 0)
        {
            ulong wanted;
            if (!UserMemory.TryRead(thread->Domain, &wanted, newMask, MaskBytes))
            {
                return -Errno.EFAULT;
            }
            if (how > SetMask)
            {
                return -Errno.EINVAL;
            }
            ulong mask =
                how == Block ? present | wanted
                : how == Unblock ? present & ~wanted
                : wanted;
            thread->SignalMask = mask & ~Signal.Unblockable;
            Scheduler.DrawAttention();
        }
        return oldMask == 0 || UserMemory.TryWrite(thread->Domain, oldMask, &present, MaskBytes)
            ? 0
            : -Errno.EFAULT;
    }

    /// <summary>rt_sigpending.</summary>
    public static long Pending(Thread* thread, ulong result, ulong size)
    {
        ulong pending =
            (thread->PendingSignals | thread->Domain->Signals.Pending) & thread->SignalMask;
        return size != MaskBytes ? -Errno.EINVAL
            : UserMemory.TryWrite(thread->Domain, result, &pending, MaskBytes) ? 0
            : -Errno.EFAULT;
    }

    /// <summary>rt_sigreturn: takes the registers, mask and FP state from the frame that the handler leaves.</summary>
    public static long Return(Thread* thread)
    {
        // The handler's return took the return address off the stack.
        ulong place = thread->Frame.Rsp - 8;
        SignalFrame frame;
        if (!UserMemory.TryRead(thread->Domain, &frame, place, (ulong)sizeof(SignalFrame)))
        {
            Ending.BySignal(thread, Signal.Segv, place, stackOverflow: false);
            return SystemCalls.NoResult;
        }
        // IRET to an address that is not canonical faults in ring 0 (Intel SDM volume 2A, IRET).
        if (frame.Registers.Rip >= AddressSpace.UserEnd)
        {
            Ending.BySignal(thread, Signal.Segv, frame.Registers.Rip, stackOverflow: false);
            return SystemCalls.NoResult;
        }
        if (frame.Registers.FpState != 0 && !TryTakeFpState(thread, frame.Registers.FpState))
        {
            Ending.BySignal(thread, Signal.Segv, frame.Registers.FpState, stackOverflow: false);
            return SystemCalls.NoResult;
        }
        frame.Registers.Give(ref thread->Frame);
        thread->SignalMask = frame.Mask & ~Signal.Unblockable;
        Scheduler.DrawAttention();
        return SystemCalls.NoResult;
    }

    /// <summary>kill: only the caller's own domain exists (its identifier, 0 or -1).</summary>
    public static long Kill(Thread* thread, ulong process, ulong signal)
    {
        int target = (int)process;
        if (target != thread->Domain->Id && target is not (0 or -1))
        {
            return -Errno.ESRCH;
        }
        if (signal > Signal.Count)
        {
            return -Errno.EINVAL;
        }
        if (signal != 0)
        {
            Signals.Send(thread->Domain, (int)signal);
        }
        return 0;
    }

    /// <summary>tgkill and tkill, within the caller's domain.</summary>
    public static long ThreadKill(Thread* thread, ulong process, ulong id, ulong signal)
    {
        Thread* target =
            (int)process == thread->Domain->Id ? thread->Domain->Threads.Find((int)id) : null;
        if (target == null || target->State == ThreadState.Ended)
        {
            return -Errno.ESRCH;
        }
        if (signal > Signal.Count)
        {
            return -Errno.EINVAL;
        }
        if (signal != 0)
        {
            Signals.Send(target, (int)signal);
        }
        return 0;
    }

    // The image comes from the instance: what would make the restoring instruction fault is put right.
    private static bool TryTakeFpState(Thread* thread, ulong address)
    {
        uint mask = *(uint*)(thread->FpArea + MxcsrMaskOffset);
        if (!UserMemory.TryRead(thread->Domain, thread->FpArea, address, Fpu.AreaSize))
        {
            return false;
        }
        *(uint*)(thread->FpArea + MxcsrOffset) &= mask == 0 ? DefaultMxcsrMask : mask;
        *(uint*)(thread->FpArea + MxcsrMaskOffset) = mask;
        if (Fpu.UsesXsave)
        {
            ulong states = *(ulong*)(thread->FpArea + HeaderOffset) & Fpu.EnabledStates;
            Bytes.Clear(thread->FpArea + HeaderOffset, HeaderBytes);
            *(ulong*)(thread->FpArea + HeaderOffset) = states;
        }
        return true;
    }
}

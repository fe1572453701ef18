// Sending signals and delivering them.
//
// Principles
// - A signal is a bit, on a thread or on the domain; sending twice before delivery is once.
// - Delivery happens only when the thread is about to return to ring 3, in Scheduler.Select.
// - A signal that has no handler and whose default is to end, ends the domain with a report. A handler whose frame cannot be
//   pushed (the stack overflowed) ends it too: there is no alternate stack.
// - A signal with a handler ends a blocked system call: with EINTR, or by making the call again after the handler where the
//   action says so (SA_RESTART) and the call waits for an event, not for a time. A reflected call is ended by whoever answers
//   it alone: what has been done of it cannot be taken back.

using System.Numerics;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public static unsafe class Signals
{
    // Bytes below the stack pointer that code may use without moving it (System V ABI, section 3.2.2).
    private const ulong RedZone = 128;
    private const ulong FpAlignment = 64;

    /// <summary>
    /// Gives a thread that is about to run all signals that it does not hold back; handlers nest, the last one runs first.
    /// False when that changed who runs: the domain ended.
    /// </summary>
    public static bool TryDeliverAll(Thread* thread)
    {
        while (thread->Progress == 0 && Deliverable(thread) != 0)
        {
            if (!TryDeliver(thread))
            {
                return false;
            }
        }
        return true;
    }

    private static ulong Deliverable(Thread* thread) =>
        (thread->PendingSignals | thread->Domain->Signals.Pending) & ~thread->SignalMask;

    // Takes one signal. False when the domain ended of it.
    private static bool TryDeliver(Thread* thread)
    {
        Domain* domain = thread->Domain;
        ulong deliverable = Deliverable(thread);
        int signal = BitOperations.TrailingZeroCount(deliverable) + 1;
        bool fromThread = (thread->PendingSignals & Signal.Bit(signal)) != 0;
        if (fromThread)
        {
            thread->PendingSignals &= ~Signal.Bit(signal);
        }
        else
        {
            domain->Signals.Pending &= ~Signal.Bit(signal);
        }
        SignalInfo info = default;
        info.Signal = signal;
        info.Code = fromThread ? SignalInfo.CodeThreadKill : SignalInfo.CodeUser;
        info.SenderProcess = domain->Id;
        return TryHandle(thread, in info, 0);
    }

    /// <summary>Sends a signal to one thread.</summary>
    public static void Send(Thread* thread, int signal)
    {
        if (IsIgnored(thread->Domain, signal))
        {
            return;
        }
        thread->PendingSignals |= Signal.Bit(signal);
        Scheduler.DrawAttention();
        Interrupt(thread, signal);
    }

    /// <summary>Sends a signal to whichever thread of a domain takes it first.</summary>
    public static void Send(Domain* domain, int signal)
    {
        if (IsIgnored(domain, signal))
        {
            return;
        }
        domain->Signals.Pending |= Signal.Bit(signal);
        Scheduler.DrawAttention();
        Thread* taker = null;
        for (Thread* thread = domain->Threads.First; thread != null; thread = thread->NextInDomain)
        {
            if ((thread->SignalMask & Signal.Bit(signal)) != 0)
            {
                continue;
            }
            if (thread->State == ThreadState.Ready)
            {
                // It takes the signal when it next returns to ring 3.
                return;
            }
            bool isBetter = taker == null || taker->Block == BlockKind.Reflected;
            taker = isBetter ? thread : taker;
        }
        if (taker != null)
        {
            Interrupt(taker, signal);
        }
    }

    /// <summary>A fault of the running thread becomes a signal at once; held back or ignored it ends the domain.</summary>
    public static void Raise(Thread* thread, in SignalInfo info, ulong faultAddress)
    {
        SignalAction action = thread->Domain->Signals.Get(info.Signal);
        bool canHandle =
            action.Handler > SignalAction.Ignore
            && (thread->SignalMask & Signal.Bit(info.Signal)) == 0;
        if (!canHandle || !TryPushFrame(thread, in action, in info, faultAddress))
        {
            Ending.BySignal(thread, info.Signal, faultAddress, canHandle);
        }
    }

    // Ends a blocked thread's wait, so that it takes a signal that it does not hold back.
    private static void Interrupt(Thread* thread, int signal)
    {
        if (
            thread->State != ThreadState.Blocked
            || thread->Block == BlockKind.Reflected
            || (thread->SignalMask & Signal.Bit(signal)) != 0
        )
        {
            return;
        }
        SignalAction action = thread->Domain->Signals.Get(signal);
        if ((action.Flags & SignalAction.RestartFlag) != 0 && IsRestartable(thread))
        {
            Scheduler.Restart(thread);
            return;
        }
        if (thread->Block == BlockKind.Sleep && thread->RemainingAddress != 0)
        {
            ulong now = Cores.Clock.Monotonic;
            ulong left = thread->Deadline > now ? thread->Deadline - now : 0;
            TimeCalls.WriteTime(thread, thread->RemainingAddress, left);
        }
        thread->WaitUntil = 0;
        Scheduler.Unblock(thread, -Errno.EINTR);
    }

    // What waits for an event alone; as on Linux, sleeps, poll and a futex with a deadline end with EINTR whatever the action
    // says (Linux man-pages, signal(7)).
    private static bool IsRestartable(Thread* thread) =>
        thread->Block == BlockKind.Queue
        || (thread->Block == BlockKind.Futex && !thread->InSleepQueue);

    private static bool IsIgnored(Domain* domain, int signal)
    {
        ulong handler = domain->Signals.Get(signal).Handler;
        return handler == SignalAction.Ignore
            || (
                handler == SignalAction.Default
                && (Signal.IgnoredByDefault & Signal.Bit(signal)) != 0
            );
    }

    private static bool TryHandle(Thread* thread, in SignalInfo info, ulong faultAddress)
    {
        SignalAction action = thread->Domain->Signals.Get(info.Signal);
        if (IsIgnored(thread->Domain, info.Signal))
        {
            return true;
        }
        if (thread->WaitUntil != 0)
        {
            // Woken to make its poll again, but not run yet: the handler comes first, so the poll ends here.
            thread->WaitUntil = 0;
            thread->Frame.Rip += SystemCalls.InstructionLength;
            thread->Frame.Rax = unchecked((ulong)-Errno.EINTR);
        }
        if (
            action.Handler != SignalAction.Default
            && TryPushFrame(thread, in action, in info, faultAddress)
        )
        {
            return true;
        }
        Ending.BySignal(
            thread,
            info.Signal,
            faultAddress,
            stackOverflow: action.Handler != SignalAction.Default
        );
        return false;
    }

    private static bool TryPushFrame(
        Thread* thread,
        in SignalAction action,
        in SignalInfo info,
        ulong faultAddress
    )
    {
        // A handler or stack outside what ring 3 can have would fault in ring 0, on the way there.
        if (action.Handler >= AddressSpace.UserEnd || thread->Frame.Rsp >= AddressSpace.UserEnd)
        {
            return false;
        }
        ulong fpState = (thread->Frame.Rsp - RedZone - Fpu.AreaSize) & ~(FpAlignment - 1);
        // The handler must find its stack as after a call: 16-byte aligned before the return address was pushed.
        ulong place = ((fpState - (ulong)sizeof(SignalFrame)) & ~15ul) - 8;

        SignalFrame frame = default;
        frame.ReturnAddress = action.Restorer;
        frame.StackFlags = SignalFrame.StackDisabled;
        frame.Registers.Take(in thread->Frame);
        frame.Registers.Cr2 = faultAddress;
        frame.Registers.OldMask = thread->SignalMask;
        frame.Registers.FpState = fpState;
        frame.Mask = thread->SignalMask;
        frame.Info = info;
        bool pushed =
            UserMemory.TryWrite(thread->Domain, fpState, thread->FpArea, Fpu.AreaSize)
            && UserMemory.TryWrite(thread->Domain, place, &frame, (ulong)sizeof(SignalFrame));
        if (!pushed)
        {
            return false;
        }
        thread->SignalMask |= action.Mask & ~Signal.Unblockable;
        if ((action.Flags & SignalAction.NoDefer) == 0)
        {
            thread->SignalMask |= Signal.Bit(info.Signal);
        }
        if ((action.Flags & SignalAction.ResetHand) != 0)
        {
            SignalAction reset = default;
            thread->Domain->Signals.Set(info.Signal, in reset);
        }
        thread->Frame.Rip = action.Handler;
        thread->Frame.Rsp = place;
        thread->Frame.Rdi = (ulong)info.Signal;
        thread->Frame.Rsi = place + InfoOffset;
        thread->Frame.Rdx = place + ContextOffset;
        thread->Frame.Rax = 0;
        // Direction up, no trap flag: a handler starts with clean flags.
        thread->Frame.Rflags = 0x202;
        return true;
    }

    private static ulong ContextOffset => 8;

    private static ulong InfoOffset => (ulong)(sizeof(SignalFrame) - sizeof(SignalInfo));
}

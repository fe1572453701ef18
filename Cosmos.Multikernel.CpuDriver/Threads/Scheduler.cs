// Who runs on this core.
// Principles:
//  1. The highest priority that is ready runs; equals take turns of SliceLength. A thread that wakes waits behind its
//     equals; one that yields goes behind them.
//  2. No time is spent when nothing changed: whatever could change who runs raises s_attention, and Select returns at
//     once while it is down.
//  3. The timer is armed only for what can happen next: the earliest sleeper, or the end of a turn when equals wait.
//     A timer that comes early costs one interrupt and nothing else, so an earlier one is never cancelled.
//  4. Everything here runs with interrupts off on the core's one kernel stack: nothing can come in between, so a test
//     and the block that follows it are one step.

using System;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Tracing;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Threads;

public static unsafe class Scheduler
{
    /// <summary>How long equals run in turn, in nanoseconds.</summary>
    public const ulong SliceLength = 2_000_000;

    /// <summary>No deadline.</summary>
    public const ulong Never = ulong.MaxValue;

    private static ReadyQueue s_ready;
    private static SleepQueue s_sleepers;
    private static Thread* s_current;
    private static bool s_attention;
    private static bool s_sliceRunning;
    private static ulong s_sliceEnd;
    private static ulong s_armed;
    private static PageTables s_idleTables;

    /// <summary>The thread that ring 3 was left from and, if still ready, returns to.</summary>
    public static Thread* Current => s_current;

    /// <summary>How often another thread was given the core.</summary>
    public static ulong Switches { get; private set; }

    /// <summary>Nanoseconds that the core had nothing to run.</summary>
    public static ulong IdleTime { get; private set; }

    /// <summary>Must run once before any thread exists; false when there is no memory.</summary>
    public static bool TryInitialise()
    {
        s_armed = Never;
        s_attention = true;
        return PageTables.TryCreate(out s_idleTables) && Futex.TryInitialise();
    }

    /// <summary>Lets a new thread run.</summary>
    public static void Start(Thread* thread) => MakeReady(thread);

    /// <summary>Chooses the thread to return to. Called at the end of every trap.</summary>
    public static void Select()
    {
        if (s_attention)
        {
            SelectAnew();
        }
    }

    /// <summary>The timer fired.</summary>
    public static void OnTimer()
    {
        s_armed = Never;
        s_attention = true;
        ulong now = Clock.Monotonic;
        while (s_sleepers.First != null && s_sleepers.First->Deadline <= now)
        {
            Expire(s_sleepers.First);
        }
        if (s_sliceRunning && now >= s_sliceEnd && s_ready.Head != null)
        {
            s_ready.Rotate(s_ready.Head);
            s_sliceRunning = false;
        }
    }

    /// <summary>Puts the current thread behind its equals.</summary>
    public static void Yield(Thread* thread)
    {
        s_ready.Rotate(thread);
        s_attention = true;
    }

    /// <summary>Something that the thread to return to must be looked at for: a signal, or a slice of a long call.</summary>
    public static void DrawAttention() => s_attention = true;

    /// <summary>Takes a ready thread off the core until it is woken or the deadline passes.</summary>
    /// <param name="kind">What the deadline means for its system call.</param>
    /// <param name="queue">The queue it waits in, or null.</param>
    /// <param name="deadline">Nanoseconds since boot, or <see cref="Never"/>.</param>
    public static void Block(Thread* thread, BlockKind kind, WaitQueue* queue, ulong deadline)
    {
        s_ready.Remove(thread);
        thread->State = ThreadState.Blocked;
        thread->Block = kind;
        thread->Queue = queue;
        if (queue != null)
        {
            queue->Append(thread);
        }
        if (deadline != Never)
        {
            thread->Deadline = deadline;
            s_sleepers.Add(thread);
        }
        s_attention = true;
    }

    /// <summary>Ends a blocked thread's system call with a result.</summary>
    public static void Unblock(Thread* thread, long result)
    {
        CoreTrace.Record(CoreTraceKind.Woken, (uint)thread->Id);
        thread->Frame.Rax = (ulong)result;
        Detach(thread);
        MakeReady(thread);
    }

    /// <summary>Lets a blocked thread make its system call again: RAX still holds its number.</summary>
    public static void Restart(Thread* thread)
    {
        thread->Frame.Rip -= SystemCalls.InstructionLength;
        Detach(thread);
        MakeReady(thread);
    }

    /// <summary>Wakes all threads of a wait queue; each makes its system call again.</summary>
    public static void Wake(WaitQueue* queue)
    {
        while (queue->First != null)
        {
            Restart(queue->First);
        }
    }

    /// <summary>Moves a waiting thread to the end of another queue.</summary>
    public static void Requeue(Thread* thread, WaitQueue* queue)
    {
        thread->Queue->Remove(thread);
        thread->Queue = queue;
        queue->Append(thread);
    }

    /// <summary>Takes a thread out of everything for good.</summary>
    public static void Retire(Thread* thread)
    {
        if (thread->State == ThreadState.Ready)
        {
            s_ready.Remove(thread);
        }
        else if (thread->State == ThreadState.Blocked)
        {
            Detach(thread);
        }
        thread->State = ThreadState.Ended;
        if (thread == s_current)
        {
            s_current = null;
        }
        s_attention = true;
    }

    /// <summary>Makes sure that the MMU does not use an address space that is about to go.</summary>
    public static void LeaveAddressSpace(AddressSpace* space)
    {
        if (AddressSpace.ActiveRoot == space->Tables.Root)
        {
            AddressSpace.ActiveRoot = s_idleTables.Root;
            s_idleTables.Activate();
        }
    }

    /// <summary>Nanoseconds that a thread has run.</summary>
    public static ulong RunTimeOf(Thread* thread) =>
        thread == s_current
            ? thread->RunTime + (Clock.Monotonic - thread->RunningSince)
            : thread->RunTime;

    private static void SelectAnew()
    {
        while (true)
        {
            s_attention = false;
            Reaper.Step();
            Thread* next = s_ready.Head;
            if (next == null)
            {
                Idle();
                continue;
            }
            if (!Signals.TryDeliverAll(next))
            {
                continue;
            }
            if (next != s_current)
            {
                SwitchTo(next);
            }
            next->Domain->Space.Activate();
            // Look again at the end of the next trap: a dying domain's frames come back slice by slice, and a signal that
            // came during a long call is held up until the call's last slice is done.
            s_attention = Reaper.IsBusy || next->Progress != 0;
            Arm();
            return;
        }
    }

    private static void SwitchTo(Thread* next)
    {
        ulong now = Clock.Monotonic;
        if (s_current != null)
        {
            s_current->RunTime += now - s_current->RunningSince;
        }
        next->RunningSince = now;
        s_current = next;
        s_sliceRunning = false;
        Switches++;
        CurrentContext.Set(&next->Frame, next->FpArea);
        Cpu.WriteFsBase(next->FsBase);
    }

    private static void Idle()
    {
        ulong since = Clock.Monotonic;
        if (s_current != null)
        {
            // Not counted as its running time; and its domain may end while the core idles.
            s_current->RunTime += since - s_current->RunningSince;
            s_current = null;
        }
        if (Reaper.IsBusy)
        {
            // Let interrupts in between two slices, but do not sleep.
            ArmAt(since);
        }
        else
        {
            Arm();
        }
        Cores.Idle.Wait();
        IdleTime += Clock.Monotonic - since;
    }

    private static void Arm()
    {
        ulong deadline = s_sleepers.First == null ? Never : s_sleepers.First->Deadline;
        if (s_ready.IsContended)
        {
            if (!s_sliceRunning)
            {
                s_sliceRunning = true;
                s_sliceEnd = Clock.Monotonic + SliceLength;
            }
            deadline = Math.Min(deadline, s_sliceEnd);
        }
        if (Reaper.IsBusy)
        {
            // A thread that computes and never calls must not keep an ended domain's memory from coming back.
            deadline = Math.Min(deadline, Clock.Monotonic + SliceLength);
        }
        ArmAt(deadline);
    }

    /// <summary>Sees to it that the timer fires by then; what it is armed for earlier stays.</summary>
    public static void ArmAt(ulong deadline)
    {
        if (deadline < s_armed)
        {
            s_armed = deadline;
            LocalApic.ArmTimer(deadline);
        }
    }

    private static void MakeReady(Thread* thread)
    {
        thread->State = ThreadState.Ready;
        s_ready.Append(thread);
        if (s_current == null || thread->Priority >= s_current->Priority)
        {
            s_attention = true;
        }
    }

    // Takes a blocked thread out of what it waits in.
    private static void Detach(Thread* thread)
    {
        if (thread->Queue != null)
        {
            thread->Queue->Remove(thread);
            thread->Queue = null;
        }
        if (thread->InSleepQueue)
        {
            s_sleepers.Remove(thread);
        }
        thread->Block = BlockKind.None;
    }

    private static void Expire(Thread* thread)
    {
        switch (thread->Block)
        {
            case BlockKind.Futex:
                Unblock(thread, -Errno.ETIMEDOUT);
                break;
            case BlockKind.Sleep:
                Unblock(thread, 0);
                break;
            default:
                Restart(thread);
                break;
        }
    }
}

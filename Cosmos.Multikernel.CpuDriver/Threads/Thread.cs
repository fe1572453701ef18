using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Threads;

public enum ThreadState : byte
{
    /// <summary>In the ready queue (the head of the highest level is the one that runs).</summary>
    Ready,

    /// <summary>Waits in a futex bucket, a wait queue, the sleep queue, or in a combination of these.</summary>
    Blocked,

    /// <summary>Will never run again; its frame goes back with its domain or at once.</summary>
    Ended,
}

/// <summary>What becomes of a blocked thread's system call when a deadline passes or a signal arrives.</summary>
public enum BlockKind : byte
{
    None,

    /// <summary>FUTEX_WAIT: -ETIMEDOUT at the deadline.</summary>
    Futex,

    /// <summary>A sleep: 0 at the deadline.</summary>
    Sleep,

    /// <summary>A wait queue (pipe, console): the call is made again when something happened.</summary>
    Queue,

    /// <summary>poll: the call is made again when something happened or at the deadline, but not after a signal.</summary>
    Poll,

    /// <summary>A call that another thread of the domain answers, which gives it its result; no signal ends it.</summary>
    Reflected,
}

/// <summary>
/// One thread of a domain. It fills a frame of its own: this structure first, its FP image behind it; a trap from ring 3
/// pushes registers straight into <see cref="Frame"/>, so a thread's registers are saved once and stay where they are.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Thread
{
    /// <summary>Where the FP image begins in the thread's frame: 64-byte aligned, as XSAVE demands.</summary>
    private const ulong FpOffset = 512;

    public TrapFrame Frame;
    public byte* FpArea;
    public ulong FsBase;
    public Domain* Domain;

    // In the ready queue, or in the one queue it waits in.
    public Thread* Next;
    public Thread* Previous;

    // In the domain's list of threads, and in its table by identifier.
    public Thread* NextInDomain;
    public Thread* PreviousInDomain;
    public Thread* NextInBucket;

    // In the sleep queue (a pairing heap).
    public Thread* HeapChild;
    public Thread* HeapSibling;
    public Thread* HeapPrevious;

    /// <summary>When a sleep or wait ends by itself, in nanoseconds since boot; only while in the sleep queue.</summary>
    public ulong Deadline;

    /// <summary>The queue it waits in; null when in none.</summary>
    public WaitQueue* Queue;

    /// <summary>The address and bit set of a futex wait.</summary>
    public ulong FutexAddress;
    public uint FutexBits;

    public int Id;
    public byte Priority;
    public ThreadState State;
    public BlockKind Block;
    public bool InSleepQueue;

    /// <summary>Signals held back, bit n-1 for signal n.</summary>
    public ulong SignalMask;

    /// <summary>Signals sent to this thread and not delivered yet.</summary>
    public ulong PendingSignals;

    /// <summary>Cleared and futex-woken when the thread ends (CLONE_CHILD_CLEARTID); 0 for none.</summary>
    public ulong ClearOnExit;

    /// <summary>How far a long system call has come; non-zero while it is made again and again. No signal is delivered then.</summary>
    public ulong Progress;

    /// <summary>Where a nanosleep wants the remaining time when a signal ends it early; 0 for nowhere.</summary>
    public ulong RemainingAddress;

    /// <summary>When a call that is made again and again (poll, reading the terminal) gives up; 0 outside such a call.</summary>
    public ulong WaitUntil;

    /// <summary>When it was last given the core, and how long it has run before that; in nanoseconds.</summary>
    public ulong RunningSince;
    public ulong RunTime;

    /// <summary>Makes a thread with cleared registers that belongs to a domain; it does not run yet.</summary>
    /// <returns>Null when there is no memory.</returns>
    public static Thread* Create(Domain* domain)
    {
        ulong frame = domain->Space.AllocateObjectFrame();
        if (frame == 0)
        {
            return null;
        }
        byte* block = DirectMap.At(frame);
        Bytes.Clear(block, AddressSpace.PageSize);
        Thread* thread = (Thread*)block;
        thread->FpArea = block + FpOffset;
        Fpu.InitialiseArea(thread->FpArea);
        thread->Domain = domain;
        thread->Priority = domain->Priority;
        thread->State = ThreadState.Blocked;
        thread->Frame.Cs = Descriptors.UserCode;
        thread->Frame.Ss = Descriptors.UserData;
        // Interrupts enabled; bit 1 is always set (Intel SDM volume 1, section 3.4.3).
        thread->Frame.Rflags = 0x202;
        domain->Threads.Add(thread);
        return thread;
    }

    /// <summary>Gives the thread's frame back. It must be in no queue.</summary>
    public static void Destroy(Thread* thread)
    {
        Domain* domain = thread->Domain;
        domain->Threads.Remove(thread);
        domain->Space.FreeObjectFrame(DirectMap.PhysicalOf(thread));
    }
}

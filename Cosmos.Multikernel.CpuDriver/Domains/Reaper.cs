using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Domains;

/// <summary>Takes ended domains and threads apart: a bounded slice at the end of each trap, so that nobody waits for it.</summary>
public static unsafe class Reaper
{
    private static Domain* s_domain;
    private static Thread* s_threads;

    /// <summary>Whether there is still work.</summary>
    public static bool IsBusy => s_domain != null || s_threads != null;

    /// <summary>Frames that an ended domain still held when all had been given back: 0, or there is a leak.</summary>
    public static ulong LeakedFrames { get; private set; }

    /// <summary>A domain ended.</summary>
    public static void Add(Domain* domain)
    {
        Scheduler.LeaveAddressSpace(&domain->Space);
        // Ended domains are found through the list of domains; which one is next does not matter.
        s_domain = s_domain == null ? domain : s_domain;
        Scheduler.DrawAttention();
    }

    /// <summary>A thread ended while its domain goes on. Its block may still be the current one: it is freed later.</summary>
    public static void Add(Thread* thread)
    {
        thread->Next = s_threads;
        s_threads = thread;
        Scheduler.DrawAttention();
    }

    /// <summary>Does one slice.</summary>
    public static void Step()
    {
        while (s_threads != null)
        {
            Thread* thread = s_threads;
            s_threads = thread->Next;
            if (thread->Domain->State == DomainState.Running)
            {
                Thread.Destroy(thread);
            }
        }
        if (s_domain == null || !TryReap(s_domain))
        {
            return;
        }
        s_domain = null;
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            if (domain->State == DomainState.Ended)
            {
                s_domain = domain;
            }
        }
    }

    private static bool TryReap(Domain* domain)
    {
        while (domain->Threads.First != null)
        {
            Thread.Destroy(domain->Threads.First);
        }
        if (!domain->Space.TryDismantle())
        {
            return false;
        }
        // The domain's own frame is the last one.
        LeakedFrames += domain->Space.PrivateFrames - 1;
        DomainList.Destroy(domain);
        return true;
    }
}

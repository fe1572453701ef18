using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Domains;

/// <summary>Takes ended domains apart: a bounded slice at the end of each trap, so that nobody waits for it.</summary>
public static unsafe class Reaper
{
    private static Domain* s_domain;

    private const int ThreadsPerSlice = 64;

    /// <summary>Whether there is still work.</summary>
    public static bool IsBusy => s_domain != null;

    /// <summary>A domain ended.</summary>
    public static void Add(Domain* domain)
    {
        Scheduler.LeaveAddressSpace(&domain->Space);
        // Ended domains are found through the list of domains; which one is next does not matter.
        s_domain = s_domain == null ? domain : s_domain;
        Scheduler.DrawAttention();
    }

    /// <summary>One of those that gave an ended domain devices has left its channel: its devices touch no memory any more.</summary>
    /// <param name="id">The domain's identifier.</param>
    public static void OnPeerGone(int id)
    {
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            if (domain->Id == id && --domain->AwaitedPeers == 0)
            {
                if (domain->State == DomainState.Draining)
                {
                    domain->State = DomainState.Ended;
                    Add(domain);
                }
                return;
            }
        }
    }

    /// <summary>Does one slice.</summary>
    public static void Step()
    {
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
        for (int i = 0; i < ThreadsPerSlice && domain->Threads.First != null; i++)
        {
            Thread.Destroy(domain->Threads.First);
        }
        if (domain->Threads.First != null)
        {
            return false;
        }
        switch (CapabilityRelease.Step(domain))
        {
            case ReleaseProgress.Again:
                return false;
            case ReleaseProgress.Waiting:
                // Nothing to do here until there is room in a link, or a peer has left.
                domain->State = DomainState.Draining;
                return true;
        }
        if (!domain->Space.TryDismantle())
        {
            return false;
        }
        // The domain's own frame is the last one.
        ulong leaked = domain->Space.PrivateFrames - 1;
        if (leaked != 0 || domain->Space.AccountedPages != 0)
        {
            Log.Begin(Domain.NameOf(domain), (uint)domain->NameLength);
            Log.Text("left behind: frames "u8);
            Log.Number(leaked);
            Log.Text(", promised pages "u8);
            Log.Number(domain->Space.AccountedPages);
            Log.End();
        }
        uint module = Declarations.ModuleOf(domain);
        DomainList.Destroy(domain);
        Supervision.OnGone(module);
        return true;
    }
}

using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

internal enum ReleaseProgress
{
    Done,

    /// <summary>A slice is done.</summary>
    Again,

    /// <summary>
    /// Nothing is given up before devices are silenced (<see cref="Reaper.OnPeerGone"/>); or all is, but some frames' homes do not know
    /// yet (<see cref="Homecoming.SendPending(uint)"/>).
    /// </summary>
    Waiting,
}

/// <summary>Gives up all capabilities of a domain that ended, a slice at a time.</summary>
/// <remarks>
/// A device that the domain drove may still write to its frames, and to those that others had given it. So all of them stay where they are until
/// whoever gave it the device has left the channel by which it came: the device manager silences devices before it does.
/// </remarks>
internal static unsafe class CapabilityRelease
{
    // Each may be a mapping of 512 pages.
    private const int PerSlice = 16;
    private const int LooksPerSlice = 1024;

    public static ReleaseProgress Step(Domain* domain)
    {
        CapabilityTable* table = CapabilityTable.Of(domain);
        if (table == null)
        {
            return ReleaseProgress.Done;
        }
        if (domain->AwaitedPeers != 0)
        {
            return ReleaseProgress.Waiting;
        }
        int released = 0;
        for (int looks = 0; looks < LooksPerSlice && released < PerSlice; looks++)
        {
            if (table->Released == table->Limit)
            {
                return Finish(domain, table);
            }
            uint index = table->Released++;
            if (table->At(index)->State == CapabilityState.Held)
            {
                CapabilityOperations.Release(domain, index);
                released++;
            }
        }
        return ReleaseProgress.Again;
    }

    private static ReleaseProgress Finish(Domain* domain, CapabilityTable* table)
    {
        if (table->FirstGoingHome != 0)
        {
            return ReleaseProgress.Waiting;
        }
        CapabilityTable.Destroy(domain);
        // What it allocated and others hold now is charged to nobody from here on.
        domain->Space.UnchargeFrames(domain->Space.HeldFramePages);
        return ReleaseProgress.Done;
    }
}

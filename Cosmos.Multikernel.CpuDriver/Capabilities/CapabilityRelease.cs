using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

internal enum ReleaseProgress
{
    Done,

    /// <summary>A slice is done.</summary>
    Again,

    /// <summary>All is given up, but some frames' homes do not know yet: <see cref="Homecoming.SendPending(uint)"/> goes on.</summary>
    Waiting,
}

/// <summary>Gives up all capabilities of a domain that ended, a slice at a time.</summary>
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

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>What all domains of this core were promised and have not touched yet.</summary>
public static class Commitment
{
    // Kept back from everything that a domain asks for, for what the CPU driver takes without asking: links to other
    // cores, tables for frames that they share, mapping tables.
    private const ulong DriverReserve = 64;

    // Kept back from promises beyond that, for the first tables and objects of domains; and one table for as many promised
    // pages as it maps.
    private const ulong DomainReserve = 192;
    private const ulong PagesPerTable = 512;

    /// <summary>The core's one frame of zeroes, behind every page that was only ever read.</summary>
    public static ulong ZeroFrame { get; private set; }

    /// <summary>Must run before the first address space exists; false when there is no frame left.</summary>
    public static bool TryInitialise()
    {
        ZeroFrame = Frames.AllocateZeroed();
        Outstanding = 0;
        return ZeroFrame != 0;
    }

    /// <summary>Promised pages that have no frame yet.</summary>
    public static ulong Outstanding { get; private set; }

    /// <summary>Pages that could be promised now.</summary>
    public static ulong Available
    {
        get
        {
            ulong kept =
                Outstanding + (Outstanding / PagesPerTable) + DriverReserve + DomainReserve;
            return Frames.FreeCount > kept ? Frames.FreeCount - kept : 0;
        }
    }

    public static bool TryPromise(ulong pages)
    {
        if (pages > Available)
        {
            return false;
        }
        Outstanding += pages;
        return true;
    }

    /// <summary>Promised pages got their frames, or are not wanted any more.</summary>
    public static void Withdraw(ulong pages) => Outstanding -= pages;

    /// <summary>A promised page gave its frame back and may be touched again.</summary>
    public static void Renew(ulong pages) => Outstanding += pages;

    /// <summary>Whether frames can be taken without a promise and without breaking one.</summary>
    public static bool MayTake(ulong frames) =>
        Frames.FreeCount >= Outstanding + DriverReserve + frames;
}

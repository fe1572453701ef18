// A domain's memory: which addresses mean what, and the frames behind them.
// Principles:
//  1. What is promised can be paid. A private writable page is charged when it is mapped, against the domain's limit and
//     against the core's free frames, so a program hears "no memory" from mmap or mprotect and never from a touch.
//     Exempt are thread stacks (8 MB each, touched in a few pages): they are charged page by page.
//  2. Memory is found on first touch, zeroed; image pages are the boot module's own frames, shared by all cores,
//     until written.
//  3. No page is writable and executable at once, ever.
//  4. A leaf that is not Foreign is a frame this domain owns. It is counted exactly, and when the domain ends the
//     counts must come out at zero.
//  5. Nothing takes unbounded time: work proportional to a range is cut into slices of PageBudget pages.

using System;

namespace Cosmos.Multikernel.CpuDriver.Memory;

public unsafe partial struct AddressSpace
{
    public const ulong PageSize = 4096;
    public const ulong PageMask = PageSize - 1;

    /// <summary>First address an instance may use: below it every access is a null reference.</summary>
    public const ulong UserStart = 0x1_0000;

    /// <summary>
    /// End of what an instance may use. The last page below the non-canonical hole stays empty, so that no instruction
    /// ends exactly at the hole: SYSRET to there faults in ring 0 (Intel SDM volume 2B, SYSRET).
    /// </summary>
    public const ulong UserEnd = 0x7fff_ffff_f000;

    /// <summary>Pages handled before a long operation looks whether something else wants the core.</summary>
    public const int PageBudget = 1024;

    /// <summary>The translation that this core's MMU uses for the domain.</summary>
    public PageTables Tables;

    /// <summary>What each range of addresses is.</summary>
    public MappingTable Mappings;

    /// <summary>Pages that the domain may hold or have promised, all together.</summary>
    public ulong LimitPages;

    /// <summary>Pages promised (see <see cref="Mapping.Accounted"/>), touched or not.</summary>
    public ulong AccountedPages;

    /// <summary>Promised pages that have their frame already.</summary>
    public ulong BackedPages;

    /// <summary>Touched pages of stacks: frames without a promise.</summary>
    public ulong StackPages;

    /// <summary>Frames of the translation tables.</summary>
    public ulong TableFrames;

    /// <summary>Frames of CPU-driver objects that belong to the domain: threads, pipes, the domain itself.</summary>
    public ulong ObjectFrames;

    /// <summary>Frames of channels that the domain offers to others; they may outlive it.</summary>
    public ulong LentFrames;

    /// <summary>Pages of the frames that the domain allocated and that are not back (among the promised and backed ones).</summary>
    public ulong HeldFramePages;

    /// <summary>Page faults served.</summary>
    public ulong Faults;

    /// <summary>Where the heap begins (page aligned); set by the loader behind the image.</summary>
    public ulong BreakStart;

    /// <summary>Where the heap ends now, as the instance was told (any byte).</summary>
    public ulong Break;

    // Where the last search for room ended; below it there is probably room again.
    private ulong _roomHint;

    // Part of the limit that promises may not use up: tables, stacks and threads live from it.
    private ulong _allowance;

    /// <summary>Makes an empty address space.</summary>
    /// <param name="limitPages">The most pages it may hold.</param>
    /// <returns>False when there is no memory for its tables.</returns>
    public static bool TryCreate(AddressSpace* space, ulong limitPages)
    {
        *space = default;
        ulong before = Frames.FreeCount;
        if (!PageTables.TryCreate(out space->Tables))
        {
            return false;
        }
        space->TableFrames = before - Frames.FreeCount;
        space->LimitPages = limitPages;
        space->_allowance = Math.Min(limitPages / 8, (limitPages / 64) + 256);
        space->_roomHint = RoomTop;
        return true;
    }

    /// <summary>Frames that the domain really holds: neither shared nor somebody else's.</summary>
    public readonly ulong PrivateFrames =>
        BackedPages + StackPages + TableFrames + ObjectFrames + Mappings.FrameCount;

    /// <summary>Pages that count against the limit.</summary>
    public readonly ulong ChargedPages => AccountedPages + Math.Max(Overhead, _allowance);

    private readonly ulong Overhead =>
        StackPages + TableFrames + ObjectFrames + LentFrames + Mappings.FrameCount;

    /// <summary>Pages that could still be promised to this domain.</summary>
    public readonly ulong AvailablePages =>
        Math.Min(LimitPages > ChargedPages ? LimitPages - ChargedPages : 0, Commitment.Available);

    /// <summary>Promises <paramref name="pages"/> more pages, or refuses.</summary>
    public bool TryCharge(ulong pages)
    {
        if (
            pages > LimitPages
            || ChargedPages + pages > LimitPages
            || !Commitment.TryPromise(pages)
        )
        {
            return false;
        }
        AccountedPages += pages;
        return true;
    }

    /// <summary>Takes back a promise of pages that have no frame (any more).</summary>
    public void Uncharge(ulong pages)
    {
        AccountedPages -= pages;
        Commitment.Withdraw(pages);
    }

    /// <summary>Charges pages of a frame that is taken now and may leave the domain, or refuses.</summary>
    public bool TryChargeFrames(ulong pages)
    {
        if (!TryCharge(pages))
        {
            return false;
        }
        Commitment.Withdraw(pages);
        BackedPages += pages;
        HeldFramePages += pages;
        return true;
    }

    /// <summary>Such a frame is free again. One that outlived the domain's accounts changes nothing.</summary>
    public void UnchargeFrames(ulong pages)
    {
        if (pages <= HeldFramePages)
        {
            HeldFramePages -= pages;
            BackedPages -= pages;
            AccountedPages -= pages;
        }
    }

    /// <summary>A frame for a CPU-driver object of this domain; undefined content; 0 when there is none.</summary>
    public ulong AllocateObjectFrame()
    {
        if (!MayGrow(1))
        {
            return 0;
        }
        ulong frame = Frames.Allocate();
        if (frame != 0)
        {
            ObjectFrames++;
        }
        return frame;
    }

    public void FreeObjectFrame(ulong frame)
    {
        Frames.Free(frame);
        ObjectFrames--;
    }

    /// <summary>Charges frames that the domain is going to share with another, or refuses.</summary>
    public bool TryLend(ulong frames)
    {
        if (!MayGrow(frames))
        {
            return false;
        }
        LentFrames += frames;
        return true;
    }

    public void TakeBack(ulong frames) => LentFrames -= frames;

    // Whether overhead may grow without eating what was promised to this domain or to others.
    private readonly bool MayGrow(ulong frames) =>
        AccountedPages + Overhead + frames <= LimitPages && Commitment.MayTake(frames);

    // Maps one page, counting the tables that this takes. The caller has room for three more tables.
    private bool TryMapCounted(ulong page, ulong frame, PageFlags flags)
    {
        ulong before = Frames.FreeCount;
        bool mapped = Tables.TryMap(page, frame, flags);
        TableFrames += before - Frames.FreeCount;
        return mapped;
    }
}

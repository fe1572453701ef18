// Walks over the pages of a range, within a budget.

using System;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Memory;

public unsafe partial struct AddressSpace
{
    private const ulong TableSpan = 0x20_0000;

    // With more stale translations than this, forgetting all of them is cheaper than naming each.
    private const ulong FlushThreshold = 32 * PageSize;

    /// <summary>Root of the tables that the MMU uses now; the scheduler keeps it.</summary>
    public static ulong ActiveRoot;

    /// <summary>Lets the MMU use this address space.</summary>
    public void Activate()
    {
        if (ActiveRoot != Tables.Root)
        {
            ActiveRoot = Tables.Root;
            Tables.Activate();
        }
    }

    // Gives the frames of mapped pages back and clears their leaves; returns where it stopped.
    private ulong DropPages(Mapping* mapping, ulong start, ulong end, ref int budget)
    {
        ulong at = start;
        ulong first = 0;
        ulong last = 0;
        ulong dropped = 0;
        while (budget > 0 && (at = Tables.NextMapped(at, end)) < end)
        {
            ulong* entry = Tables.FindEntry(at);
            ulong stop = Math.Min(end, (at & ~(TableSpan - 1)) + TableSpan);
            for (; at < stop && budget > 0; at += PageSize, entry++)
            {
                ulong leaf = *entry;
                if (leaf == 0)
                {
                    continue;
                }
                if ((leaf & (ulong)PageFlags.Foreign) == 0)
                {
                    Frames.Free(PageTables.FrameOf(leaf));
                    dropped++;
                }
                *entry = 0;
                first = first == 0 ? at : first;
                last = at;
                budget--;
            }
        }
        if (mapping->Accounted)
        {
            BackedPages -= dropped;
            Commitment.Renew(dropped);
        }
        else
        {
            StackPages -= dropped;
        }
        ForgetTranslations(first, last);
        return budget > 0 ? end : at;
    }

    // Makes the leaves of mapped pages say what their mapping says; returns where it stopped.
    private ulong RefreshPages(Mapping* mapping, ulong start, ulong end, ref int budget)
    {
        ulong at = start;
        ulong first = 0;
        ulong last = 0;
        ulong own = PageTables.BitsOf(FlagsFor(mapping, foreign: false));
        ulong foreign = PageTables.BitsOf(FlagsFor(mapping, foreign: true));
        while (budget > 0 && (at = Tables.NextMapped(at, end)) < end)
        {
            ulong* entry = Tables.FindEntry(at);
            ulong stop = Math.Min(end, (at & ~(TableSpan - 1)) + TableSpan);
            for (; at < stop && budget > 0; at += PageSize, entry++)
            {
                ulong leaf = *entry;
                if (leaf == 0)
                {
                    continue;
                }
                ulong flags = (leaf & (ulong)PageFlags.Foreign) == 0 ? own : foreign;
                *entry = PageTables.FrameOf(leaf) | flags;
                first = first == 0 ? at : first;
                last = at;
                budget--;
            }
        }
        ForgetTranslations(first, last);
        return budget > 0 ? end : at;
    }

    // One core runs a domain, so its translations are nowhere else; of an inactive space nothing is remembered.
    private readonly void ForgetTranslations(ulong first, ulong last)
    {
        if (first == 0 || ActiveRoot != Tables.Root)
        {
            return;
        }
        if (last - first >= FlushThreshold)
        {
            Cpu.WriteCr3(Tables.Root);
            return;
        }
        for (ulong page = first; page <= last; page += PageSize)
        {
            Cpu.InvalidatePage(page);
        }
    }

    // Frees the last-level tables that nothing needs any more in and at the edges of a range that was unmapped, so that
    // mapping and unmapping small pieces here and there leaves no tables behind.
    private void FreeTablesAround(ulong start, ulong end)
    {
        if (!IsFree(start, end))
        {
            // Another thread has mapped something there between two slices.
            return;
        }
        ulong low = start & ~(TableSpan - 1);
        ulong high = (end + TableSpan - 1) & ~(TableSpan - 1);
        if (Mappings.TrySeekBelow(start, out MappingCursor below))
        {
            low = Math.Max(low, Mappings.At(below)->End);
        }
        if (Mappings.TrySeek(end, out MappingCursor above))
        {
            high = Math.Min(high, Mappings.At(above)->Start);
        }
        if (high < low + TableSpan)
        {
            return;
        }
        ulong freed = Tables.FreeTables(low, high);
        TableFrames -= freed;
        if (freed != 0 && ActiveRoot == Tables.Root)
        {
            // The MMU remembers tables, too (Intel SDM volume 3A, section 4.10.3).
            Cpu.WriteCr3(Tables.Root);
        }
    }
}

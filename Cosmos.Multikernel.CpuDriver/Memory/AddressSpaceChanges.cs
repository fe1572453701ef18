// Changing and removing mappings: what munmap, mprotect and madvise come down to.
//
// All three are one walk over the mappings of a range that differs only in what becomes of a mapping's pages. It is cut
// into slices of PageBudget pages: a caller that hears Again calls again with the same arguments and the progress so far.
// Whatever other answer a caller gets, the progress is 0 again: nothing of one call can leak into the next.

using System;

namespace Cosmos.Multikernel.CpuDriver.Memory;

public unsafe partial struct AddressSpace
{
    private enum Change
    {
        /// <summary>Pages and mappings go.</summary>
        Remove,

        /// <summary>Pages go, their mappings stay.</summary>
        Discard,

        /// <summary>Pages stay and become what their mapping says.</summary>
        Refresh,
    }

    /// <summary>Removes whatever is mapped in the range, a slice at a time.</summary>
    /// <param name="progress">0 at first; where to go on when the result is <see cref="MemoryResult.Again"/>.</param>
    public MemoryResult Remove(ulong start, ulong length, ref ulong progress)
    {
        if (!IsUserRange(start, length))
        {
            return MemoryResult.BadRange;
        }
        ulong end = start + length;
        if (progress == 0 && HasForeign(start, end))
        {
            return MemoryResult.Denied;
        }
        if (!Mappings.TryReserve())
        {
            progress = 0;
            return MemoryResult.NoMemory;
        }
        if (!TryWalk(start, end, Change.Remove, ref progress))
        {
            return MemoryResult.Again;
        }
        FreeTablesAround(start, end);
        if (end > _roomHint && end <= RoomTop)
        {
            _roomHint = end;
        }
        return MemoryResult.Done;
    }

    /// <summary>Changes what may be done with the range, up to the first gap in it, a slice at a time.</summary>
    /// <param name="progress">0 at first; where to go on when the result is <see cref="MemoryResult.Again"/>.</param>
    /// <returns><see cref="MemoryResult.NotMapped"/> when there is a gap.</returns>
    public MemoryResult Protect(
        ulong start,
        ulong length,
        Protection protection,
        ref ulong progress
    )
    {
        if (!IsUserRange(start, length))
        {
            return MemoryResult.BadRange;
        }
        ulong end = start + length;
        ulong covered = EndOfRun(start, end);
        if (progress == 0 && covered != start)
        {
            MemoryResult result = ProtectMappings(start, covered, protection);
            if (result != MemoryResult.Done)
            {
                return result;
            }
        }
        // The pages follow whatever their mapping says now: it may have changed again between two slices.
        return !TryWalk(start, covered, Change.Refresh, ref progress) ? MemoryResult.Again
            : covered < end ? MemoryResult.NotMapped
            : MemoryResult.Done;
    }

    /// <summary>Forgets the contents of the range (it stays mapped and promised), a slice at a time.</summary>
    /// <param name="progress">0 at first; where to go on when the result is <see cref="MemoryResult.Again"/>.</param>
    /// <returns><see cref="MemoryResult.NotMapped"/> when there is a gap; what lies around it is forgotten all the same.</returns>
    public MemoryResult Discard(ulong start, ulong length, ref ulong progress)
    {
        if (!IsUserRange(start, length))
        {
            return MemoryResult.BadRange;
        }
        ulong end = start + length;
        if (progress == 0 && HasForeign(start, end))
        {
            return MemoryResult.Denied;
        }
        return !TryWalk(start, end, Change.Discard, ref progress) ? MemoryResult.Again
            : EndOfRun(start, end) < end ? MemoryResult.NotMapped
            : MemoryResult.Done;
    }

    // One slice of the walk; true when the whole range is done.
    private bool TryWalk(ulong start, ulong end, Change change, ref ulong progress)
    {
        ulong at = Math.Max(start, progress);
        int budget = PageBudget;
        while (
            at < end
            && Mappings.TrySeek(at, out MappingCursor cursor)
            && Mappings.At(cursor)->Start < end
        )
        {
            if (budget <= 0)
            {
                progress = at;
                return false;
            }
            Mapping* mapping = Mappings.At(cursor);
            ulong first = Math.Max(at, mapping->Start);
            ulong last = Math.Min(mapping->End, end);
            at =
                change == Change.Refresh
                    ? RefreshPages(mapping, first, last, ref budget)
                    : DropPages(mapping, first, last, ref budget);
            if (change == Change.Remove && at > first)
            {
                // What lost its pages must also lose its mapping now: another thread may touch it before we go on.
                Mappings.SplitAt(first);
                Mappings.SplitAt(at);
                Mappings.TrySeek(first, out cursor);
                TakeOut(cursor);
            }
            // A mapping without pages is work, too.
            budget--;
        }
        progress = 0;
        return true;
    }

    // Takes a mapping without pages off the books.
    private void TakeOut(MappingCursor cursor)
    {
        Mapping* mapping = Mappings.At(cursor);
        if (mapping->Accounted)
        {
            Uncharge((mapping->End - mapping->Start) / PageSize);
        }
        Mappings.RemoveAt(cursor);
    }

    // Where the first gap at or after start begins, at most end.
    private readonly ulong EndOfRun(ulong start, ulong end)
    {
        ulong covered = start;
        if (!Mappings.TrySeek(start, out MappingCursor cursor))
        {
            return covered;
        }
        while (covered < end && Mappings.At(cursor)->Start <= covered)
        {
            covered = Math.Min(Mappings.At(cursor)->End, end);
            if (!Mappings.TryNext(ref cursor))
            {
                break;
            }
        }
        return covered;
    }

    private readonly bool HasForeign(ulong start, ulong end)
    {
        if (!Mappings.TrySeek(start, out MappingCursor cursor))
        {
            return false;
        }
        do
        {
            Mapping* mapping = Mappings.At(cursor);
            if (mapping->Start >= end)
            {
                return false;
            }
            if (mapping->IsForeign)
            {
                return true;
            }
        } while (Mappings.TryNext(ref cursor));
        return false;
    }

    // The mappings of a range without gaps; all of it or, when it cannot be paid or is not ours to change, nothing.
    private MemoryResult ProtectMappings(ulong start, ulong end, Protection protection)
    {
        if (HasForeign(start, end))
        {
            return MemoryResult.Denied;
        }
        bool writable = (protection & Protection.Write) != 0;
        ulong newlyPromised = 0;
        ulong at = start;
        Mappings.TrySeek(start, out MappingCursor cursor);
        do
        {
            Mapping* mapping = Mappings.At(cursor);
            ulong stop = Math.Min(mapping->End, end);
            if (writable && !mapping->Accounted && mapping->Kind != MappingKind.Stack)
            {
                newlyPromised += (stop - at) / PageSize;
            }
            at = stop;
        } while (at < end && Mappings.TryNext(ref cursor));
        if (!Mappings.TryReserve() || !TryCharge(newlyPromised))
        {
            return MemoryResult.NoMemory;
        }
        Mappings.SplitAt(start);
        Mappings.SplitAt(end);
        Mappings.TrySeek(start, out cursor);
        do
        {
            Mapping* mapping = Mappings.At(cursor);
            mapping->Protection = protection;
            mapping->Accounted |= writable && mapping->Kind != MappingKind.Stack;
            at = mapping->End;
        } while (at < end && Mappings.TryNext(ref cursor));
        Mappings.Join(start, end);
        return MemoryResult.Done;
    }
}

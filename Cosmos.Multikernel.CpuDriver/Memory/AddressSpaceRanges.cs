// Making and changing mappings: what mmap, mprotect, munmap, madvise and brk come down to.

using System;

namespace Cosmos.Multikernel.CpuDriver.Memory;

public enum MemoryResult
{
    Done,

    /// <summary>One slice of the work is done; call again with the same arguments and the returned progress.</summary>
    Again,

    /// <summary>The range is empty, misaligned or outside what an instance may use.</summary>
    BadRange,

    /// <summary>Part of the range is not mapped.</summary>
    NotMapped,

    /// <summary>Part of the range is already mapped.</summary>
    Occupied,

    /// <summary>The range holds memory shared with other domains, which only the CPU driver changes.</summary>
    Denied,

    /// <summary>The limit is reached, the core has no frame left, or there are too many mappings.</summary>
    NoMemory,
}

public unsafe partial struct AddressSpace
{
    /// <summary>Mappings without a wanted address are placed below this, downwards.</summary>
    public const ulong RoomTop = 0x7fff_f000_0000;

    /// <summary>... and not below this: the image and the heap grow up to here.</summary>
    public const ulong RoomBottom = 0x5600_0000_0000;

    /// <summary>Whether [start, start + length) is whole pages that an instance may use; cannot overflow.</summary>
    public static bool IsUserRange(ulong start, ulong length) =>
        (start & PageMask) == 0
        && (length & PageMask) == 0
        && length != 0
        && start >= UserStart
        && start < UserEnd
        && length <= UserEnd - start;

    /// <summary>Adds a mapping to an unused range.</summary>
    /// <param name="mapping">All fields filled in; <see cref="Mapping.Accounted"/> is decided here.</param>
    public MemoryResult Add(Mapping mapping)
    {
        if (!IsUserRange(mapping.Start, mapping.End - mapping.Start))
        {
            return MemoryResult.BadRange;
        }
        if (!IsFree(mapping.Start, mapping.End))
        {
            return MemoryResult.Occupied;
        }
        if (!Mappings.TryReserve())
        {
            return MemoryResult.NoMemory;
        }
        mapping.Accounted =
            (mapping.Protection & Protection.Write) != 0
            && mapping.Kind is MappingKind.Anonymous or MappingKind.Image;
        if (mapping.Accounted && !TryCharge((mapping.End - mapping.Start) / PageSize))
        {
            return MemoryResult.NoMemory;
        }
        Mappings.Insert(mapping);
        return MemoryResult.Done;
    }

    /// <summary>Whether nothing is mapped in [start, end).</summary>
    public readonly bool IsFree(ulong start, ulong end) =>
        !Mappings.TrySeek(start, out MappingCursor cursor) || Mappings.At(cursor)->Start >= end;

    /// <summary>An unused range of whole pages, or 0. Nothing is reserved.</summary>
    public ulong FindRoom(ulong length)
    {
        if (length == 0 || length > RoomTop - RoomBottom)
        {
            return 0;
        }
        ulong room = FindRoomBelow(_roomHint, length);
        if (room == 0 && _roomHint != RoomTop)
        {
            room = FindRoomBelow(RoomTop, length);
        }
        if (room != 0)
        {
            _roomHint = room;
        }
        return room;
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
        if (progress == 0)
        {
            if (HasShared(start, end))
            {
                return MemoryResult.Denied;
            }
            progress = start;
        }
        if (!Mappings.TryReserve())
        {
            return MemoryResult.NoMemory;
        }
        Mappings.SplitAt(progress);
        Mappings.SplitAt(end);
        int budget = PageBudget;
        while (
            progress < end
            && Mappings.TrySeek(progress, out MappingCursor cursor)
            && Mappings.At(cursor)->Start < end
        )
        {
            Mapping* mapping = Mappings.At(cursor);
            ulong stop = DropPages(mapping, mapping->Start, mapping->End, ref budget);
            if (stop < mapping->End)
            {
                // What lost its pages must also lose its mapping now: another thread may touch it before we go on.
                Mappings.SplitAt(stop);
                Mappings.TrySeek(progress, out cursor);
                mapping = Mappings.At(cursor);
            }
            progress = mapping->End;
            if (mapping->Accounted)
            {
                Uncharge((mapping->End - mapping->Start) / PageSize);
            }
            FreeTables(mapping->Start, mapping->End);
            Mappings.RemoveAt(cursor);
            if (budget <= 0 && progress < end)
            {
                return MemoryResult.Again;
            }
        }
        if (end > _roomHint && end <= RoomTop)
        {
            _roomHint = end;
        }
        progress = 0;
        return MemoryResult.Done;
    }

    /// <summary>Changes what may be done with the range, a slice at a time.</summary>
    /// <param name="progress">0 at first; where to go on when the result is <see cref="MemoryResult.Again"/>.</param>
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
        if (progress == 0)
        {
            MemoryResult result = ProtectMappings(start, end, protection);
            if (result != MemoryResult.Done)
            {
                return result;
            }
            progress = start;
        }
        // The pages follow whatever their mapping says now: it may have changed again between two slices.
        int budget = PageBudget;
        while (
            progress < end
            && Mappings.TrySeek(progress, out MappingCursor cursor)
            && Mappings.At(cursor)->Start < end
        )
        {
            Mapping* mapping = Mappings.At(cursor);
            ulong stop = Math.Min(mapping->End, end);
            progress = RefreshPages(mapping, Math.Max(progress, mapping->Start), stop, ref budget);
            if (progress < stop)
            {
                return MemoryResult.Again;
            }
        }
        progress = 0;
        return MemoryResult.Done;
    }

    /// <summary>Forgets the contents of the range (it stays mapped and promised), a slice at a time.</summary>
    /// <param name="progress">0 at first; where to go on when the result is <see cref="MemoryResult.Again"/>.</param>
    public MemoryResult Discard(ulong start, ulong length, ref ulong progress)
    {
        if (!IsUserRange(start, length))
        {
            return MemoryResult.BadRange;
        }
        ulong end = start + length;
        if (progress == 0)
        {
            if (HasShared(start, end))
            {
                return MemoryResult.Denied;
            }
            progress = start;
        }
        int budget = PageBudget;
        while (
            progress < end
            && Mappings.TrySeek(progress, out MappingCursor cursor)
            && Mappings.At(cursor)->Start < end
        )
        {
            Mapping* mapping = Mappings.At(cursor);
            ulong stop = Math.Min(mapping->End, end);
            progress = DropPages(mapping, Math.Max(progress, mapping->Start), stop, ref budget);
            if (progress < stop)
            {
                return MemoryResult.Again;
            }
        }
        progress = 0;
        return MemoryResult.Done;
    }

    private readonly ulong FindRoomBelow(ulong top, ulong length)
    {
        ulong end = top;
        if (Mappings.TrySeekBelow(top, out MappingCursor cursor))
        {
            do
            {
                Mapping* mapping = Mappings.At(cursor);
                if (mapping->End <= end && end - mapping->End >= length)
                {
                    break;
                }
                end = Math.Min(end, mapping->Start);
            } while (end > RoomBottom && Mappings.TryPrevious(ref cursor));
        }
        return end >= RoomBottom + length ? end - length : 0;
    }

    private readonly bool HasShared(ulong start, ulong end)
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
            if (mapping->Kind == MappingKind.Shared)
            {
                return true;
            }
        } while (Mappings.TryNext(ref cursor));
        return false;
    }

    private MemoryResult ProtectMappings(ulong start, ulong end, Protection protection)
    {
        bool writable = (protection & Protection.Write) != 0;
        ulong covered = start;
        ulong newlyPromised = 0;
        if (!Mappings.TrySeek(start, out MappingCursor cursor))
        {
            return MemoryResult.NotMapped;
        }
        do
        {
            Mapping* mapping = Mappings.At(cursor);
            if (mapping->Start > covered)
            {
                return MemoryResult.NotMapped;
            }
            if (mapping->Kind == MappingKind.Shared)
            {
                return MemoryResult.Denied;
            }
            ulong stop = Math.Min(mapping->End, end);
            if (writable && !mapping->Accounted && mapping->Kind != MappingKind.Stack)
            {
                newlyPromised += (stop - covered) / PageSize;
            }
            covered = stop;
        } while (covered < end && Mappings.TryNext(ref cursor));
        if (covered < end)
        {
            return MemoryResult.NotMapped;
        }
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
            covered = mapping->End;
        } while (covered < end && Mappings.TryNext(ref cursor));
        Mappings.Join(start, end);
        return MemoryResult.Done;
    }
}

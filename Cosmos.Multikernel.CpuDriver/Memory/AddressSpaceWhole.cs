// Operations that are not Linux's: the heap end, memory shared with others, and the end of it all.

namespace Cosmos.Multikernel.CpuDriver.Memory;

public unsafe partial struct AddressSpace
{
    /// <summary>Moves the end of the heap.</summary>
    /// <param name="wanted">The new end; one that cannot be had leaves everything as it is.</param>
    /// <param name="progress">As for <see cref="Remove"/>.</param>
    /// <returns><see cref="MemoryResult.Done"/> or <see cref="MemoryResult.Again"/>; <see cref="Break"/> tells what came of it.</returns>
    public MemoryResult MoveBreak(ulong wanted, ref ulong progress)
    {
        if (wanted < BreakStart || wanted > RoomBottom)
        {
            return MemoryResult.Done;
        }
        ulong oldEnd = (Break + PageMask) & ~PageMask;
        ulong newEnd = (wanted + PageMask) & ~PageMask;
        if (newEnd > oldEnd)
        {
            Mapping more = new()
            {
                Start = oldEnd,
                End = newEnd,
                Protection = Protection.Read | Protection.Write,
                Kind = MappingKind.Anonymous,
            };
            if (Add(more) != MemoryResult.Done)
            {
                return MemoryResult.Done;
            }
        }
        else if (newEnd < oldEnd)
        {
            MemoryResult result = Remove(newEnd, oldEnd - newEnd, ref progress);
            if (result != MemoryResult.Done)
            {
                return result == MemoryResult.Again ? result : MemoryResult.Done;
            }
        }
        Break = wanted;
        return MemoryResult.Done;
    }

    /// <summary>Maps all pages of a range within one image mapping at once, as the module has them.</summary>
    public bool TryPopulate(ulong start, ulong end)
    {
        Mapping* mapping = Mappings.Find(start);
        for (ulong page = start; page < end; page += PageSize)
        {
            if (
                !MayGrow(TablesPerPage)
                || ResolveSourced(mapping, page, Protection.Read) != FaultOutcome.Resolved
            )
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Maps frames that are not the address space's own, readable and writable, never executable.</summary>
    /// <returns>The user address, or 0 when there is no memory.</returns>
    public ulong MapShared(ulong firstFrame, uint frames) =>
        MapForeign(firstFrame, frames, Protection.Read | Protection.Write, MappingKind.Shared);

    /// <summary>Maps what is not the address space's own, never executable. Device memory is mapped when it is touched.</summary>
    /// <returns>The user address, or 0 when there is no memory.</returns>
    public ulong MapForeign(ulong physical, ulong pages, Protection protection, MappingKind kind)
    {
        ulong length = pages * PageSize;
        ulong address = FindRoom(length);
        Mapping mapping = new()
        {
            Start = address,
            End = address + length,
            Source = physical,
            Protection = protection & ~Protection.Execute,
            Kind = kind,
        };
        if (address == 0 || Add(mapping) != MemoryResult.Done)
        {
            return 0;
        }
        if (kind != MappingKind.Shared)
        {
            return address;
        }
        PageFlags flags = FlagsFor(&mapping, foreign: true);
        for (ulong done = 0; done < length; done += PageSize)
        {
            if (!MayGrow(TablesPerPage) || !TryMapCounted(address + done, physical + done, flags))
            {
                UnmapForeign(address);
                return 0;
            }
        }
        return address;
    }

    /// <summary>Takes a mapping made by <see cref="MapForeign"/> away; what it showed is the caller's.</summary>
    public void UnmapForeign(ulong address)
    {
        if (
            !Mappings.TrySeek(address, out MappingCursor cursor)
            || Mappings.At(cursor)->Start > address
            || !Mappings.At(cursor)->IsForeign
        )
        {
            return;
        }
        // Not sliced: rings and frames are small, and of device memory only what was touched is there.
        Mapping* mapping = Mappings.At(cursor);
        ulong start = mapping->Start;
        ulong end = mapping->End;
        int budget = int.MaxValue;
        DropPages(mapping, start, end, ref budget);
        TakeOut(cursor);
        FreeTablesAround(start, end);
    }

    /// <summary>Gives everything back, a slice at a time.</summary>
    /// <returns>True when it is done. Object frames are the owner's to free, before or after.</returns>
    public bool TryDismantle()
    {
        int budget = PageBudget;
        while (Mappings.TrySeek(0, out MappingCursor cursor))
        {
            Mapping* mapping = Mappings.At(cursor);
            ulong stop = DropPages(mapping, mapping->Start, mapping->End, ref budget);
            if (stop < mapping->End)
            {
                return false;
            }
            TakeOut(cursor);
            if (--budget <= 0)
            {
                return false;
            }
        }
        Mappings.Clear();
        ulong before = Frames.FreeCount;
        Tables.Destroy();
        TableFrames -= Frames.FreeCount - before;
        return true;
    }
}

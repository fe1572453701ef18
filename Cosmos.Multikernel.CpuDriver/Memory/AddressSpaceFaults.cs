// First touch, copy on write, and what is no valid access.

using System;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Memory;

public enum FaultOutcome
{
    /// <summary>The access can be repeated now.</summary>
    Resolved,

    /// <summary>Nothing is mapped there.</summary>
    NotMapped,

    /// <summary>Something is mapped there, but the access is not allowed.</summary>
    Forbidden,

    /// <summary>The page was never promised (a stack, or its tables) and there is no memory for it.</summary>
    OutOfMemory,
}

public unsafe partial struct AddressSpace
{
    // Mappings of at least this size are touched in sequence (heaps): map a few pages ahead.
    private const ulong AheadThreshold = 0x4_0000;
    private const ulong AheadBytes = 4 * PageSize;

    // Tables that mapping one page may need at most.
    private const ulong TablesPerPage = 3;

    /// <summary>Makes <paramref name="address"/> accessible if its mapping allows that.</summary>
    /// <param name="access">One of read, write, execute.</param>
    public FaultOutcome Resolve(ulong address, Protection access)
    {
        if (address < UserStart || address >= UserEnd)
        {
            return FaultOutcome.NotMapped;
        }
        Mapping* mapping = Mappings.Find(address);
        if (mapping == null)
        {
            return FaultOutcome.NotMapped;
        }
        if ((mapping->Protection & access) == 0)
        {
            return FaultOutcome.Forbidden;
        }
        Faults++;
        ulong page = address & ~PageMask;
        ulong* entry = Tables.FindEntry(page);
        if (entry != null && (*entry & (ulong)PageFlags.Present) != 0)
        {
            return ResolvePresent(mapping, page, entry, access);
        }
        if (entry == null && !MayGrow(TablesPerPage))
        {
            return FaultOutcome.OutOfMemory;
        }
        return mapping->HasSource
            ? ResolveSourced(mapping, page, access)
            : ResolveZero(mapping, page, access);
    }

    // The leaf's flags for a page of this mapping. Without any access the frame stays, out of reach of ring 3: contents
    // must outlive PROT_NONE. Frames of the image are never writable.
    private static PageFlags FlagsFor(Mapping* mapping, bool foreign)
    {
        PageFlags flags = PageFlags.Present;
        if (mapping->Protection != Protection.None)
        {
            flags |= PageFlags.User;
        }
        if ((mapping->Protection & Protection.Write) != 0 && (!foreign || mapping->IsForeign))
        {
            flags |= PageFlags.Writable;
        }
        if ((mapping->Protection & Protection.Execute) == 0)
        {
            flags |= PageFlags.NoExecute;
        }
        if (mapping->Kind == MappingKind.Device)
        {
            flags |= PageFlags.CacheDisable | PageFlags.WriteThrough;
        }
        else if (mapping->Kind == MappingKind.DeviceCombining)
        {
            flags |= PageFlags.WriteCombining;
        }
        return foreign ? flags | PageFlags.Foreign : flags;
    }

    private FaultOutcome ResolvePresent(
        Mapping* mapping,
        ulong page,
        ulong* entry,
        Protection access
    )
    {
        bool foreign = (*entry & (ulong)PageFlags.Foreign) != 0;
        if (access != Protection.Write || !foreign || mapping->IsForeign)
        {
            // The leaf is older than the mapping's protection, or the MMU remembered an older leaf.
            *entry = PageTables.FrameOf(*entry) | PageTables.BitsOf(FlagsFor(mapping, foreign));
            Cpu.InvalidatePage(page);
            return FaultOutcome.Resolved;
        }
        ulong frame = TakeFrame(mapping, zeroed: false);
        if (frame == 0)
        {
            return FaultOutcome.OutOfMemory;
        }
        Bytes.Copy(DirectMap.At(frame), DirectMap.At(PageTables.FrameOf(*entry)), PageSize);
        *entry = frame | PageTables.BitsOf(FlagsFor(mapping, foreign: false));
        Cpu.InvalidatePage(page);
        return FaultOutcome.Resolved;
    }

    private FaultOutcome ResolveSourced(Mapping* mapping, ulong page, Protection access)
    {
        ulong source = mapping->Source + (page - mapping->Start);
        if (!TryMapCounted(page, source, FlagsFor(mapping, foreign: true)))
        {
            return FaultOutcome.OutOfMemory;
        }
        return access == Protection.Write && mapping->Kind == MappingKind.Image
            ? ResolvePresent(mapping, page, Tables.FindEntry(page), access)
            : FaultOutcome.Resolved;
    }

    private FaultOutcome ResolveZero(Mapping* mapping, ulong page, Protection access)
    {
        if (!mapping->Accounted && mapping->Kind != MappingKind.Stack)
        {
            // Readable, but never written: all such pages are one frame of zeroes.
            return TryMapCounted(page, Commitment.ZeroFrame, FlagsFor(mapping, foreign: true))
                ? FaultOutcome.Resolved
                : FaultOutcome.OutOfMemory;
        }
        if (!TryMapZero(mapping, page))
        {
            return FaultOutcome.OutOfMemory;
        }
        if (mapping->Accounted && mapping->End - mapping->Start >= AheadThreshold)
        {
            MapAhead(mapping, page);
        }
        return FaultOutcome.Resolved;
    }

    private bool TryMapZero(Mapping* mapping, ulong page)
    {
        ulong frame = TakeFrame(mapping, zeroed: true);
        if (frame == 0)
        {
            return false;
        }
        if (TryMapCounted(page, frame, FlagsFor(mapping, foreign: false)))
        {
            return true;
        }
        ReturnFrame(mapping, frame);
        return false;
    }

    // The rest of the page's aligned group, as far as it is in the same mapping and table and not there yet.
    private void MapAhead(Mapping* mapping, ulong page)
    {
        ulong end = Math.Min((page | (AheadBytes - 1)) + 1, mapping->End);
        ulong* entry = Tables.FindEntry(page);
        while ((page += PageSize) < end)
        {
            entry++;
            if (*entry != 0 || !TryMapZero(mapping, page))
            {
                return;
            }
        }
    }

    // A frame for a page of this mapping, counted; 0 when a stack may not grow any more.
    private ulong TakeFrame(Mapping* mapping, bool zeroed)
    {
        if (!mapping->Accounted && !MayGrow(1))
        {
            return 0;
        }
        ulong frame = zeroed ? Frames.AllocateZeroed() : Frames.Allocate();
        if (frame == 0)
        {
            return 0;
        }
        if (mapping->Accounted)
        {
            BackedPages++;
            Commitment.Withdraw(1);
        }
        else
        {
            StackPages++;
        }
        return frame;
    }

    private void ReturnFrame(Mapping* mapping, ulong frame)
    {
        Frames.Free(frame);
        if (mapping->Accounted)
        {
            BackedPages--;
            Commitment.Renew(1);
        }
        else
        {
            StackPages--;
        }
    }
}

// Making mappings and finding room for them: what mmap and brk come down to.

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
}

// Four-level page tables (Intel SDM volume 3A, section 4.5).
//
// Principles
// - A core's tables live in its own partition; nobody else ever sees them.
// - Entries 256 to 511 of the root (the upper half) are the core's and the same in all of its address spaces: their
//   tables are made once, at bring-up, so that no later mapping there needs copying.
// - Leaf frames belong to whoever mapped them; only tables are allocated and freed here.

namespace Cosmos.Multikernel.CpuDriver.Memory;

public unsafe struct PageTables
{
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;
    private const ulong LargeSize = FrameAllocator.LargeFrameSize;
    private const int UpperHalf = 256;
    private const int EntriesPerTable = 512;

    /// <summary>Physical address of the root table: CR3.</summary>
    public ulong Root;

    /// <summary>Makes an address space: an empty lower half under this core's upper half.</summary>
    /// <returns>False when no frame is left.</returns>
    public static bool TryCreate(out PageTables tables)
    {
        tables = default;
        ulong root = Frames.AllocateZeroed();
        if (root == FrameAllocator.None)
        {
            return false;
        }
        ulong* target = (ulong*)DirectMap.At(root);
        ulong* kernel = (ulong*)DirectMap.At(Cores.ThisCore.KernelRoot);
        for (int i = UpperHalf; i < EntriesPerTable; i++)
        {
            target[i] = kernel[i];
        }
        tables.Root = root;
        return true;
    }

    public static ulong FrameOf(ulong entry) => entry & AddressMask;

    /// <summary>A leaf's flags as this processor understands them: without NX its bit is reserved and would fault.</summary>
    public static ulong BitsOf(PageFlags flags) =>
        (ulong)(Cores.CpuFeatures.NoExecute ? flags : flags & ~PageFlags.NoExecute);

    /// <summary>Maps one 4 KB page. An existing mapping of that page is replaced.</summary>
    /// <returns>False when a table was needed and no frame is left.</returns>
    public readonly bool TryMap(ulong address, ulong frame, PageFlags flags)
    {
        ulong* entry = EntryAt(address, level: 1, flags);
        if (entry == null)
        {
            return false;
        }
        *entry = frame | BitsOf(flags);
        return true;
    }

    /// <summary>Maps one 2 MB page; address and frame are multiples of 2 MB.</summary>
    public readonly bool TryMapLarge(ulong address, ulong frame, PageFlags flags)
    {
        ulong* entry = EntryAt(address, level: 2, flags);
        if (entry == null)
        {
            return false;
        }
        *entry = frame | BitsOf(flags | PageFlags.Large);
        return true;
    }

    /// <summary>Maps a stretch, with large pages where alignment allows it.</summary>
    public readonly bool TryMapRange(ulong address, ulong physical, ulong length, PageFlags flags)
    {
        ulong end = address + length;
        while (address < end)
        {
            bool large =
                ((address | physical) & (LargeSize - 1)) == 0 && end - address >= LargeSize;
            bool mapped = large
                ? TryMapLarge(address, physical, flags)
                : TryMap(address, physical, flags);
            if (!mapped)
            {
                return false;
            }
            ulong step = large ? LargeSize : FrameAllocator.FrameSize;
            address += step;
            physical += step;
        }
        return true;
    }

    /// <summary>The 4 KB leaf entry for an address, present or not; null where no table reaches it.</summary>
    public readonly ulong* FindEntry(ulong address)
    {
        ulong* table = (ulong*)DirectMap.At(Root);
        for (int level = 4; level > 1; level--)
        {
            ulong entry = table[IndexAt(address, level)];
            if ((entry & (ulong)PageFlags.Present) == 0 || (entry & (ulong)PageFlags.Large) != 0)
            {
                return null;
            }
            table = (ulong*)DirectMap.At(FrameOf(entry));
        }
        return table + IndexAt(address, 1);
    }

    /// <summary>The first page at or after <paramref name="address"/> whose leaf entry is not zero.</summary>
    /// <returns>Its address, or <paramref name="end"/>. Absent tables are skipped whole.</returns>
    public readonly ulong NextMapped(ulong address, ulong end)
    {
        address &= ~(FrameAllocator.FrameSize - 1);
        while (address < end)
        {
            ulong* table = (ulong*)DirectMap.At(Root);
            for (int level = 4; ; level--)
            {
                // Along the table as far as it is empty: much cheaper than a walk from the root for every page.
                int index = IndexAt(address, level);
                int first = index;
                while (index < EntriesPerTable && table[index] == 0)
                {
                    index++;
                }
                if (index != first)
                {
                    ulong span = SpanOf(level);
                    address = (address & ~(span - 1)) + (ulong)(index - first) * span;
                }
                if (index == EntriesPerTable || address >= end)
                {
                    break;
                }
                if (level == 1)
                {
                    return address;
                }
                table = (ulong*)DirectMap.At(FrameOf(table[index]));
            }
        }
        return end;
    }

    /// <summary>Removes a 4 KB mapping from the tables and from this core's TLB. The frame stays its owner's.</summary>
    /// <returns>The entry that was there, 0 if none.</returns>
    public readonly ulong Unmap(ulong address)
    {
        ulong* entry = FindEntry(address);
        if (entry == null || *entry == 0)
        {
            return 0;
        }
        ulong old = *entry;
        *entry = 0;
        Cores.Cpu.InvalidatePage(address);
        return old;
    }

    /// <summary>
    /// Frees the last-level tables that lie wholly in a range whose leaves are all zero. Upper tables stay until
    /// <see cref="Destroy"/>: there are few of them. The caller makes the MMU forget.
    /// </summary>
    /// <returns>How many were freed.</returns>
    public readonly ulong FreeTables(ulong start, ulong end)
    {
        ulong freed = 0;
        ulong at = (start + LargeSize - 1) & ~(LargeSize - 1);
        while (at < end && end - at >= LargeSize)
        {
            ulong* table = (ulong*)DirectMap.At(Root);
            int level = 4;
            while (level > 2 && (table[IndexAt(at, level)] & (ulong)PageFlags.Present) != 0)
            {
                table = (ulong*)DirectMap.At(FrameOf(table[IndexAt(at, level)]));
                level--;
            }
            ulong* slot = table + IndexAt(at, level);
            bool isTable =
                level == 2
                && (*slot & (ulong)PageFlags.Present) != 0
                && (*slot & (ulong)PageFlags.Large) == 0;
            if (isTable)
            {
                Frames.Free(FrameOf(*slot));
                *slot = 0;
                freed++;
            }
            ulong span = SpanOf(level);
            at = (at & ~(span - 1)) + span;
        }
        return freed;
    }

    /// <summary>Makes this the address space the core runs in.</summary>
    public readonly void Activate()
    {
        if (Cores.Cpu.ReadCr3() != Root)
        {
            Cores.Cpu.WriteCr3(Root);
        }
    }

    /// <summary>Frees the lower half's tables and the root. All leaf frames must have been dealt with before.</summary>
    public void Destroy()
    {
        FreeTables(Root, level: 4, UpperHalf);
        Frames.Free(Root);
        Root = FrameAllocator.None;
    }

    // Recursion depth is the number of levels: four at most.
    private static void FreeTables(ulong table, int level, int entries)
    {
        ulong* slots = (ulong*)DirectMap.At(table);
        for (int i = 0; i < entries; i++)
        {
            bool isTable =
                (slots[i] & (ulong)PageFlags.Present) != 0
                && (slots[i] & (ulong)PageFlags.Large) == 0;
            if (!isTable)
            {
                continue;
            }
            ulong lower = FrameOf(slots[i]);
            slots[i] = 0;
            if (level > 2)
            {
                FreeTables(lower, level - 1, EntriesPerTable);
            }
            Frames.Free(lower);
        }
    }

    // The entry at the wanted level, making the tables above it.
    private readonly ulong* EntryAt(ulong address, int level, PageFlags flags)
    {
        // A user page needs the user bit on every level; rights are narrowed in the leaf only.
        ulong tableFlags = (ulong)(
            PageFlags.Present | PageFlags.Writable | (flags & PageFlags.User)
        );
        ulong* table = (ulong*)DirectMap.At(Root);
        for (int above = 4; above > level; above--)
        {
            ulong* slot = table + IndexAt(address, above);
            if ((*slot & (ulong)PageFlags.Present) == 0)
            {
                ulong frame = Frames.AllocateZeroed();
                if (frame == FrameAllocator.None)
                {
                    return null;
                }
                *slot = frame | tableFlags;
            }
            table = (ulong*)DirectMap.At(FrameOf(*slot));
        }
        return table + IndexAt(address, level);
    }

    private static int IndexAt(ulong address, int level) =>
        (int)((address >> (12 + 9 * (level - 1))) & 511);

    // How much one entry of a level covers.
    private static ulong SpanOf(int level) => 1ul << (12 + 9 * (level - 1));
}

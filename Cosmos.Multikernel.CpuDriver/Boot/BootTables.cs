using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>
/// The page tables of the boot phase (Boot/Boot.xs). They show the first 4 GB; a machine with more gets more here, so that
/// the boot phase can reach every partition.
/// </summary>
public static unsafe class BootTables
{
    public const ulong InitialEnd = 4ul << 30;
    private const ulong Gigabyte = 1ul << 30;
    private const ulong PresentWritable = (ulong)(PageFlags.Present | PageFlags.Writable);

    /// <summary>Extends the direct map to the given end. Tables are taken from memory below 4 GB.</summary>
    /// <returns>The end that could be reached: less when memory for tables ran out.</returns>
    public static ulong Extend(ref MemoryMap memory, ulong end)
    {
        ulong* root = (ulong*)DirectMap.At(Cpu.ReadCr3());
        for (ulong start = InitialEnd; start < end; start += Gigabyte)
        {
            ulong* slot = root + 256 + (int)(start >> 39);
            if (*slot == 0 && !TryTake(ref memory, out *slot))
            {
                return start;
            }
            ulong* gigabytes = (ulong*)DirectMap.At(PageTables.FrameOf(*slot));
            if (!TryTake(ref memory, out ulong table))
            {
                return start;
            }
            ulong* pages = (ulong*)DirectMap.At(PageTables.FrameOf(table));
            for (ulong i = 0; i < 512; i++)
            {
                ulong page = start + i * FrameAllocator.LargeFrameSize;
                pages[i] = page | PresentWritable | (ulong)PageFlags.Large;
            }
            gigabytes[(start >> 30) & 511] = table;
        }
        return end;
    }

    private static bool TryTake(ref MemoryMap memory, out ulong entry)
    {
        ulong frame = memory.Take(4096, InitialEnd);
        entry = 0;
        if (frame == 0)
        {
            return false;
        }
        Cpu.MemorySet(DirectMap.At(frame), 0, 4096);
        entry = frame | PresentWritable;
        return true;
    }
}

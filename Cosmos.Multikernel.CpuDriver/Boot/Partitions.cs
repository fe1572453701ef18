// Divides free memory among the cores: each gets its own, near it where the firmware says what is near.
//
// Pure code: compiled for the host's tests too.

using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>A plan of who gets what, drawn up domain by domain and core by core.</summary>
public unsafe struct Partitions
{
    private readonly MemoryMap _memory;
    private readonly Srat _affinity;
    private readonly CoreDescriptor* _cores;
    private readonly uint _coreCount;
    private readonly bool _byDomain;

    public Partitions(MemoryMap memory, Srat affinity, CoreDescriptor* cores, uint coreCount)
    {
        _memory = memory;
        _affinity = affinity;
        _cores = cores;
        _coreCount = coreCount;
        _byDomain = true;
        // A domain with processors but (nearly) no memory: nearness cannot be had for all, so it is not used for any.
        for (uint i = 0; i < coreCount; i++)
        {
            if (TotalNear(i) / Neighbours(i) < FrameAllocator.LargeFrameSize)
            {
                _byDomain = false;
                break;
            }
        }
    }

    /// <summary>Whether partitions follow the firmware's proximity domains.</summary>
    public readonly bool ByDomain => _byDomain && _affinity.Present;

    /// <summary>The ranges of one core.</summary>
    /// <param name="core">Which.</param>
    /// <param name="ranges">Room for <see cref="FrameAllocator.RangeLimit"/> ranges.</param>
    /// <returns>How many ranges.</returns>
    public readonly int RangesOf(uint core, PhysicalRange* ranges)
    {
        ulong total = TotalNear(core);
        uint parts = Neighbours(core);
        uint rank = Rank(core);
        ulong from = Boundary(total, parts, rank);
        // The last core of a domain also gets what is less than the boundaries' granularity.
        ulong to = rank == parts - 1 ? ulong.MaxValue : Boundary(total, parts, rank + 1);

        int count = 0;
        ulong position = 0;
        uint domain = DomainOf(core);
        for (int i = 0; i < _memory.Count; i++)
        {
            PhysicalRange* range = _memory.At(i);
            ulong start = range->Start;
            while (start < range->End)
            {
                ulong end = StretchEnd(start, range->End, out uint here);
                if (here == domain)
                {
                    ulong length = end - start;
                    ulong low = from > position ? from - position : 0;
                    ulong high = to - position < length ? to - position : length;
                    if (to > position && low < high)
                    {
                        count = Keep(ranges, count, start + low, start + high);
                    }
                    position += length;
                }
                start = end;
            }
        }
        return count;
    }

    // Adds a range, in place of the smallest when there are as many as a partition may have.
    private static int Keep(PhysicalRange* ranges, int count, ulong start, ulong end)
    {
        if (count == FrameAllocator.RangeLimit)
        {
            int smallest = 0;
            for (int i = 1; i < count; i++)
            {
                smallest = ranges[i].Length < ranges[smallest].Length ? i : smallest;
            }
            if (ranges[smallest].Length >= end - start)
            {
                return count;
            }
            count--;
            for (int i = smallest; i < count; i++)
            {
                ranges[i] = ranges[i + 1];
            }
        }
        ranges[count].Start = start;
        ranges[count].End = end;
        return count + 1;
    }

    // Where a part begins: whole 2 MB, so that parts differ by one such block at most; whole frames where that is too much.
    private static ulong Boundary(ulong total, uint parts, uint rank)
    {
        ulong share = total / parts;
        ulong boundary = share * rank + total % parts * rank / parts;
        ulong granule =
            share < FrameAllocator.LargeFrameSize
                ? FrameAllocator.FrameSize
                : FrameAllocator.LargeFrameSize;
        return boundary & ~(granule - 1);
    }

    // Bytes that all cores of this core's domain get together.
    private readonly ulong TotalNear(uint core)
    {
        uint domain = DomainOf(core);
        ulong total = 0;
        for (int i = 0; i < _memory.Count; i++)
        {
            PhysicalRange* range = _memory.At(i);
            ulong start = range->Start;
            while (start < range->End)
            {
                ulong end = StretchEnd(start, range->End, out uint here);
                total += here == domain ? end - start : 0;
                start = end;
            }
        }
        return total;
    }

    private readonly ulong StretchEnd(ulong start, ulong rangeEnd, out uint domain)
    {
        domain = 0;
        if (!_byDomain)
        {
            return rangeEnd;
        }
        domain = _affinity.DomainOfMemory(start, out ulong end);
        if (!HasCores(domain))
        {
            // Memory near nobody (or of which nothing is said) is as good for one as for another.
            domain = _cores[0].ProximityDomain;
        }
        end &= ~(FrameAllocator.FrameSize - 1);
        return end > start && end < rangeEnd ? end : rangeEnd;
    }

    private readonly uint DomainOf(uint core) => _byDomain ? _cores[core].ProximityDomain : 0;

    private readonly bool HasCores(uint domain)
    {
        for (uint i = 0; i < _coreCount; i++)
        {
            if (_cores[i].ProximityDomain == domain)
            {
                return true;
            }
        }
        return false;
    }

    // How many cores share this core's domain, and its place among them.
    private readonly uint Neighbours(uint core) => CountNear(core, _coreCount);

    private readonly uint Rank(uint core) => CountNear(core, core);

    private readonly uint CountNear(uint core, uint limit)
    {
        uint count = 0;
        for (uint i = 0; i < limit; i++)
        {
            count += DomainOf(i) == DomainOf(core) ? 1u : 0;
        }
        return count;
    }
}

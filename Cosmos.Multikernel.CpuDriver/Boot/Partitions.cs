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
            if (Share(i) < FrameAllocator.LargeFrameSize)
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
        ulong share = Share(core);
        uint rank = Rank(core);
        ulong from = rank * share;
        // The last core of a domain also gets what the division left over.
        ulong to = rank == Neighbours(core) - 1 ? ulong.MaxValue : from + share;

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
                    if (to > position && low < high && count < FrameAllocator.RangeLimit)
                    {
                        ranges[count].Start = start + low;
                        ranges[count].End = start + high;
                        count++;
                    }
                    position += length;
                }
                start = end;
            }
        }
        return count;
    }

    // Bytes that each core of this core's domain gets, whole 2 MB.
    private readonly ulong Share(uint core)
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
        return (total / Neighbours(core)) & ~(FrameAllocator.LargeFrameSize - 1);
    }

    private readonly ulong StretchEnd(ulong start, ulong rangeEnd, out uint domain)
    {
        domain = 0;
        if (!_byDomain)
        {
            return rangeEnd;
        }
        domain = _affinity.DomainOfMemory(start, out ulong end);
        end &= ~(FrameAllocator.FrameSize - 1);
        return end > start && end < rangeEnd ? end : rangeEnd;
    }

    private readonly uint DomainOf(uint core) => _byDomain ? _cores[core].ProximityDomain : 0;

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

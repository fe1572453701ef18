// The machine's free memory while booting: the firmware's usable stretches less all that is in use.
//
// Pure code over an array of ranges that the caller provides: compiled for the host's tests too.

using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>A sorted list of disjoint, frame-aligned free ranges; there is a gap between any two.</summary>
public unsafe struct MemoryMap
{
    private const ulong Frame = FrameAllocator.FrameSize;

    private readonly PhysicalRange* _ranges;
    private readonly int _capacity;

    public int Count;

    /// <summary>Ranges that found no place in the array: their memory is not used.</summary>
    public int Overflows;

    public MemoryMap(PhysicalRange* ranges, int capacity)
    {
        _ranges = ranges;
        _capacity = capacity;
    }

    public readonly PhysicalRange* At(int index) => _ranges + index;

    public readonly ulong TotalBytes
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < Count; i++)
            {
                total += _ranges[i].Length;
            }
            return total;
        }
    }

    /// <summary>Adds a usable stretch, shrunk to whole frames. What overlaps free memory already known is added once.</summary>
    public void Add(ulong start, ulong length)
    {
        if (length > ulong.MaxValue - start)
        {
            length = ulong.MaxValue - start;
        }
        ulong end = (start + length) & ~(Frame - 1);
        if (start > ulong.MaxValue - Frame)
        {
            return;
        }
        start = (start + Frame - 1) & ~(Frame - 1);
        for (int i = 0; i < Count && start < end; i++)
        {
            if (_ranges[i].End <= start)
            {
                continue;
            }
            if (_ranges[i].Start >= end)
            {
                break;
            }
            if (_ranges[i].Start > start)
            {
                i += Insert(i, start, _ranges[i].Start) ? 1 : 0;
            }
            start = _ranges[i].End;
        }
        if (start < end)
        {
            int place = 0;
            while (place < Count && _ranges[place].Start < start)
            {
                place++;
            }
            Insert(place, start, end);
        }
        Join();
    }

    /// <summary>Takes a stretch out; frames that it touches partly go too.</summary>
    public void Remove(ulong start, ulong length)
    {
        if (length == 0)
        {
            return;
        }
        ulong end = length > ulong.MaxValue - start ? ulong.MaxValue : start + length;
        start &= ~(Frame - 1);
        end = end > ulong.MaxValue - Frame ? ~(Frame - 1) : (end + Frame - 1) & ~(Frame - 1);
        for (int i = 0; i < Count; i++)
        {
            PhysicalRange* range = _ranges + i;
            if (range->End <= start || range->Start >= end)
            {
                continue;
            }
            ulong oldEnd = range->End;
            if (range->Start >= start && oldEnd <= end)
            {
                Delete(i);
                i--;
            }
            else if (range->Start < start)
            {
                range->End = start;
                if (oldEnd > end)
                {
                    Insert(i + 1, end, oldEnd);
                    return;
                }
            }
            else
            {
                range->Start = end;
            }
        }
    }

    /// <summary>Takes whole frames from the end of the highest range that has room below a limit.</summary>
    /// <returns>Their physical address, or 0 when there is no such room.</returns>
    public ulong Take(ulong bytes, ulong limit)
    {
        if (bytes > ulong.MaxValue - Frame)
        {
            return 0;
        }
        bytes = (bytes + Frame - 1) & ~(Frame - 1);
        for (int i = Count - 1; i >= 0; i--)
        {
            ulong end = _ranges[i].End < limit ? _ranges[i].End : limit;
            if (end > _ranges[i].Start && end - _ranges[i].Start >= bytes)
            {
                Remove(end - bytes, bytes);
                return end - bytes;
            }
        }
        return 0;
    }

    // UEFI firmware lists one stretch of memory in many pieces, and a partition has room for few.
    private void Join()
    {
        for (int i = Count - 1; i > 0; i--)
        {
            if (_ranges[i - 1].End == _ranges[i].Start)
            {
                _ranges[i - 1].End = _ranges[i].End;
                Delete(i);
            }
        }
    }

    private bool Insert(int place, ulong start, ulong end)
    {
        if (Count == _capacity)
        {
            Overflows++;
            return false;
        }
        for (int i = Count; i > place; i--)
        {
            _ranges[i] = _ranges[i - 1];
        }
        _ranges[place].Start = start;
        _ranges[place].End = end;
        Count++;
        return true;
    }

    private void Delete(int place)
    {
        Count--;
        for (int i = place; i < Count; i++)
        {
            _ranges[i] = _ranges[i + 1];
        }
    }
}

// Physical memory of one core, by frames of 4 KB and large frames of 2 MB.
//
// Principles
// - A core allocates only from its own partition: no lock, no atomic, no sharing.
// - Every operation is O(1) in the amount of memory. Memory is kept in blocks of 2 MB; each block counts its free
//   frames, hands out never-used frames by a cursor and reuses freed ones through a list threaded through the frames
//   themselves. A block all of whose frames came back is whole again and can serve as a large frame.
// - Nothing is touched at start but one descriptor for each block.
// - Freeing what was never handed out, or twice in a row, is a bug of the caller and is counted, not obeyed.

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>A stretch of physical memory: bytes <c>[Start, End)</c>.</summary>
public struct PhysicalRange
{
    public ulong Start;
    public ulong End;

    public readonly ulong Length => End - Start;
}

/// <summary>One 2 MB block (or the usable part of one at a range's edge).</summary>
internal struct FrameBlock
{
    /// <summary>Frame number, within the block, of the first usable frame; and one past the last.</summary>
    public ushort First;
    public ushort Limit;

    /// <summary>The next frame that was never handed out; <see cref="Limit"/> when none is left.</summary>
    public ushort Fresh;

    /// <summary>How many of the block's frames are free now.</summary>
    public ushort Free;

    /// <summary>Head of the list of returned frames: frame number + 1 within the block, 0 for none.</summary>
    public ushort Returned;

    public FrameBlockState State;

    /// <summary>Neighbours in the list of <see cref="State"/>: block number + 1, 0 for none.</summary>
    public uint Next;
    public uint Previous;

    /// <summary>Physical address of the 2 MB boundary the block lies on.</summary>
    public ulong Base;
}

internal enum FrameBlockState : ushort
{
    /// <summary>No frame is free: in no list.</summary>
    Full,

    /// <summary>Some frames are free.</summary>
    Partial,

    /// <summary>All 512 frames are there and free.</summary>
    Whole,

    /// <summary>Handed out as a large frame.</summary>
    Large,
}

/// <summary>The frame allocator of one partition. A plain value: bring-up fills it in and hands it to its core.</summary>
public unsafe struct FrameAllocator
{
    public const ulong FrameSize = 4096;
    public const ulong LargeFrameSize = 2 * 1024 * 1024;
    public const ulong None = 0;

    private const int MaximumRanges = 16;
    private const uint FramesPerBlock = 512;

    private FrameBlock* _blocks;
    private uint _blockCount;
    private uint _rangeCount;
    private uint _partialHead;
    private uint _wholeHead;
    private byte* _directMap;
    private fixed ulong _rangeStart[MaximumRanges];
    private fixed ulong _rangeEnd[MaximumRanges];
    private fixed uint _rangeFirstBlock[MaximumRanges];

    /// <summary>Frames that can be handed out now.</summary>
    public ulong FreeCount;

    /// <summary>Frames that can be handed out when all are free.</summary>
    public ulong TotalCount;

    /// <summary>Frees refused because the address was not a frame on loan from here.</summary>
    public ulong BadFrees;

    /// <summary>How many ranges a partition may consist of.</summary>
    public static int RangeLimit => MaximumRanges;

    /// <summary>Takes charge of the given ranges. The block descriptors are put at the start of the largest one.</summary>
    /// <param name="ranges">Frame-aligned, disjoint ranges.</param>
    /// <param name="count">How many, 1 to <see cref="RangeLimit"/>.</param>
    /// <param name="directMap">Where physical address 0 is (or would be) visible.</param>
    /// <returns>False when there are no or too many ranges, or none is large enough for the descriptors.</returns>
    public bool TryInitialise(PhysicalRange* ranges, int count, byte* directMap)
    {
        if (count < 1 || count > MaximumRanges)
        {
            return false;
        }
        _directMap = directMap;
        _rangeCount = (uint)count;
        _partialHead = 0;
        _wholeHead = 0;
        FreeCount = 0;
        BadFrees = 0;

        uint blocks = 0;
        int largest = 0;
        for (int i = 0; i < count; i++)
        {
            _rangeStart[i] = ranges[i].Start;
            _rangeEnd[i] = ranges[i].End;
            _rangeFirstBlock[i] = blocks;
            ulong first = ranges[i].Start / LargeFrameSize;
            ulong last = (ranges[i].End + LargeFrameSize - 1) / LargeFrameSize;
            blocks += (uint)(last - first);
            if (ranges[i].Length > ranges[largest].Length)
            {
                largest = i;
            }
        }

        ulong descriptors =
            ((ulong)blocks * (ulong)sizeof(FrameBlock) + FrameSize - 1) & ~(FrameSize - 1);
        if (descriptors >= ranges[largest].Length)
        {
            return false;
        }
        _blocks = (FrameBlock*)(directMap + ranges[largest].Start);
        _blockCount = blocks;

        for (int i = 0; i < count; i++)
        {
            ulong usable = i == largest ? ranges[i].Start + descriptors : ranges[i].Start;
            DescribeRange(i, usable);
        }
        TotalCount = FreeCount;
        return true;
    }

    /// <summary>Takes one frame; its content is undefined.</summary>
    /// <returns>Its physical address, or <see cref="None"/> when the partition is used up.</returns>
    public ulong Allocate()
    {
        uint number = _partialHead != 0 ? _partialHead : _wholeHead;
        if (number == 0)
        {
            return None;
        }
        FrameBlock* block = _blocks + (number - 1);
        uint frame;
        if (block->Returned != 0)
        {
            frame = (uint)block->Returned - 1;
            block->Returned = *(ushort*)(_directMap + block->Base + frame * FrameSize);
        }
        else
        {
            frame = block->Fresh++;
        }
        block->Free--;
        FreeCount--;
        Place(number, block->Free == 0 ? FrameBlockState.Full : FrameBlockState.Partial);
        return block->Base + frame * FrameSize;
    }

    /// <summary>Takes <paramref name="frames"/> adjacent frames, at most one block's worth.</summary>
    /// <remarks>They come from one whole block, or from what was never used of the first partial one.</remarks>
    public ulong AllocateRun(uint frames)
    {
        if (frames == 0 || frames > FramesPerBlock)
        {
            return None;
        }
        uint number = _partialHead;
        if (number == 0 || HasFresh(number) < frames)
        {
            number = _wholeHead;
        }
        if (number == 0)
        {
            return None;
        }
        FrameBlock* block = _blocks + (number - 1);
        ulong address = block->Base + block->Fresh * FrameSize;
        block->Fresh += (ushort)frames;
        block->Free -= (ushort)frames;
        FreeCount -= frames;
        Place(number, block->Free == 0 ? FrameBlockState.Full : FrameBlockState.Partial);
        return address;
    }

    /// <summary>Takes a whole 2 MB block.</summary>
    public ulong AllocateLarge()
    {
        uint number = _wholeHead;
        if (number == 0)
        {
            return None;
        }
        FreeCount -= FramesPerBlock;
        _blocks[number - 1].Free = 0;
        Place(number, FrameBlockState.Large);
        return _blocks[number - 1].Base;
    }

    /// <summary>Gives one frame back.</summary>
    public void Free(ulong address)
    {
        uint number = FindBlock(address);
        if (number == 0 || (address & (FrameSize - 1)) != 0)
        {
            BadFrees++;
            return;
        }
        FrameBlock* block = _blocks + (number - 1);
        uint frame = (uint)((address - block->Base) / FrameSize);
        bool onLoan =
            block->State is FrameBlockState.Full or FrameBlockState.Partial
            && frame >= block->First
            && frame < block->Fresh
            && block->Returned != frame + 1;
        if (!onLoan)
        {
            BadFrees++;
            return;
        }
        *(ushort*)(_directMap + address) = block->Returned;
        block->Returned = (ushort)(frame + 1);
        block->Free++;
        FreeCount++;
        if (block->Free == block->Limit - block->First)
        {
            Renew(number);
        }
        else
        {
            Place(number, FrameBlockState.Partial);
        }
    }

    /// <summary>Gives the frames of a run back.</summary>
    public void FreeRun(ulong address, uint frames)
    {
        for (uint i = 0; i < frames; i++)
        {
            Free(address + i * FrameSize);
        }
    }

    /// <summary>Gives a large frame back.</summary>
    public void FreeLarge(ulong address)
    {
        uint number = FindBlock(address);
        bool onLoan =
            number != 0
            && _blocks[number - 1].State == FrameBlockState.Large
            && _blocks[number - 1].Base == address;
        if (!onLoan)
        {
            BadFrees++;
            return;
        }
        FreeCount += FramesPerBlock;
        _blocks[number - 1].Free = (ushort)FramesPerBlock;
        Renew(number);
    }

    /// <summary>Whether the address lies in this partition.</summary>
    public bool Owns(ulong address) => FindBlock(address) != 0;

    private void DescribeRange(int range, ulong usable)
    {
        ulong blockBase = _rangeStart[range] & ~(LargeFrameSize - 1);
        for (uint number = _rangeFirstBlock[range] + 1; blockBase < _rangeEnd[range]; number++)
        {
            ulong first = usable > blockBase ? usable - blockBase : 0;
            ulong limit = _rangeEnd[range] - blockBase;
            first = first > LargeFrameSize ? LargeFrameSize : first;
            limit = limit > LargeFrameSize ? LargeFrameSize : limit;

            FrameBlock* block = _blocks + (number - 1);
            *block = default;
            block->Base = blockBase;
            block->First = (ushort)(first / FrameSize);
            block->Limit = (ushort)(limit / FrameSize);
            block->Free = (ushort)(block->Limit - block->First);
            FreeCount += block->Free;
            Renew(number);
            blockBase += LargeFrameSize;
        }
    }

    // All usable frames of the block are free: forget the order in which they came back.
    private void Renew(uint number)
    {
        FrameBlock* block = _blocks + (number - 1);
        block->Fresh = block->First;
        block->Returned = 0;
        Place(
            number,
            block->Free == FramesPerBlock ? FrameBlockState.Whole
                : block->Free == 0 ? FrameBlockState.Full
                : FrameBlockState.Partial
        );
    }

    private readonly uint HasFresh(uint number) =>
        (uint)(_blocks[number - 1].Limit - _blocks[number - 1].Fresh);

    private uint FindBlock(ulong address)
    {
        for (int i = 0; i < (int)_rangeCount; i++)
        {
            if (address >= _rangeStart[i] && address < _rangeEnd[i])
            {
                ulong first = _rangeStart[i] / LargeFrameSize;
                return _rangeFirstBlock[i] + (uint)(address / LargeFrameSize - first) + 1;
            }
        }
        return 0;
    }

    // Moves a block to the list of its new state.
    private void Place(uint number, FrameBlockState state)
    {
        FrameBlock* block = _blocks + (number - 1);
        if (block->State == state)
        {
            return;
        }
        if (block->State is FrameBlockState.Partial or FrameBlockState.Whole)
        {
            if (block->Next != 0)
            {
                _blocks[block->Next - 1].Previous = block->Previous;
            }
            if (block->Previous != 0)
            {
                _blocks[block->Previous - 1].Next = block->Next;
            }
            else if (block->State == FrameBlockState.Partial)
            {
                _partialHead = block->Next;
            }
            else
            {
                _wholeHead = block->Next;
            }
        }
        block->State = state;
        if (state is FrameBlockState.Partial or FrameBlockState.Whole)
        {
            ref uint head = ref _wholeHead;
            if (state == FrameBlockState.Partial)
            {
                head = ref _partialHead;
            }
            block->Previous = 0;
            block->Next = head;
            if (head != 0)
            {
                _blocks[head - 1].Previous = number;
            }
            head = number;
        }
    }
}

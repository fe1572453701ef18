using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Memory;

/// <summary>A frame allocator over memory of this process that stands for physical memory from 0 on.</summary>
internal sealed unsafe class FramePool : IDisposable
{
    private readonly byte* _memory;

    /// <param name="ranges">Ranges in bytes.</param>
    public FramePool(params (ulong Start, ulong End)[] ranges)
    {
        ulong end = ranges.Max(range => range.End);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)end, (nuint)FrameAllocator.FrameSize);
        PhysicalRange* copy = stackalloc PhysicalRange[ranges.Length];
        for (int i = 0; i < ranges.Length; i++)
        {
            copy[i] = new PhysicalRange { Start = ranges[i].Start, End = ranges[i].End };
        }
        IsReady = Allocator.TryInitialise(copy, ranges.Length, _memory);
    }

    /// <summary>The allocator itself, which is a value.</summary>
    public FrameAllocator Allocator;

    public bool IsReady { get; }

    /// <summary>Fills a frame, as its owner would: the allocator must not need what was in it.</summary>
    public void Scribble(ulong frame) =>
        new Span<byte>(_memory + frame, (int)FrameAllocator.FrameSize).Fill(0xff);

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}

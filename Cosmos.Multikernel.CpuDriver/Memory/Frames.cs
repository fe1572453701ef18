// This core's partition of physical memory.

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>The frame allocator of the core this code runs on. Addresses are physical; 0 means "none left".</summary>
public static unsafe class Frames
{
    private static FrameAllocator s_allocator;

    public static ulong FreeCount => s_allocator.FreeCount;

    public static ulong TotalCount => s_allocator.TotalCount;

    /// <summary>Takes over a partition. (Bring-up takes over each core's in turn to build its tables from it.)</summary>
    public static void Adopt(FrameAllocator* partition) => s_allocator = *partition;

    /// <summary>Hands the partition in its present state on.</summary>
    public static void HandOver(FrameAllocator* partition) => *partition = s_allocator;

    /// <summary>One frame of undefined content.</summary>
    public static ulong Allocate() => s_allocator.Allocate();

    /// <summary>One frame of zeros.</summary>
    public static ulong AllocateZeroed()
    {
        ulong frame = s_allocator.Allocate();
        if (frame != FrameAllocator.None)
        {
            Cores.Cpu.MemorySet(DirectMap.At(frame), 0, FrameAllocator.FrameSize);
        }
        return frame;
    }

    /// <summary>Adjacent frames of undefined content, at most 512.</summary>
    public static ulong AllocateRun(uint frames) => s_allocator.AllocateRun(frames);

    public static ulong AllocateLarge() => s_allocator.AllocateLarge();

    public static void Free(ulong frame) => s_allocator.Free(frame);

    public static void FreeRun(ulong first, uint frames) => s_allocator.FreeRun(first, frames);

    public static void FreeLarge(ulong frame) => s_allocator.FreeLarge(frame);

    /// <summary>Whether the address lies in this core's partition.</summary>
    public static bool Owns(ulong address) => s_allocator.Owns(address);
}

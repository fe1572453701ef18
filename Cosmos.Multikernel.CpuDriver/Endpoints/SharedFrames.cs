using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>Frames of another core's partition that were shared with this one, in this core's direct map.</summary>
public static class SharedFrames
{
    private const PageFlags Rights = PageFlags.ReadWriteData | PageFlags.Foreign;

    private static PageTables Kernel
    {
        get
        {
            PageTables tables = default;
            tables.Root = ThisCore.KernelRoot;
            return tables;
        }
    }

    /// <summary>Makes frames of one core visible here. The tables for it may need a frame of ours.</summary>
    public static bool Map(ulong physical, uint frames)
    {
        if (Frames.Owns(physical))
        {
            return true;
        }
        for (ulong i = 0; i < frames; i++)
        {
            ulong frame = physical + i * FrameAllocator.FrameSize;
            if (!Kernel.TryMap(DirectMap.Base + frame, frame, Rights))
            {
                Unmap(physical, (uint)i);
                return false;
            }
        }
        return true;
    }

    /// <summary>Takes them out of sight again.</summary>
    public static void Unmap(ulong physical, uint frames)
    {
        if (Frames.Owns(physical))
        {
            return;
        }
        for (ulong i = 0; i < frames; i++)
        {
            Kernel.Unmap(DirectMap.Base + physical + i * FrameAllocator.FrameSize);
        }
    }
}

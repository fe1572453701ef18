using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>The store of channel entries: grows by frames, never shrinks; freed entries are used again first.</summary>
internal static unsafe class ChannelEntries
{
    public const uint None = uint.MaxValue;

    private const uint PerFrame = 32;
    private const uint MaximumFrames = 512;

    // Addresses of the frames with entries; and the list of free entries (handle + 1, through NextOffer).
    private static ulong* s_directory;
    private static uint s_frames;
    private static uint s_freeHead;

    /// <summary>One past the highest handle there is.</summary>
    public static uint Limit => s_frames * PerFrame;

    public static Channel* At(uint handle) =>
        (Channel*)DirectMap.At(s_directory[handle / PerFrame]) + handle % PerFrame;

    /// <summary>The entry of a number from outside, or null when there is none such.</summary>
    public static Channel* TryAt(uint handle) => handle < Limit ? At(handle) : null;

    /// <summary>An entry of zeros, or <see cref="None"/>.</summary>
    public static uint Allocate()
    {
        if (s_freeHead == 0 && !TryGrow())
        {
            return None;
        }
        uint handle = s_freeHead - 1;
        Channel* channel = At(handle);
        s_freeHead = channel->NextOffer;
        *channel = default;
        return handle;
    }

    public static void Free(uint handle)
    {
        Channel* channel = At(handle);
        *channel = default;
        channel->NextOffer = s_freeHead;
        s_freeHead = handle + 1;
    }

    private static bool TryGrow()
    {
        if (s_directory == null)
        {
            ulong directory = Frames.AllocateZeroed();
            if (directory == FrameAllocator.None)
            {
                return false;
            }
            s_directory = (ulong*)DirectMap.At(directory);
        }
        if (
            s_frames == MaximumFrames
            || (ulong)sizeof(Channel) * PerFrame > FrameAllocator.FrameSize
        )
        {
            return false;
        }
        ulong frame = Frames.AllocateZeroed();
        if (frame == FrameAllocator.None)
        {
            return false;
        }
        s_directory[s_frames++] = frame;
        // The lowest handle comes first in the list.
        for (uint i = PerFrame; i-- > 0; )
        {
            Free(Limit - PerFrame + i);
        }
        return true;
    }
}

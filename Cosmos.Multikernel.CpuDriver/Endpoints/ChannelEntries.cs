using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>
/// The store of channel entries: grows by frames, never shrinks; freed entries are used again first. An entry has a handle,
/// its place, and a number, which other cores know it by: the handle plus a multiple of <see cref="MaximumHandles"/> that
/// grows with each use. So late news about a channel that is gone cannot be taken for news about its successor.
/// </summary>
internal static unsafe class ChannelEntries
{
    public const uint None = uint.MaxValue;

    private const uint PerFrame = 32;
    private const uint MaximumFrames = 512;
    private const uint MaximumHandles = PerFrame * MaximumFrames;

    // Addresses of the frames with entries; and the list of free entries (handle + 1, through NextOffer).
    private static ulong* s_directory;
    private static uint s_frames;
    private static uint s_freeHead;

    /// <summary>One past the highest handle there is.</summary>
    public static uint Limit => s_frames * PerFrame;

    public static Channel* At(uint handle) =>
        (Channel*)DirectMap.At(s_directory[handle / PerFrame]) + handle % PerFrame;

    public static uint HandleOf(uint number) => number % MaximumHandles;

    /// <summary>The entry that another core knows by a number, or null when it is in use for something else or not at all.</summary>
    public static Channel* TryFind(uint number)
    {
        uint handle = HandleOf(number);
        Channel* channel = handle < Limit ? At(handle) : null;
        return channel != null && channel->Number == number && channel->Phase != ChannelPhase.Free
            ? channel
            : null;
    }

    /// <summary>An entry of zeros but for its number, or <see cref="None"/>.</summary>
    public static uint Allocate()
    {
        if (s_freeHead == 0 && !TryGrow())
        {
            return None;
        }
        uint handle = s_freeHead - 1;
        Channel* channel = At(handle);
        s_freeHead = channel->NextOffer;
        channel->NextOffer = 0;
        return handle;
    }

    public static void Free(uint handle)
    {
        Channel* channel = At(handle);
        uint number = channel->Number;
        *channel = default;
        channel->Number = number + MaximumHandles;
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
            uint handle = Limit - PerFrame + i;
            At(handle)->Number = handle;
            Free(handle);
        }
        return true;
    }
}

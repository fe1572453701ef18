using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>A frame of this core's memory that is held somewhere.</summary>
internal struct FrameHome
{
    public ulong Physical;

    /// <summary>The domain that allocated it and is charged for it while it lives.</summary>
    public int Domain;

    /// <summary>0 for a free entry.</summary>
    public ushort Pages;

    /// <summary>Whether it was allocated as a large frame.</summary>
    public bool IsLarge;

    /// <summary>Free entries: the next one (ticket + 1).</summary>
    public uint Next;
}

/// <summary>
/// The frames that this core's domains allocated and that are not back: what says how each is freed, and that each is freed
/// once. The store grows by frames and never shrinks.
/// </summary>
internal static unsafe class FrameHomes
{
    public const uint None = uint.MaxValue;

    private const uint PerFrame = 128;
    private const uint PerDirectory = 512;

    // Two levels: frames of addresses of frames of entries; room for every page of a 128 GB partition.
    private static ulong* s_root;
    private static uint s_frames;
    private static uint s_freeHead;

    /// <summary>Frames that are out, and their pages.</summary>
    public static ulong Count { get; private set; }
    public static ulong Pages { get; private set; }

    /// <summary>Returns that named no frame of ours: a bug of another core's CPU driver, counted and not obeyed.</summary>
    public static ulong BadReturns { get; private set; }

    /// <summary>Enters a frame.</summary>
    /// <returns>Its ticket, or <see cref="None"/> when there is no memory.</returns>
    public static uint Register(ulong physical, uint pages, bool isLarge, int domain)
    {
        if (s_freeHead == 0 && !TryGrow())
        {
            return None;
        }
        uint ticket = s_freeHead - 1;
        FrameHome* home = At(ticket);
        s_freeHead = home->Next;
        *home = default;
        home->Physical = physical;
        home->Pages = (ushort)pages;
        home->IsLarge = isLarge;
        home->Domain = domain;
        Count++;
        Pages += pages;
        return ticket;
    }

    /// <summary>A frame is back: frees it, and no longer charges it to whoever allocated it.</summary>
    public static void TakeBack(uint ticket, ulong physical)
    {
        FrameHome* home = ticket < s_frames * PerFrame ? At(ticket) : null;
        if (home == null || home->Pages == 0 || home->Physical != physical)
        {
            BadReturns++;
            return;
        }
        if (home->IsLarge)
        {
            Frames.FreeLarge(physical);
        }
        else
        {
            Frames.FreeRun(physical, home->Pages);
        }
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            if (domain->Id == home->Domain)
            {
                domain->Space.UnchargeFrames(home->Pages);
            }
        }
        Count--;
        Pages -= home->Pages;
        *home = default;
        home->Next = s_freeHead;
        s_freeHead = ticket + 1;
    }

    private static FrameHome* At(uint ticket)
    {
        uint frame = ticket / PerFrame;
        ulong* directory = (ulong*)DirectMap.At(s_root[frame / PerDirectory]);
        return (FrameHome*)DirectMap.At(directory[frame % PerDirectory]) + ticket % PerFrame;
    }

    private static bool TryGrow()
    {
        if (s_root == null)
        {
            ulong root = Frames.AllocateZeroed();
            if (root == FrameAllocator.None)
            {
                return false;
            }
            s_root = (ulong*)DirectMap.At(root);
        }
        if (s_frames == PerDirectory * PerDirectory)
        {
            return false;
        }
        ulong* slot = s_root + s_frames / PerDirectory;
        if (*slot == 0)
        {
            ulong directory = Frames.AllocateZeroed();
            if (directory == FrameAllocator.None)
            {
                return false;
            }
            *slot = directory;
        }
        ulong frame = Frames.AllocateZeroed();
        if (frame == FrameAllocator.None)
        {
            return false;
        }
        ((ulong*)DirectMap.At(*slot))[s_frames % PerDirectory] = frame;
        s_frames++;
        for (uint i = PerFrame; i-- > 0; )
        {
            uint ticket = (s_frames - 1) * PerFrame + i;
            At(ticket)->Next = s_freeHead;
            s_freeHead = ticket + 1;
        }
        return true;
    }
}

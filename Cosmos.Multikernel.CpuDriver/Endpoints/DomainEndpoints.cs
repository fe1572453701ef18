using System.Threading;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>What the endpoints and the console keep about a domain. One frame.</summary>
public unsafe struct DomainEndpoints
{
    /// <summary>Bytes of a line that is collected before it goes out tagged.</summary>
    public const int LineBytes = 400;

    /// <summary>The domain's pages (<see cref="DomainPage"/>): their frame, and where the instance sees it.</summary>
    public ulong PageFrame;
    public ulong PageAddress;

    public ulong StartTimestamp;

    // Offers in the order they came: handle + 1 of the first and last.
    private uint _firstOffer;
    private uint _lastOffer;

    /// <summary>Channels that the domain offered and still has.</summary>
    public uint Offered;

    public fixed byte Line[LineBytes];
    public int LineLength;

    public static DomainEndpoints* Of(Domain* domain) => (DomainEndpoints*)domain->Endpoints;

    /// <summary>Prepares a new domain; false when there is no memory.</summary>
    public static bool TryCreate(Domain* domain)
    {
        ulong frame = Frames.AllocateZeroed();
        if (frame == FrameAllocator.None)
        {
            return false;
        }
        DomainEndpoints* endpoints = (DomainEndpoints*)DirectMap.At(frame);
        domain->Endpoints = endpoints;
        endpoints->StartTimestamp = Cpu.ReadTimestamp();
        endpoints->PageFrame = Frames.AllocateZeroed();
        if (endpoints->PageFrame == FrameAllocator.None)
        {
            return false;
        }
        endpoints->PageAddress = domain->MapShared(endpoints->PageFrame, 1);
        return endpoints->PageAddress != 0;
    }

    /// <summary>Ends all that a domain had here. Its address space still exists.</summary>
    public static void Destroy(Domain* domain, int status)
    {
        DomainEndpoints* endpoints = Of(domain);
        if (endpoints == null)
        {
            return;
        }
        ChannelTable.CloseAll(domain, status);
        if (endpoints->PageAddress != 0)
        {
            domain->UnmapShared(endpoints->PageAddress);
        }
        if (endpoints->PageFrame != FrameAllocator.None)
        {
            Frames.Free(endpoints->PageFrame);
        }
        domain->Endpoints = null;
        Frames.Free(DirectMap.PhysicalOf(endpoints));
    }

    /// <summary>Tells an instance that a channel wants a look.</summary>
    public static void Notify(Domain* domain, uint handle)
    {
        uint number = ChannelEntries.At(handle)->Page;
        DomainPage* page = PageOf(domain, number);
        if (page != null)
        {
            page->RungChannels |= 1ul << (int)(handle % 64);
            Signal(domain, page, number);
        }
    }

    /// <summary>Tells an instance that an interrupt came.</summary>
    public static void NotifyInterrupt(Domain* domain, int bit)
    {
        DomainPage* page = PageOf(domain, DomainPage.Main);
        if (page != null)
        {
            page->RungInterrupts |= 1ul << bit;
            Signal(domain, page, DomainPage.Main);
        }
    }

    /// <summary>Tells an instance that one more of its calls waits for an answer.</summary>
    public static void NotifyCall(Domain* domain)
    {
        DomainPage* page = PageOf(domain, DomainPage.Reflection);
        if (page != null)
        {
            page->WaitingCalls++;
            Signal(domain, page, DomainPage.Reflection);
        }
    }

    /// <summary>One of the calls that waited does so no more.</summary>
    public static void OnCallTaken(Domain* domain)
    {
        DomainPage* page = PageOf(domain, DomainPage.Reflection);
        if (page != null)
        {
            page->WaitingCalls--;
        }
    }

    public void AddOffer(uint handle)
    {
        ChannelEntries.At(handle)->NextOffer = 0;
        if (_lastOffer == 0)
        {
            _firstOffer = handle + 1;
        }
        else
        {
            ChannelEntries.At(_lastOffer - 1)->NextOffer = handle + 1;
        }
        _lastOffer = handle + 1;
        Page->PendingOffers++;
    }

    /// <summary>The oldest offer, or <see cref="ChannelEntries.None"/>.</summary>
    public readonly uint FirstOffer => _firstOffer == 0 ? ChannelEntries.None : _firstOffer - 1;

    /// <summary>Takes the oldest offer out of the list; <see cref="ChannelEntries.None"/> when there is none.</summary>
    public uint TakeOffer()
    {
        uint handle = FirstOffer;
        if (handle != ChannelEntries.None)
        {
            RemoveOffer(handle);
        }
        return handle;
    }

    public void RemoveOffer(uint handle)
    {
        uint previous = 0;
        for (uint place = _firstOffer; place != 0; place = ChannelEntries.At(place - 1)->NextOffer)
        {
            if (place == handle + 1)
            {
                uint next = ChannelEntries.At(handle)->NextOffer;
                if (previous == 0)
                {
                    _firstOffer = next;
                }
                else
                {
                    ChannelEntries.At(previous - 1)->NextOffer = next;
                }
                _lastOffer = next == 0 ? previous : _lastOffer;
                ChannelEntries.At(handle)->NextOffer = 0;
                Page->PendingOffers--;
                return;
            }
            previous = place;
        }
    }

    private readonly DomainPage* Page => (DomainPage*)DirectMap.At(PageFrame);

    private static DomainPage* PageOf(Domain* domain, uint number)
    {
        DomainEndpoints* endpoints = Of(domain);
        return endpoints == null || endpoints->PageAddress == 0
            ? null
            : (DomainPage*)((byte*)endpoints->Page + number * DomainPage.Stride);
    }

    private static void Signal(Domain* domain, DomainPage* page, uint number)
    {
        // The count last: an instance that sees it sees what it is about.
        Volatile.Write(ref page->EventCount, page->EventCount + 1);
        Futex.Wake(domain, Of(domain)->PageAddress + number * DomainPage.Stride, int.MaxValue);
    }
}

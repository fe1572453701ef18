using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Channels.Platforms;

/// <summary>
/// The page through which whoever notifies an instance reaches it: the CPU driver on the metal, the other processes when
/// hosted.
/// </summary>
internal readonly unsafe struct DomainPageView(byte* page)
{
    private readonly DomainPage* page = (DomainPage*)page;

    /// <summary>One of this instance's pages on the metal.</summary>
    public static DomainPageView OfInstance(uint number) =>
        new((byte*)Instance.Identity.DomainPage + number * DomainPage.Stride);

    /// <summary>The futex word: changes with every notification.</summary>
    public uint* EventCount => &page->EventCount;

    /// <summary>Bits of the channels notified.</summary>
    public ulong* RungChannels => &page->RungChannels;

    /// <summary>Channels offered and not yet accepted.</summary>
    public uint* PendingOffers => &page->PendingOffers;

    /// <summary>Takes the rung bits; the read before keeps the usual case, none, off the bus.</summary>
    public ulong TakeRungChannels() =>
        Volatile.Read(ref *RungChannels) == 0 ? 0 : Interlocked.Exchange(ref *RungChannels, 0);

    /// <summary>Takes the bits of interrupts that came.</summary>
    public ulong TakeRungInterrupts() =>
        Volatile.Read(ref page->RungInterrupts) == 0
            ? 0
            : Interlocked.Exchange(ref page->RungInterrupts, 0);

    /// <summary>Sleeps until a reflected call waits.</summary>
    public void SleepUntilCalled()
    {
        while (Volatile.Read(ref page->WaitingCalls) == 0)
        {
            uint seen = Volatile.Read(ref *EventCount);
            if (Volatile.Read(ref page->WaitingCalls) == 0)
            {
                Futex.Wait(EventCount, seen, -1);
            }
        }
    }

    /// <summary>Counts an event, then wakes who sleeps on the count: in this order, or the sleeper could miss both.</summary>
    public void Signal()
    {
        Interlocked.Increment(ref *EventCount);
        Futex.Wake(EventCount);
    }

    /// <summary>Marks the channel with this handle as rung and signals.</summary>
    public void Ring(int handle)
    {
        Interlocked.Or(ref *RungChannels, 1UL << (handle & 63));
        Signal();
    }
}

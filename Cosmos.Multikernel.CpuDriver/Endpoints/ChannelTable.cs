// The channels of this core's instances: making, ringing and ending them.
//
// Principles
// - The side that connects (A) provides the memory. It may be used again only after side B has unmapped it, which is what
//   B's "gone" says; B therefore always says it, A only when it goes first.
// - News travel over the link, which keeps their order. What cannot be sent now is a mark on the channel's entry, sent when
//   the link has room: there is no queue that could overflow, and nobody waits.
// - No ring is lost: who takes the other side's doorbell down has promised to wake it. What side A rings for before it knows
//   whom, because B's word of having accepted is still on its way, is made up for when that comes.
// - A channel's memory counts against the limit of the instance that offers it.
// - The CPU driver writes two words of a channel's memory, the states that the two sides see, and reads none.

using System.Threading;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe partial class ChannelTable
{
    private const uint MinimumSlots = 8;
    private const uint MaximumSlots = 8192;

    // Entries are a core's and an offer takes one on each side: one instance must not use up those of another core.
    private const uint MaximumOffered = 1024;

    /// <summary>Offers a channel to an instance. Returns the handle, or a negative error number.</summary>
    public static long Connect(Domain* owner, ConnectRequest* request)
    {
        if (request->Core >= ThisCore.Count)
        {
            return -Errno.EHOSTUNREACH;
        }
        bool validSlots =
            RingLayout.IsValidSlotCount(request->Slots)
            && request->Slots is >= MinimumSlots and <= MaximumSlots;
        if (!validSlots || request->Page >= DomainPage.Count)
        {
            return -Errno.EINVAL;
        }
        if (!Declarations.TryFind(request->Core, request->Name, out uint target))
        {
            return -Errno.ENOENT;
        }
        if (!Permits.MayConnect(owner, request->Core, target))
        {
            return -Errno.EACCES;
        }
        DomainEndpoints* endpoints = DomainEndpoints.Of(owner);
        if (endpoints->Offered == MaximumOffered)
        {
            return -Errno.EMFILE;
        }
        uint handle = ChannelEntries.Allocate();
        if (handle == ChannelEntries.None)
        {
            return -Errno.EMFILE;
        }
        Channel* channel = ChannelEntries.At(handle);
        channel->Slots = request->Slots;
        if (!owner->Space.TryLend(channel->FrameCount))
        {
            ChannelEntries.Free(handle);
            return -Errno.ENOMEM;
        }
        channel->Physical = Frames.AllocateRun(channel->FrameCount);
        if (channel->Physical == FrameAllocator.None)
        {
            owner->Space.TakeBack(channel->FrameCount);
            ChannelEntries.Free(handle);
            return -Errno.ENOMEM;
        }
        byte* memory = DirectMap.At(channel->Physical);
        Cpu.MemorySet(memory, 0, channel->FrameCount * FrameAllocator.FrameSize);
        *(ulong*)(memory + RingLayout.MagicOffset) = RingLayout.Magic;
        *(uint*)(memory + RingLayout.SlotsOffset) = request->Slots;

        channel->UserAddress = owner->MapShared(channel->Physical, channel->FrameCount);
        if (channel->UserAddress == 0)
        {
            Frames.FreeRun(channel->Physical, channel->FrameCount);
            owner->Space.TakeBack(channel->FrameCount);
            ChannelEntries.Free(handle);
            return -Errno.ENOMEM;
        }
        endpoints->Offered++;
        channel->Owner = owner;
        channel->SideA = true;
        channel->Page = (byte)request->Page;
        channel->PeerCore = request->Core;
        channel->TargetModule = target;
        channel->SourceModule = Declarations.ModuleOf(owner);
        channel->SourceLife = owner->Life;
        channel->Phase = ChannelPhase.Offering;
        Permits.Use(owner, request->Core, target);
        request->Address = channel->UserAddress;
        request->Length = RingLayout.BytesFor(request->Slots);
        Post(handle, LinkMessageKind.Offer);
        return handle;
    }

    /// <summary>Takes the oldest offer to an instance. Returns the handle, or a negative error number.</summary>
    public static long Accept(Domain* owner, AcceptResult* result)
    {
        DomainEndpoints* endpoints = DomainEndpoints.Of(owner);
        uint handle = endpoints->TakeOffer();
        if (handle == ChannelEntries.None)
        {
            return -Errno.EAGAIN;
        }
        Channel* channel = ChannelEntries.At(handle);
        channel->UserAddress = owner->MapShared(channel->Physical, channel->FrameCount);
        if (channel->UserAddress == 0)
        {
            Leave(handle, ChannelState.Refused, Errno.ENOMEM);
            return -Errno.ENOMEM;
        }
        result->Core = channel->PeerCore;
        result->Slots = channel->Slots;
        result->Life = channel->SourceLife;
        Declarations.CopyName(channel->SourceModule, result->Name);
        result->Address = channel->UserAddress;
        result->Length = RingLayout.BytesFor(channel->Slots);
        channel->Phase = ChannelPhase.Open;
        if (!channel->PeerGone)
        {
            ShowState(channel, ChannelState.Connected, 0);
            channel->SaysAccepted = true;
            List(handle);
            SendPending(channel->PeerCore);
        }
        return handle;
    }

    /// <summary>Pages of channels that a domain has mapped.</summary>
    public static ulong MappedPages(Domain* domain)
    {
        ulong pages = 0;
        for (uint handle = 0; handle < ChannelEntries.Limit; handle++)
        {
            Channel* channel = ChannelEntries.At(handle);
            pages +=
                channel->Owner == domain && channel->UserAddress != 0 ? channel->FrameCount : 0;
        }
        return pages;
    }

    /// <summary>The instance at the other end of an open channel when it is on this core, else null.</summary>
    public static Domain* FindLocalPeer(Domain* caller, ulong handle)
    {
        Channel* channel = Find(caller, handle);
        bool isLocal =
            channel != null
            && channel->Phase == ChannelPhase.Open
            && !channel->PeerGone
            && channel->PeerCore == ThisCore.Index;
        Channel* peer = isLocal ? ChannelEntries.TryFind(channel->PeerNumber) : null;
        return peer == null ? null : peer->Owner;
    }

    /// <summary>Rings a channel's other side. Returns 0 or a negative error number.</summary>
    public static long Notify(Domain* caller, ulong handle)
    {
        Channel* channel = Find(caller, handle);
        if (channel == null)
        {
            return -Errno.EBADF;
        }
        if (channel->Phase == ChannelPhase.Offering)
        {
            // The other side may have accepted, looked and fallen asleep while its word of that is still on its way; by the
            // doorbell it armed it has been promised to be woken.
            channel->OwesRing = true;
        }
        else if (channel->Phase == ChannelPhase.Open && !channel->PeerGone)
        {
            RingPeer(channel);
        }
        return 0;
    }

    /// <summary>Ends this side. Returns 0 or a negative error number.</summary>
    public static long Close(Domain* caller, ulong handle)
    {
        if (Find(caller, handle) == null)
        {
            return -Errno.EBADF;
        }
        Leave((uint)handle, ChannelState.PeerClosed, 0);
        return 0;
    }

    /// <summary>Ends all channels of an instance that ended.</summary>
    public static void CloseAll(Domain* owner, int status)
    {
        // Offers first, in their order: each is found at the head of the list.
        DomainEndpoints* endpoints = DomainEndpoints.Of(owner);
        for (uint handle; (handle = endpoints->FirstOffer) != ChannelEntries.None; )
        {
            Leave(handle, ChannelState.PeerEnded, status);
        }
        for (uint handle = 0; handle < ChannelEntries.Limit; handle++)
        {
            Channel* channel = ChannelEntries.At(handle);
            if (channel->Owner == owner && IsLocal(channel->Phase))
            {
                Leave(handle, ChannelState.PeerEnded, status);
            }
        }
    }

    /// <summary>Another core rang channels of ours.</summary>
    public static void OnRung(uint core, ulong bits)
    {
        while (bits != 0)
        {
            uint handle = (uint)System.Numerics.BitOperations.TrailingZeroCount(bits);
            bits &= bits - 1;
            for (; handle < ChannelEntries.Limit; handle += 64)
            {
                Channel* channel = ChannelEntries.At(handle);
                if (channel->PeerCore == core && channel->Phase == ChannelPhase.Open)
                {
                    DomainEndpoints.Notify(channel->Owner, handle);
                }
            }
        }
    }

    /// <summary>Another core's instance offers a channel. False when it cannot be answered now: offer it again later.</summary>
    public static bool TryOnOffer(uint core, ChannelOffer* offer)
    {
        uint handle = ChannelEntries.Allocate();
        if (handle == ChannelEntries.None)
        {
            // No entry that could remember the answer: it goes now or not at all.
            ChannelNews refusal = default;
            refusal.Kind = LinkMessageKind.Refused;
            refusal.To = offer->From;
            refusal.From = ChannelEntries.None;
            refusal.Status = Errno.ENOMEM;
            return Links.TrySendShort(core, (byte*)&refusal, (uint)sizeof(ChannelNews));
        }
        Channel* channel = ChannelEntries.At(handle);
        channel->PeerCore = core;
        channel->PeerNumber = offer->From;
        channel->PeerKnown = true;
        channel->Physical = offer->Physical;
        channel->Slots = offer->Slots;
        channel->SourceModule = offer->SourceModule;
        channel->SourceLife = offer->SourceLife;
        channel->TargetModule = offer->TargetModule;
        channel->Phase = ChannelPhase.LocalGone;

        Domain* target = Declarations.FindDomain(offer->TargetModule);
        if (target == null || !SharedFrames.Map(offer->Physical, channel->FrameCount))
        {
            // Whoever hears that there is no such instance takes it for dead: not to be said of one that only lacks memory.
            channel->GoneStatus = target == null ? 0 : Errno.ENOMEM;
            Post(handle, LinkMessageKind.Refused);
            return true;
        }
        channel->Owner = target;
        channel->Phase = ChannelPhase.Offered;
        DomainEndpoints.Of(target)->AddOffer(handle);
        DomainEndpoints.Notify(target, handle);
        return true;
    }

    /// <summary>News about a channel from the other side's core.</summary>
    public static void OnNews(uint core, ChannelNews* news)
    {
        Channel* channel = ChannelEntries.TryFind(news->To);
        if (channel == null || channel->PeerCore != core)
        {
            // The entry was freed while this was on its way.
            return;
        }
        uint handle = ChannelEntries.HandleOf(news->To);
        channel->PeerKnown = true;
        channel->PeerNumber = news->From;
        if (news->Kind == LinkMessageKind.Accepted)
        {
            OnAccepted(handle, channel);
            return;
        }
        channel->PeerGone = true;
        if (channel->AwaitedBy != 0)
        {
            Reaper.OnPeerGone(channel->AwaitedBy);
            channel->AwaitedBy = 0;
        }
        channel->Cargo.OnPeerGone(news->CargoReceived);
        List(handle);
        if (channel->Phase != ChannelPhase.LocalGone)
        {
            ChannelState state =
                news->Kind == LinkMessageKind.Refused ? ChannelState.Refused : news->State;
            ShowState(channel, state, news->Status);
            DomainEndpoints.Notify(channel->Owner, handle);
        }
        SendPending(core);
    }

    private static void OnAccepted(uint handle, Channel* channel)
    {
        if (channel->Phase == ChannelPhase.LocalGone)
        {
            // We left before the answer came: now there is someone to tell.
            Post(handle, LinkMessageKind.Gone);
            return;
        }
        channel->Phase = ChannelPhase.Open;
        ShowState(channel, ChannelState.Connected, 0);
        DomainEndpoints.Notify(channel->Owner, handle);
        if (channel->OwesRing)
        {
            channel->OwesRing = false;
            RingPeer(channel);
        }
    }

    // This side goes: unmapped first, then the other side is told.
    private static void Leave(uint handle, ChannelState state, int status)
    {
        Channel* channel = ChannelEntries.At(handle);
        if (channel->Phase == ChannelPhase.Offered)
        {
            DomainEndpoints.Of(channel->Owner)->RemoveOffer(handle);
        }
        if (channel->UserAddress != 0)
        {
            channel->Owner->UnmapShared(channel->UserAddress);
            channel->UserAddress = 0;
        }
        if (channel->SideA)
        {
            channel->Owner->Space.TakeBack(channel->FrameCount);
            DomainEndpoints.Of(channel->Owner)->Offered--;
        }
        else
        {
            SharedFrames.Unmap(channel->Physical, channel->FrameCount);
        }
        // Only side A hears of the other's leaving after it has left itself; drivers are that.
        if (
            state == ChannelState.PeerEnded
            && channel->BroughtDevices
            && channel->SideA
            && !channel->PeerGone
        )
        {
            channel->AwaitedBy = channel->Owner->Id;
            channel->Owner->AwaitedPeers++;
        }
        bool answered = channel->Phase != ChannelPhase.Offering || channel->PeerKnown;
        channel->Phase = ChannelPhase.LocalGone;
        channel->Owner = null;
        channel->GoneState = state;
        channel->GoneStatus = status;
        channel->Cargo.GiveUp();
        if (!channel->SideA || (answered && !channel->PeerGone))
        {
            channel->Pending = LinkMessageKind.Gone;
        }
        List(handle);
        SendPending(channel->PeerCore);
    }

    // An entry goes when this side is gone and has nothing to say; the other side must be gone too when it still uses the memory
    // or may not have got all capabilities that were sent to it.
    private static void TryFree(uint handle)
    {
        Channel* channel = ChannelEntries.At(handle);
        if (
            channel->Phase != ChannelPhase.LocalGone
            || channel->Listed
            || (!channel->PeerGone && (channel->SideA || channel->Cargo.IsOutstanding))
        )
        {
            return;
        }
        if (channel->SideA)
        {
            Frames.FreeRun(channel->Physical, channel->FrameCount);
        }
        channel->Cargo.Free();
        ChannelEntries.Free(handle);
    }

    private static void RingPeer(Channel* channel)
    {
        if (channel->PeerCore == ThisCore.Index)
        {
            Ring(channel->PeerNumber);
        }
        else
        {
            Doorbells.RingChannel(channel->PeerCore, channel->PeerNumber);
        }
    }

    private static void Ring(uint number)
    {
        Channel* channel = ChannelEntries.TryFind(number);
        if (channel != null && channel->Phase == ChannelPhase.Open)
        {
            DomainEndpoints.Notify(channel->Owner, ChannelEntries.HandleOf(number));
        }
    }

    private static Channel* Find(Domain* caller, ulong handle)
    {
        Channel* channel = handle < ChannelEntries.Limit ? ChannelEntries.At((uint)handle) : null;
        return channel != null && channel->Owner == caller && IsLocal(channel->Phase)
            ? channel
            : null;
    }

    private static bool IsLocal(ChannelPhase phase) =>
        phase is ChannelPhase.Offering or ChannelPhase.Offered or ChannelPhase.Open;

    private static void ShowState(Channel* channel, ChannelState state, int status)
    {
        int offset = channel->SideA ? RingLayout.StateOffsetA : RingLayout.StateOffsetB;
        uint* words = (uint*)(DirectMap.At(channel->Physical) + offset);
        // The status first: whoever sees the state sees what it is about.
        Volatile.Write(ref words[1], (uint)status);
        Volatile.Write(ref words[0], (uint)state);
    }
}

// What a channel's entry has to tell other cores: that it was accepted, then capabilities, in their order, then how far those that came were taken,
// then news; and before all that frames that nobody took, each to its home.

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe partial class ChannelTable
{
    private static uint s_pendingHead;

    /// <summary>Sends what could not be sent to a core before.</summary>
    public static void SendPending(uint core)
    {
        uint previous = 0;
        for (uint place = s_pendingHead; place != 0; )
        {
            Channel* channel = ChannelEntries.At(place - 1);
            uint next = channel->NextPending;
            if (TrySend(place - 1, core))
            {
                if (previous == 0)
                {
                    s_pendingHead = next;
                }
                else
                {
                    ChannelEntries.At(previous - 1)->NextPending = next;
                }
                channel->NextPending = 0;
                channel->Listed = false;
                TryFree(place - 1);
            }
            else
            {
                previous = place;
            }
            place = next;
        }
    }

    private static void Post(uint handle, LinkMessageKind kind)
    {
        ChannelEntries.At(handle)->Pending = kind;
        List(handle);
        SendPending(ChannelEntries.At(handle)->PeerCore);
    }

    // Enters a channel in the list of those that have something to send.
    private static void List(uint handle)
    {
        Channel* channel = ChannelEntries.At(handle);
        if (!channel->Listed)
        {
            channel->Listed = true;
            channel->NextPending = s_pendingHead;
            s_pendingHead = handle + 1;
        }
    }

    // Sends to one core; true when nothing is left for any. Frames go home whenever there is room on their way.
    private static bool TrySend(uint handle, uint core)
    {
        Channel* channel = ChannelEntries.At(handle);
        // First: the place of a frame that was given up is free when it has gone, and that is told.
        bool isHome = channel->Cargo.TrySendHome();
        bool told =
            channel->PeerCore == core
                ? TrySendAccepted(channel)
                    && TrySendCargo(channel)
                    && TrySendTaken(channel)
                    && TrySendAwaited(channel)
                    && TrySendPendingNews(channel)
                : channel->Pending == 0
                    && !channel->SaysAccepted
                    && !channel->Cargo.HasWaiting
                    && !channel->Cargo.TellsTaken
                    && !channel->Cargo.TellsAwaited;
        return isHome && told;
    }

    private static bool TrySendCargo(Channel* channel)
    {
        while (channel->Cargo.TryPeekWaiting(out uint number, out Capabilities.Cargo cargo))
        {
            CargoMessage message = default;
            message.Kind = LinkMessageKind.Cargo;
            message.To = channel->PeerNumber;
            message.Number = number;
            message.Cargo = cargo;
            if (
                !Links.TrySendShort(
                    channel->PeerCore,
                    (byte*)&message,
                    (uint)sizeof(CargoMessage),
                    rings: channel->Cargo.IsAwaitedThere
                )
            )
            {
                return false;
            }
            channel->Cargo.MarkSent();
        }
        return true;
    }

    private static bool TrySendTaken(Channel* channel)
    {
        if (channel->Cargo.TellsTaken && TrySendCargoNews(channel, LinkMessageKind.CargoTaken))
        {
            channel->Cargo.MarkTold();
        }
        return !channel->Cargo.TellsTaken;
    }

    private static bool TrySendAwaited(Channel* channel)
    {
        if (channel->Cargo.TellsAwaited && TrySendCargoNews(channel, LinkMessageKind.CargoAwaited))
        {
            channel->Cargo.MarkAwaitedTold();
        }
        return !channel->Cargo.TellsAwaited;
    }

    private static bool TrySendCargoNews(Channel* channel, LinkMessageKind kind)
    {
        CargoNews news = default;
        news.Kind = kind;
        news.To = channel->PeerNumber;
        channel->Cargo.Describe(ref news);
        return Links.TrySendShort(channel->PeerCore, (byte*)&news, (uint)sizeof(CargoNews));
    }

    private static bool TrySendAccepted(Channel* channel)
    {
        channel->SaysAccepted =
            channel->SaysAccepted && !TrySendNews(channel, LinkMessageKind.Accepted);
        return !channel->SaysAccepted;
    }

    private static bool TrySendPendingNews(Channel* channel)
    {
        bool sent =
            channel->Pending == 0
            || (
                channel->Pending == LinkMessageKind.Offer
                    ? TrySendOffer(channel)
                    : TrySendNews(channel, channel->Pending)
            );
        channel->Pending = sent ? 0 : channel->Pending;
        return sent;
    }

    private static bool TrySendOffer(Channel* channel)
    {
        ChannelOffer offer = default;
        offer.Kind = LinkMessageKind.Offer;
        offer.From = channel->Number;
        offer.Physical = channel->Physical;
        offer.Slots = channel->Slots;
        offer.TargetModule = channel->TargetModule;
        offer.SourceModule = channel->SourceModule;
        offer.SourceLife = channel->SourceLife;
        return Links.TrySendShort(channel->PeerCore, (byte*)&offer, (uint)sizeof(ChannelOffer));
    }

    private static bool TrySendNews(Channel* channel, LinkMessageKind kind)
    {
        ChannelNews news = default;
        news.Kind = kind;
        news.To = channel->PeerNumber;
        news.From = channel->Number;
        news.State = channel->GoneState;
        news.Status = channel->GoneStatus;
        news.CargoReceived = channel->Cargo.Received;
        return Links.TrySendShort(channel->PeerCore, (byte*)&news, (uint)sizeof(ChannelNews));
    }
}

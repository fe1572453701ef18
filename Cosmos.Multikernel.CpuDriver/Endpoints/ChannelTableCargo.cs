// Capabilities through channels: what the two ends' CPU drivers say to each other about them.
//
// A capability is sent without an interrupt. Whoever wants it learns its number from a message, for which it is woken if it sleeps, and this
// side looks for the capability when it is claimed: it was in the link before the message was sent. Only who claims one that is not there, for
// the link was full or the number is a guess, has the sender told, which then interrupts.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe partial class ChannelTable
{
    /// <summary>Sends a capability to the instance at a channel's other end. The caller has it no longer.</summary>
    /// <returns>
    /// The number by which the other claims it, or a negative error number: EAGAIN while as many as may be are under way (the
    /// channel is rung when that changes).
    /// </returns>
    public static long SendCapability(Domain* caller, ulong handle, ulong capability)
    {
        Channel* channel = Find(caller, handle);
        if (channel == null)
        {
            return -Errno.EBADF;
        }
        if (channel->PeerGone)
        {
            return -Errno.EPIPE;
        }
        if (channel->Phase != ChannelPhase.Open)
        {
            return -Errno.ENOTCONN;
        }
        long room = channel->Cargo.MakeRoom();
        if (room < 0)
        {
            return room;
        }
        long given = Giving.TryTake(caller, capability, out Cargo cargo);
        if (given < 0)
        {
            return given;
        }
        uint number = channel->Cargo.Add(in cargo);
        List((uint)handle);
        SendPending(channel->PeerCore);
        return number;
    }

    /// <summary>Takes a capability that was sent through a channel.</summary>
    /// <returns>
    /// Its handle, or a negative error number: EAGAIN when it has not come yet (the channel is rung when it does), ENOENT when
    /// none of that number can come any more, ENOMEM.
    /// </returns>
    public static long ClaimCapability(Domain* caller, ulong handle, ulong number)
    {
        Channel* channel = Find(caller, handle);
        if (channel == null)
        {
            return -Errno.EBADF;
        }
        long found = FindCargo(channel, number, out Cargo* cargo);
        if (found < 0)
        {
            return found;
        }
        long received = Giving.TryGive(caller, cargo);
        if (received >= 0)
        {
            channel->BroughtDevices |= cargo->Type != CapabilityType.Frame;
            channel->Cargo.Take((uint)number);
            List((uint)handle);
            SendPending(channel->PeerCore);
        }
        return received;
    }

    /// <summary>Gives up a capability that was sent through a channel: it needs no place in the caller's table.</summary>
    /// <returns>0, or what <see cref="ClaimCapability"/> says of it.</returns>
    public static long DiscardCapability(Domain* caller, ulong handle, ulong number)
    {
        Channel* channel = Find(caller, handle);
        if (channel == null)
        {
            return -Errno.EBADF;
        }
        long found = FindCargo(channel, number, out _);
        if (found < 0)
        {
            return found;
        }
        channel->Cargo.Discard((uint)number);
        List((uint)handle);
        SendPending(channel->PeerCore);
        return 0;
    }

    /// <summary>A capability came from another core.</summary>
    internal static void OnCargo(uint core, CargoMessage* message)
    {
        Channel* channel = FindMeant(core, message->To);
        if (channel == null || !IsLocal(channel->Phase))
        {
            // Our "gone" told, or will tell, the sender that it did not arrive: it is the sender's to send home.
            return;
        }
        bool isAwaited = channel->Cargo.IsAwaited;
        bool isHere = channel->Cargo.TryReceive(message->Number, in message->Cargo);
        if (isAwaited)
        {
            // Also when there is no memory for it: then claiming says so.
            DomainEndpoints.Notify(channel->Owner, ChannelEntries.HandleOf(message->To));
        }
        if (!isHere)
        {
            List(ChannelEntries.HandleOf(message->To));
            SendPending(core);
        }
    }

    /// <summary>The other side waits for a capability that had not come there.</summary>
    public static void OnCargoAwaited(uint core, CargoNews* news)
    {
        Channel* channel = FindMeant(core, news->To);
        if (channel != null)
        {
            channel->Cargo.OnAwaited(news);
            // It may have been on its way without an interrupt.
            Links.Ring(core);
        }
    }

    /// <summary>The other side took capabilities, or can take no more.</summary>
    public static void OnCargoTaken(uint core, CargoNews* news)
    {
        Channel* channel = FindMeant(core, news->To);
        if (channel == null)
        {
            return;
        }
        channel->Cargo.OnTaken(news);
        List(ChannelEntries.HandleOf(news->To));
        if (channel->Owner != null)
        {
            DomainEndpoints.Notify(channel->Owner, ChannelEntries.HandleOf(news->To));
        }
        SendPending(core);
    }

    // Looks for a capability that came, if need be for what its sender has sent without an interrupt.
    private static long FindCargo(Channel* channel, ulong number, out Cargo* cargo)
    {
        long found = channel->Cargo.Find(number, channel->PeerGone, out cargo);
        if (found == -Errno.EAGAIN)
        {
            Links.LookAt(channel->PeerCore);
            found = channel->Cargo.Find(number, channel->PeerGone, out cargo);
        }
        if (found == -Errno.EAGAIN)
        {
            channel->Cargo.Await();
            List(ChannelEntries.HandleOf(channel->Number));
            SendPending(channel->PeerCore);
        }
        return found;
    }

    // The entry that a message from a core is about, or null when it is another channel's by now.
    private static Channel* FindMeant(uint core, uint number)
    {
        Channel* channel = ChannelEntries.TryFind(number);
        return channel != null && channel->PeerCore == core ? channel : null;
    }
}

using System.Buffers;
using Cosmos.Multikernel.Drivers.Network.Wire;

namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>Datagrams (RFC 791, RFC 1122): checks what comes and gives it to its protocol; routes and cuts what goes.</summary>
internal sealed class Ipv4Layer(NetworkStack stack)
{
    public const byte DefaultTimeToLive = 64;

    // 224.0.0.1, all hosts: the one group that everybody is in (RFC 1112).
    private static readonly Ipv4Address AllHosts = new(0xE000_0001);

    // What this stack sends itself and has not looked at yet.
    private const int MostLooped = 64;

    private readonly Reassembly reassembly = new(stack);
    private readonly Queue<(byte[] Buffer, int Length)> looped = new();
    private ushort nextIdentification = stack.Random.NextUInt16();

    public Reassembly Reassembly => reassembly;

    /// <summary>A packet with a datagram came.</summary>
    /// <param name="packet">The datagram, perhaps with padding.</param>
    /// <param name="isGroup">Whether the packet was to several stations.</param>
    public void Received(ReadOnlySpan<byte> packet, bool isGroup)
    {
        DropReason reason = Ipv4Header.TryParse(packet, out Ipv4Header header);
        if (reason == DropReason.None)
        {
            reason = Check(header, isGroup);
        }
        if (reason != DropReason.None)
        {
            stack.Counters.Drop(reason);
            return;
        }
        Take(header, isGroup, isLooped: false);
    }

    /// <summary>Finds the way to a destination.</summary>
    /// <param name="destination">To whom.</param>
    /// <param name="route">How.</param>
    /// <param name="withoutAddress">Whether to broadcast even without an address of our own: DHCP only.</param>
    public NetworkError TryRoute(
        Ipv4Address destination,
        out Route route,
        bool withoutAddress = false
    )
    {
        Ipv4Configuration configuration = stack.Configuration;
        route = new Route(RouteKind.Local, destination, destination);
        if (destination.IsAny)
        {
            return NetworkError.Invalid;
        }
        if (destination.IsLoopback || destination == configuration.Address)
        {
            return NetworkError.None;
        }
        if (!stack.Device.Link.IsUp)
        {
            return NetworkError.NetworkDown;
        }
        bool isBroadcast = configuration.IsBroadcast(destination);
        if (configuration.Address.IsAny && !(withoutAddress && isBroadcast))
        {
            return NetworkError.NetworkUnreachable;
        }
        Ipv4Address hop = destination;
        RouteKind kind =
            isBroadcast ? RouteKind.Broadcast
            : destination.IsMulticast ? RouteKind.Multicast
            : RouteKind.Neighbour;
        if (kind == RouteKind.Neighbour && !destination.IsUnicast)
        {
            return NetworkError.Invalid;
        }
        if (kind == RouteKind.Neighbour && !configuration.IsOnLink(destination))
        {
            hop = configuration.Router;
            if (hop.IsAny)
            {
                return NetworkError.NetworkUnreachable;
            }
        }
        route = new Route(kind, configuration.Address, hop);
        return NetworkError.None;
    }

    /// <summary>Sends a datagram, in fragments when it is long.</summary>
    /// <param name="route">The way to its destination.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="protocol">What it is.</param>
    /// <param name="head">Its protocol's header: a multiple of eight bytes.</param>
    /// <param name="body">What follows that.</param>
    /// <param name="timeToLive">Routers it may pass, and one.</param>
    public NetworkError Send(
        in Route route,
        Ipv4Address destination,
        byte protocol,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body,
        byte timeToLive = DefaultTimeToLive
    )
    {
        int length = head.Length + body.Length;
        if (length > Ipv4Header.MaximumTotal - Ipv4Header.Size)
        {
            return NetworkError.MessageTooLong;
        }
        Outgoing outgoing = new(route, destination, protocol, timeToLive, nextIdentification++);
        if (route.Kind == RouteKind.Local)
        {
            return Loop(outgoing, head, body);
        }
        int most = (stack.Device.MaximumPayload - Ipv4Header.Size) & ~7;
        bool isCut = length > stack.Device.MaximumPayload - Ipv4Header.Size;
        int pieces = isCut ? (length + most - 1) / most : 1;
        MacAddress mac = default;
        bool isKnown =
            route.Kind != RouteKind.Neighbour || stack.Arp.TryFind(route.NextHop, out mac);
        if (isKnown && stack.Device.Room < pieces)
        {
            stack.Counters.Drop(DropReason.DeviceFull);
            return NetworkError.WouldBlock;
        }
        if (route.Kind != RouteKind.Neighbour)
        {
            mac = GroupMac(route.Kind, destination);
        }
        for (int offset = 0, piece = 0; piece < pieces; piece++)
        {
            int size = isCut ? Math.Min(most, length - offset) : length;
            ushort fragment = (ushort)(
                offset / 8 | (offset + size < length ? Ipv4Header.MoreFragments : 0)
            );
            bool isSent = isKnown
                ? SendPiece(outgoing, mac, fragment, head, body, size)
                : KeepPiece(outgoing, fragment, head, body, size);
            if (!isSent)
            {
                return NetworkError.NoBuffers;
            }
            offset += size;
        }
        return NetworkError.None;
    }

    /// <summary>Looks at what this stack has sent itself; what that causes to be sent, too.</summary>
    public void RunLooped()
    {
        // Answers to answers end by themselves; the limit is for what nobody has thought of.
        for (int i = 0; i < 4 * MostLooped && looped.TryDequeue(out var packet); i++)
        {
            ReadOnlySpan<byte> datagram = packet.Buffer.AsSpan(0, packet.Length);
            if (Ipv4Header.TryParse(datagram, out Ipv4Header header) == DropReason.None)
            {
                Take(header, isGroup: false, isLooped: true);
            }
            ArrayPool<byte>.Shared.Return(packet.Buffer);
        }
    }

    /// <summary>Tells a datagram's sender that it did not arrive.</summary>
    /// <param name="datagram">It, or its beginning.</param>
    /// <param name="error">Why.</param>
    /// <param name="reporter">Who says so.</param>
    /// <returns>False when nobody here can have sent it.</returns>
    public bool Undeliverable(ReadOnlySpan<byte> datagram, NetworkError error, Ipv4Address reporter)
    {
        if (
            !Ipv4Header.TryParseQuoted(datagram, out Ipv4Header header)
            || header.Source != stack.Configuration.Address
            || header.FragmentOffset != 0
        )
        {
            return false;
        }
        return header.Protocol switch
        {
            IpProtocol.Udp => stack.Udp.Undeliverable(header, error),
            IpProtocol.Icmp => stack.Icmp.Undeliverable(header, error, reporter),
            _ => false,
        };
    }

    private static MacAddress GroupMac(RouteKind kind, Ipv4Address destination) =>
        kind == RouteKind.Broadcast
            ? MacAddress.Broadcast
            // RFC 1112, 6.4: the group's last 23 bits behind 01:00:5e.
            : new MacAddress(0x0100_5E00_0000UL | (destination.Value & 0x7F_FFFFU));

    private DropReason Check(in Ipv4Header header, bool isGroup)
    {
        Ipv4Configuration configuration = stack.Configuration;
        Ipv4Address source = header.Source;
        bool isOurs = !configuration.Address.IsAny && source == configuration.Address;
        bool isStation = source.IsUnicast && !configuration.IsBroadcast(source);
        if (isOurs || source.IsLoopback || !(isStation || source.IsAny))
        {
            return DropReason.Ipv4BadSource;
        }
        Ipv4Address destination = header.Destination;
        if (destination == configuration.Address && !destination.IsAny)
        {
            // RFC 1122, 3.3.6: a packet to everybody with a datagram for one is no good.
            return isGroup ? DropReason.Ipv4NotForUs : DropReason.None;
        }
        if (configuration.IsBroadcast(destination) || destination == AllHosts)
        {
            return DropReason.None;
        }
        // A DHCP server may send to the address that it is about to give us (RFC 2131, 4.1).
        bool isPerhapsDhcp =
            configuration.Address.IsAny && header.Protocol == IpProtocol.Udp && !isGroup;
        return isPerhapsDhcp ? DropReason.None : DropReason.Ipv4NotForUs;
    }

    private void Take(in Ipv4Header header, bool isGroup, bool isLooped)
    {
        if (!header.IsFragment)
        {
            Dispatch(header, header.Payload, isGroup, isLooped);
        }
        else if (reassembly.Add(header, out Reassembly.Partial whole))
        {
            Dispatch(header, whole.Payload, isGroup, isLooped);
            Reassembly.Release(whole);
        }
    }

    private void Dispatch(
        in Ipv4Header header,
        ReadOnlySpan<byte> payload,
        bool isGroup,
        bool isLooped
    )
    {
        Incoming incoming = new(
            header.Source,
            header.Destination,
            header.TimeToLive,
            isGroup || stack.Configuration.IsBroadcast(header.Destination),
            isLooped
        );
        switch (header.Protocol)
        {
            case IpProtocol.Udp:
                stack.Udp.Received(incoming, header, payload);
                break;
            case IpProtocol.Icmp:
                stack.Icmp.Received(incoming, payload);
                break;
            default:
                stack.Counters.Drop(DropReason.Ipv4UnknownProtocol);
                if (!incoming.IsGroup)
                {
                    stack.Icmp.SendError(
                        IcmpHeader.Unreachable,
                        IcmpHeader.ProtocolUnreachable,
                        header,
                        payload
                    );
                }
                break;
        }
    }

    private bool SendPiece(
        in Outgoing outgoing,
        MacAddress mac,
        ushort fragment,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body,
        int size
    )
    {
        if (!stack.TryReserve(EthernetHeader.Size + Ipv4Header.Size + size, out Span<byte> packet))
        {
            return false;
        }
        EthernetHeader.Write(packet, mac, stack.Device.Address, EthernetHeader.Ipv4);
        WritePiece(outgoing, fragment, head, body, packet[EthernetHeader.Size..]);
        stack.Commit(packet.Length);
        return true;
    }

    private bool KeepPiece(
        in Outgoing outgoing,
        ushort fragment,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body,
        int size
    )
    {
        int length = EthernetHeader.Size + Ipv4Header.Size + size;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> packet = buffer.AsSpan(0, length);
        EthernetHeader.Write(packet, default, stack.Device.Address, EthernetHeader.Ipv4);
        WritePiece(outgoing, fragment, head, body, packet[EthernetHeader.Size..]);
        return stack.Arp.Wait(outgoing.Route.NextHop, buffer, length);
    }

    private NetworkError Loop(
        in Outgoing outgoing,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body
    )
    {
        if (looped.Count == MostLooped)
        {
            return NetworkError.NoBuffers;
        }
        int length = Ipv4Header.Size + head.Length + body.Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        WritePiece(outgoing, 0, head, body, buffer.AsSpan(0, length));
        looped.Enqueue((buffer, length));
        return NetworkError.None;
    }

    /// <summary>Writes the header and, behind it, the part of head and body that the fragment's offset says.</summary>
    private static void WritePiece(
        in Outgoing outgoing,
        ushort fragment,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body,
        Span<byte> datagram
    )
    {
        Ipv4Header.Write(
            datagram,
            datagram.Length,
            outgoing.Identification,
            fragment,
            outgoing.TimeToLive,
            outgoing.Protocol,
            outgoing.Route.Source,
            outgoing.Destination
        );
        Span<byte> to = datagram[Ipv4Header.Size..];
        int offset = (fragment & 0x1FFF) * 8;
        if (offset < head.Length)
        {
            // The head is shorter than any fragment: it goes whole.
            head[offset..].CopyTo(to);
            to = to[(head.Length - offset)..];
            offset = head.Length;
        }
        body.Slice(offset - head.Length, to.Length).CopyTo(to);
    }

    /// <summary>What the fragments of a datagram to be sent have in common.</summary>
    private readonly record struct Outgoing(
        Route Route,
        Ipv4Address Destination,
        byte Protocol,
        byte TimeToLive,
        ushort Identification
    );
}

/// <summary>What a protocol is told of a datagram besides its payload.</summary>
/// <param name="Source">From whom.</param>
/// <param name="Destination">To which of our addresses.</param>
/// <param name="TimeToLive">What was left of it.</param>
/// <param name="IsGroup">Whether it was to several stations: nobody answers errors to those.</param>
/// <param name="IsLooped">Whether this stack sent it itself.</param>
internal readonly record struct Incoming(
    Ipv4Address Source,
    Ipv4Address Destination,
    byte TimeToLive,
    bool IsGroup,
    bool IsLooped
);

using Cosmos.Multikernel.Drivers.Network.Wire;

namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>UDP (RFC 768, RFC 1122 4.1): who has which port.</summary>
internal sealed class UdpLayer(NetworkStack stack)
{
    /// <summary>Most ports open at a time.</summary>
    public const int MostSockets = 4096;

    // RFC 6335: those that nobody is given by name.
    private const int FirstEphemeral = 49152;
    private const int Ephemerals = 65536 - FirstEphemeral;

    private readonly Dictionary<ushort, UdpSocket> sockets = [];

    public IEnumerable<UdpSocket> Sockets => sockets.Values;

    /// <summary>Opens a port.</summary>
    /// <param name="port">Which; 0 for one of the ephemeral ones, by chance (RFC 6056).</param>
    /// <param name="handler">A part of the stack that takes its datagrams.</param>
    /// <param name="socket">The socket.</param>
    public NetworkError TryOpen(ushort port, IUdpHandler? handler, out UdpSocket? socket)
    {
        socket = null;
        if (sockets.Count == MostSockets)
        {
            return NetworkError.TooManySockets;
        }
        if (port == 0)
        {
            // At most a quarter of them is taken, so that this ends.
            do
            {
                port = (ushort)(FirstEphemeral + stack.Random.Next(Ephemerals));
            } while (sockets.ContainsKey(port));
        }
        socket = new UdpSocket(stack, port, handler);
        if (!sockets.TryAdd(port, socket))
        {
            socket = null;
            return NetworkError.AddressInUse;
        }
        return NetworkError.None;
    }

    public void Close(UdpSocket socket) => sockets.Remove(socket.Port);

    /// <summary>Sends a datagram.</summary>
    public NetworkError Send(UdpSocket socket, Ipv4Endpoint to, ReadOnlySpan<byte> data)
    {
        if (data.Length > UdpHeader.MaximumData)
        {
            return NetworkError.MessageTooLong;
        }
        if (to.Port == 0)
        {
            return NetworkError.Invalid;
        }
        NetworkError error = stack.Ipv4.TryRoute(
            to.Address,
            out Route route,
            withoutAddress: socket.Handler is Dhcp.DhcpClient
        );
        if (error != NetworkError.None)
        {
            return error;
        }
        if (route.Kind == RouteKind.Broadcast && !socket.AllowsBroadcast)
        {
            return NetworkError.AccessDenied;
        }
        Span<byte> head = stackalloc byte[UdpHeader.Size];
        UdpHeader.Write(head, route.Source, socket.Port, to.Address, to.Port, data);
        return stack.Ipv4.Send(route, to.Address, IpProtocol.Udp, head, data, socket.TimeToLive);
    }

    /// <summary>A datagram came.</summary>
    public void Received(in Incoming incoming, in Ipv4Header ip, ReadOnlySpan<byte> payload)
    {
        DropReason reason = UdpHeader.TryParse(
            payload,
            incoming.Source,
            incoming.Destination,
            out UdpHeader header
        );
        if (reason != DropReason.None)
        {
            stack.Counters.Drop(reason);
            return;
        }
        if (!sockets.TryGetValue(header.DestinationPort, out UdpSocket? socket))
        {
            stack.Counters.Drop(DropReason.UdpNoSocket);
            if (!incoming.IsGroup)
            {
                stack.Icmp.SendError(
                    IcmpHeader.Unreachable,
                    IcmpHeader.PortUnreachable,
                    ip,
                    payload
                );
            }
            return;
        }
        Ipv4Endpoint from = new(incoming.Source, header.SourcePort);
        if (socket.Handler is { } handler)
        {
            handler.Received(socket, from, header.Data);
            return;
        }
        // While there is no address, only DHCP is to hear what comes to any; nor does anybody answer to 0.0.0.0.
        bool isHeard = incoming.IsLooped || !stack.Configuration.Address.IsAny;
        if (!isHeard)
        {
            stack.Counters.Drop(DropReason.Ipv4NotForUs);
        }
        else if (!socket.TryPut(from, incoming.Destination, header.Data))
        {
            stack.Counters.Drop(DropReason.UdpSocketFull);
        }
    }

    /// <summary>A datagram of ours did not arrive.</summary>
    /// <returns>False when no socket of ours can have sent it.</returns>
    public bool Undeliverable(in Ipv4Header datagram, NetworkError error)
    {
        if (
            !UdpHeader.TryParseQuoted(datagram.Payload, out UdpHeader header)
            || !sockets.TryGetValue(header.SourcePort, out UdpSocket? socket)
        )
        {
            return false;
        }
        Ipv4Endpoint destination = new(datagram.Destination, header.DestinationPort);
        if (socket.Handler is { } handler)
        {
            handler.Undeliverable(socket, destination, error);
        }
        else
        {
            socket.PutError(destination, error);
        }
        return true;
    }
}

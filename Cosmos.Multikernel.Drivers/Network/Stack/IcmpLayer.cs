using Cosmos.Multikernel.Drivers.Network.Wire;

namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>ICMP (RFC 792): answers echoes, sends them, tells of what cannot be delivered, and hears of it.</summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>No error is sent about an error, a group's datagram or a fragment that is not the first (RFC 1122, 3.2.2), nor more
/// than so many a second: nobody can make this stack a hammer.</item>
/// <item>An error is believed only when the datagram that it quotes can be one of ours: from our address, and from a socket
/// or a ping that is there.</item>
/// </list>
/// </remarks>
internal sealed class IcmpLayer(NetworkStack stack) : ITimedPart
{
    // RFC 1812, 4.3.2.3: as much of the datagram as fits 576 bytes.
    private const int MostQuoted = 576 - Ipv4Header.Size - IcmpHeader.Size;
    private const int ErrorsPerSecond = 10;
    private const int ErrorBurst = 20;
    private const int MostPings = 256;

    private readonly TokenBucket errors = new(ErrorsPerSecond, ErrorBurst);
    private readonly Dictionary<uint, Ping> pings = [];
    private ushort nextSequence;

    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Sends an echo request.</summary>
    /// <param name="destination">To whom.</param>
    /// <param name="length">Bytes of data.</param>
    /// <param name="timeToLive">Routers it may pass, and one.</param>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <param name="ended">Told once what became of it; not told when this returns an error.</param>
    public NetworkError Send(
        Ipv4Address destination,
        int length,
        byte timeToLive,
        TimeSpan timeout,
        Action<PingReply> ended
    )
    {
        if (length is < 0 or > UdpHeader.MaximumData || timeToLive == 0 || timeout < TimeSpan.Zero)
        {
            return NetworkError.Invalid;
        }
        if (pings.Count == MostPings)
        {
            return NetworkError.NoBuffers;
        }
        NetworkError error = stack.Ipv4.TryRoute(destination, out Route route);
        if (error == NetworkError.None && route.Kind is RouteKind.Broadcast or RouteKind.Multicast)
        {
            // Who would answer for all of them?
            error = NetworkError.AccessDenied;
        }
        if (error != NetworkError.None)
        {
            return error;
        }
        // A new identifier for each: nobody can answer what he has not seen.
        ushort identifier = stack.Random.NextUInt16();
        ushort sequence = nextSequence++;
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
        {
            data[i] = (byte)(identifier + i);
        }
        Span<byte> head = stackalloc byte[IcmpHeader.Size];
        IcmpHeader.Write(head, IcmpHeader.Echo, 0, identifier, sequence, data);
        TimeSpan now = stack.Now;
        Ping ping = new(destination, data, now, now + timeout, ended);
        uint key = KeyOf(identifier, sequence);
        pings[key] = ping;
        error = stack.Ipv4.Send(route, destination, IpProtocol.Icmp, head, data, timeToLive);
        if (error != NetworkError.None)
        {
            pings.Remove(key);
            return error;
        }
        Due = ping.Due < Due ? ping.Due : Due;
        return NetworkError.None;
    }

    /// <summary>A message came.</summary>
    public void Received(in Incoming incoming, ReadOnlySpan<byte> payload)
    {
        DropReason reason = IcmpHeader.TryParse(payload, out IcmpHeader header);
        if (reason == DropReason.None)
        {
            reason = header.Type switch
            {
                IcmpHeader.Echo => Answer(incoming, header),
                IcmpHeader.EchoReply => TakeReply(incoming, header),
                IcmpHeader.Unreachable or IcmpHeader.TimeExceeded or IcmpHeader.ParameterProblem =>
                    TakeError(incoming, header),
                _ => DropReason.IcmpUnknownType,
            };
        }
        if (reason != DropReason.None)
        {
            stack.Counters.Drop(reason);
        }
    }

    /// <summary>Tells the sender of a datagram that something is wrong with it.</summary>
    public void SendError(byte type, byte code, in Ipv4Header datagram, ReadOnlySpan<byte> payload)
    {
        bool isAboutError =
            datagram.Protocol == IpProtocol.Icmp
            && IcmpHeader.TryParseQuoted(payload, out IcmpHeader header)
            && header.Type is not (IcmpHeader.Echo or IcmpHeader.EchoReply);
        if (
            isAboutError
            || datagram.FragmentOffset != 0
            || !datagram.Source.IsUnicast
            || stack.Ipv4.TryRoute(datagram.Source, out Route route) != NetworkError.None
            || route.Kind is RouteKind.Broadcast or RouteKind.Multicast
            || !errors.TryTake(stack.Now)
        )
        {
            return;
        }
        Span<byte> quote = stackalloc byte[MostQuoted];
        ReadOnlySpan<byte> quoted = payload[
            ..Math.Min(MostQuoted - datagram.Header.Length, payload.Length)
        ];
        datagram.Header.CopyTo(quote);
        quoted.CopyTo(quote[datagram.Header.Length..]);
        quote = quote[..(datagram.Header.Length + quoted.Length)];
        Span<byte> head = stackalloc byte[IcmpHeader.Size];
        IcmpHeader.Write(head, type, code, 0, 0, quote);
        stack.Ipv4.Send(route, datagram.Source, IpProtocol.Icmp, head, quote);
    }

    /// <summary>The same, of a datagram of which only the beginning is still there.</summary>
    public void SendError(byte type, byte code, ReadOnlySpan<byte> beginning)
    {
        if (Ipv4Header.TryParseQuoted(beginning, out Ipv4Header datagram))
        {
            SendError(type, code, datagram, datagram.Payload);
        }
    }

    /// <summary>A datagram of ours did not arrive: the ping it was ends.</summary>
    public bool Undeliverable(in Ipv4Header datagram, NetworkError error, Ipv4Address reporter)
    {
        if (
            !IcmpHeader.TryParseQuoted(datagram.Payload, out IcmpHeader header)
            || header.Type != IcmpHeader.Echo
            || !pings.TryGetValue(KeyOf(header.Identifier, header.Sequence), out Ping? ping)
            || ping.Destination != datagram.Destination
        )
        {
            return false;
        }
        pings.Remove(KeyOf(header.Identifier, header.Sequence));
        ping.Ended(new PingReply(error, reporter, stack.Now - ping.Sent, 0));
        return true;
    }

    /// <inheritdoc/>
    public void RunDue(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }
        Due = TimeSpan.MaxValue;
        foreach ((uint key, Ping ping) in pings.ToArray())
        {
            if (ping.Due <= now)
            {
                pings.Remove(key);
                ping.Ended(new PingReply(NetworkError.TimedOut, default, now - ping.Sent, 0));
            }
            else
            {
                Due = ping.Due < Due ? ping.Due : Due;
            }
        }
    }

    private static uint KeyOf(ushort identifier, ushort sequence) =>
        (uint)identifier << 16 | sequence;

    private DropReason Answer(in Incoming incoming, in IcmpHeader request)
    {
        // RFC 1122, 3.2.2.6: echoes to everybody may be left unanswered, and are: one request would have a network answer.
        if (incoming.IsGroup || request.Code != 0)
        {
            return DropReason.IcmpUnknownType;
        }
        if (
            stack.Ipv4.TryRoute(incoming.Source, out Route route) != NetworkError.None
            || route.Kind is RouteKind.Broadcast or RouteKind.Multicast
        )
        {
            return DropReason.Ipv4BadSource;
        }
        Span<byte> head = stackalloc byte[IcmpHeader.Size];
        IcmpHeader.Write(
            head,
            IcmpHeader.EchoReply,
            0,
            request.Identifier,
            request.Sequence,
            request.Data
        );
        // From the address that was asked, which for 127.0.0.2 is not what the route says.
        Route back = route with
        {
            Source = incoming.Destination,
        };
        stack.Ipv4.Send(back, incoming.Source, IpProtocol.Icmp, head, request.Data);
        return DropReason.None;
    }

    private DropReason TakeReply(in Incoming incoming, in IcmpHeader reply)
    {
        uint key = KeyOf(reply.Identifier, reply.Sequence);
        if (
            !pings.TryGetValue(key, out Ping? ping)
            || ping.Destination != incoming.Source
            || !reply.Data.SequenceEqual(ping.Data)
        )
        {
            return DropReason.IcmpUnexpected;
        }
        pings.Remove(key);
        ping.Ended(
            new PingReply(
                NetworkError.None,
                incoming.Source,
                stack.Now - ping.Sent,
                incoming.TimeToLive
            )
        );
        return DropReason.None;
    }

    private DropReason TakeError(in Incoming incoming, in IcmpHeader header)
    {
        NetworkError error = (header.Type, header.Code) switch
        {
            (
                IcmpHeader.Unreachable,
                IcmpHeader.PortUnreachable
                    or IcmpHeader.ProtocolUnreachable
            ) => NetworkError.ConnectionRefused,
            // Codes of networks, and of those who forbid it.
            (IcmpHeader.Unreachable, 0 or 6 or 9 or 11) => NetworkError.NetworkUnreachable,
            (IcmpHeader.Unreachable, _) => NetworkError.HostUnreachable,
            (IcmpHeader.TimeExceeded, _) => NetworkError.TimeExceeded,
            _ => NetworkError.ProtocolError,
        };
        return stack.Ipv4.Undeliverable(header.Data, error, incoming.Source)
            ? DropReason.None
            : DropReason.IcmpBadQuote;
    }

    /// <summary>An echo that is under way.</summary>
    private sealed record Ping(
        Ipv4Address Destination,
        byte[] Data,
        TimeSpan Sent,
        TimeSpan Due,
        Action<PingReply> Ended
    );
}

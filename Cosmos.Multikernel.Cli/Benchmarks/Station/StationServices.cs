using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using PacketDotNet;
using PacketDotNet.Utils;

namespace Cosmos.Multikernel.Cli.Benchmarks.Station;

/// <summary>Sends a packet into the cable; its bytes are lent.</summary>
public delegate void PacketSender(ReadOnlySpan<byte> packet);

/// <summary>
/// What the station at the end of a benchmark's cable does with packets: it answers who asks for an address, sends datagrams back, counts them,
/// or sends as many as it is asked for (<see cref="StationMessage"/>). Answers are made where the packet lies.
/// </summary>
/// <param name="send">Sends a packet.</param>
public sealed class StationServices(PacketSender send)
{
    // Of Ethernet with ARP, and of Ethernet, IPv4 and UDP: what is shorter is nothing that is answered.
    private const int ShortestPacket = 42;

    private const long MostPerSecond = 1_000_000;

    // What is sent in a row; then others' packets have time to be taken.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestStream = TimeSpan.FromSeconds(5);

    // The end is told some time after the last, in case that what takes them is full, and more than once.
    private const int Ends = 3;
    private static readonly TimeSpan PauseBeforeEnd = TimeSpan.FromMilliseconds(10);

    // Locally administered (IEEE 802, 8.4).
    private static readonly PhysicalAddress OwnAddress = new([0x02, 0, 0, 0, 0, 7]);

    private StationMessage sent;
    private StationMessage counted;
    private long countedSince;

    /// <summary>Takes a packet and does what it asks for.</summary>
    public void Take(byte[] buffer, int length)
    {
        if (length < ShortestPacket)
        {
            return;
        }

        try
        {
            EthernetPacket packet = new(new ByteArraySegment(buffer, 0, length));
            if (TryTurnRound(packet))
            {
                Serve(packet, buffer.AsSpan(0, length));
            }
        }
        catch (Exception exception)
            when (exception is not (SocketException or ObjectDisposedException))
        {
            // The library throws whatever comes of it when a packet does not hold what it says that it holds.
        }
    }

    /// <summary>Makes a packet one from here to its sender; false when it is none that anybody here cares for.</summary>
    private static bool TryTurnRound(EthernetPacket packet)
    {
        var isOurs = packet.PayloadPacket switch
        {
            ArpPacket arp => TryTurnRound(arp),
            IPv4Packet { PayloadPacket: UdpPacket udp } ip => TryTurnRound(ip, udp),
            _ => false,
        };
        if (isOurs)
        {
            packet.DestinationHardwareAddress = packet.SourceHardwareAddress;
            packet.SourceHardwareAddress = OwnAddress;
        }

        return isOurs;
    }

    private static bool TryTurnRound(ArpPacket arp)
    {
        var (asker, asked) = (arp.SenderProtocolAddress, arp.TargetProtocolAddress);

        // Somebody who tells his address, or asks whether he may have one: it is his own.
        if (
            arp.Operation != ArpOperation.Request
            || asker.Equals(asked)
            || asker.Equals(IPAddress.Any)
        )
        {
            return false;
        }

        arp.Operation = ArpOperation.Response;
        (arp.TargetHardwareAddress, arp.TargetProtocolAddress) = (arp.SenderHardwareAddress, asker);
        (arp.SenderHardwareAddress, arp.SenderProtocolAddress) = (OwnAddress, asked);
        return true;
    }

    // The sums of both headers stay what they are when addresses and ports change places.
    private static bool TryTurnRound(IPv4Packet ip, UdpPacket udp)
    {
        (ip.SourceAddress, ip.DestinationAddress) = (ip.DestinationAddress, ip.SourceAddress);
        (udp.SourcePort, udp.DestinationPort) = (udp.DestinationPort, udp.SourcePort);
        return true;
    }

    private void Serve(EthernetPacket turned, Span<byte> packet)
    {
        if (
            turned.PayloadPacket.PayloadPacket
            is not UdpPacket { SourcePort: not StationMessage.EchoPort } udp
        )
        {
            send(packet);
            return;
        }

        if (!StationMessage.TryRead(udp.PayloadData, out var message))
        {
            return;
        }

        switch (udp.SourcePort)
        {
            case StationMessage.CountPort when message.Number == StationMessage.Question:
                Tell(counted, message.Run, udp, packet);
                break;
            case StationMessage.CountPort:
                Count(message.Run);
                break;
            case StationMessage.StreamPort when message.Count > 0:
                Stream(message, udp, packet);
                break;
            case StationMessage.StreamPort:
                Tell(sent, message.Run, udp, packet);
                break;
        }
    }

    private void Tell(StationMessage known, long run, UdpPacket udp, Span<byte> packet) =>
        Send(known.Run == run ? known : new(run, StationMessage.Question), udp, packet);

    private void Count(long run)
    {
        var now = Stopwatch.GetTimestamp();
        if (run != counted.Run || counted.Count == 0)
        {
            counted = new(run, StationMessage.Question, 1);
            countedSince = now;
            return;
        }

        counted = counted with
        {
            Count = counted.Count + 1,
            Nanoseconds = Nanoseconds(countedSince, now),
        };
    }

    private void Stream(StationMessage asked, UdpPacket udp, Span<byte> packet)
    {
        var perSecond = Math.Min(asked.Count, MostPerSecond);
        var seconds = Math.Clamp(asked.Nanoseconds / 1e9, 0, LongestStream.TotalSeconds);
        var most = (long)(perSecond * seconds);
        var begin = Stopwatch.GetTimestamp();
        for (var number = 0L; number < most; Thread.Sleep(Pause))
        {
            // Also those that are late.
            var due = (long)(perSecond * Stopwatch.GetElapsedTime(begin).TotalSeconds) + 1;
            for (; number < Math.Min(due, most); number++)
            {
                Send(new(asked.Run, number), udp, packet);
            }
        }

        sent = new(
            asked.Run,
            StationMessage.Question,
            most,
            Nanoseconds(begin, Stopwatch.GetTimestamp())
        );
        for (var i = 0; i < Ends; i++)
        {
            Thread.Sleep(PauseBeforeEnd);
            Send(sent, udp, packet);
        }
    }

    private void Send(StationMessage message, UdpPacket udp, Span<byte> packet)
    {
        var data = udp.PayloadDataSegment;
        message.Write(data.Bytes.AsSpan(data.Offset, data.Length));
        udp.UpdateUdpChecksum();
        send(packet);
    }

    private static long Nanoseconds(long begin, long end) =>
        (long)Stopwatch.GetElapsedTime(begin, end).TotalNanoseconds;
}

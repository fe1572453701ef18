using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Cosmos.Multikernel.Cli.Machines;
using PacketDotNet;
using PacketDotNet.Utils;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>
/// The far end of a machine's network cable: a station that has every address but the machine's own, and sends back each UDP
/// datagram.
/// </summary>
public sealed class EchoStation : IDisposable
{
    private const int LongestPacket = 64 << 10;

    // Of Ethernet with ARP, and of Ethernet, IPv4 and UDP: what is shorter is nothing that is answered.
    private const int ShortestPacket = 42;

    // Locally administered (IEEE 802, 8.4).
    private static readonly PhysicalAddress OwnAddress = new([0x02, 0, 0, 0, 0, 7]);

    private readonly CableEnd cable = new();
    private readonly Thread thread;
    private volatile bool isEnding;

    public EchoStation()
    {
        cable.Socket.Connect(cable.Machine);
        thread = new Thread(Answer) { IsBackground = true, Name = "echo station" };
        thread.Start();
    }

    /// <summary>The machine's network, in the words of QEMU's <c>-netdev</c>.</summary>
    public string Network => cable.Network;

    /// <summary>Makes the answer of a packet, in its place; false when there is none.</summary>
    public static bool TryAnswer(byte[] buffer, int length)
    {
        if (length < ShortestPacket)
        {
            return false;
        }

        try
        {
            return TryAnswer(new EthernetPacket(new ByteArraySegment(buffer, 0, length)));
        }
        catch (Exception)
        {
            // The library throws whatever comes of it when a packet does not hold what it says that it holds.
            return false;
        }
    }

    /// <summary>Unplugs the cable.</summary>
    public void Dispose()
    {
        isEnding = true;
        cable.Dispose();
        thread.Join();
    }

    private static bool TryAnswer(EthernetPacket packet)
    {
        var isAnswered = packet.PayloadPacket switch
        {
            ArpPacket arp => TryAnswer(arp),
            IPv4Packet { PayloadPacket: UdpPacket udp } ip => TryAnswer(ip, udp),
            _ => false,
        };
        if (isAnswered)
        {
            packet.DestinationHardwareAddress = packet.SourceHardwareAddress;
            packet.SourceHardwareAddress = OwnAddress;
        }

        return isAnswered;
    }

    private static bool TryAnswer(ArpPacket arp)
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
    private static bool TryAnswer(IPv4Packet ip, UdpPacket udp)
    {
        (ip.SourceAddress, ip.DestinationAddress) = (ip.DestinationAddress, ip.SourceAddress);
        (udp.SourcePort, udp.DestinationPort) = (udp.DestinationPort, udp.SourcePort);
        return true;
    }

    private void Answer()
    {
        var buffer = new byte[LongestPacket];
        while (!isEnding)
        {
            try
            {
                var length = cable.Socket.Receive(buffer);
                if (TryAnswer(buffer, length))
                {
                    cable.Socket.Send(buffer.AsSpan(0, length));
                }
            }
            catch (SocketException)
            {
                // Nobody is at the other end yet, or no more.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}

using System.Buffers.Binary;
using System.Net.Sockets;
using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>
/// The far end of a machine's network cable: a station that has every address but the machine's own, and sends back each UDP
/// datagram.
/// </summary>
public sealed class EchoStation : IDisposable
{
    private const int LongestPacket = 64 << 10;

    // Ethernet: destination, source, type. ARP (RFC 826) and IPv4 (RFC 791) lie behind.
    private const int AddressBytes = 6;
    private const int TypeOffset = 12;
    private const int HeaderBytes = 14;
    private const ushort Arp = 0x0806;
    private const ushort Ipv4 = 0x0800;

    private const int ArpBytes = HeaderBytes + 28;
    private const int ArpOperation = HeaderBytes + 6;
    private const int ArpSender = HeaderBytes + 8;
    private const int ArpTarget = HeaderBytes + 18;
    private const ushort ArpRequest = 1;
    private const ushort ArpReply = 2;

    private const int Ipv4Protocol = HeaderBytes + 9;
    private const int Ipv4Source = HeaderBytes + 12;
    private const int Ipv4Bytes = 20;
    private const int UdpBytes = 8;
    private const byte WithoutOptions = 0x45;
    private const byte Udp = 17;

    // Locally administered (IEEE 802, 8.4).
    private static ReadOnlySpan<byte> OwnAddress => [0x02, 0, 0, 0, 0, 7];

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
    public static bool TryAnswer(Span<byte> packet)
    {
        if (packet.Length < HeaderBytes)
        {
            return false;
        }

        var isAnswered = BinaryPrimitives.ReadUInt16BigEndian(packet[TypeOffset..]) switch
        {
            Arp => TryAnswerArp(packet),
            Ipv4 => TryAnswerDatagram(packet),
            _ => false,
        };
        if (isAnswered)
        {
            packet.Slice(AddressBytes, AddressBytes).CopyTo(packet);
            OwnAddress.CopyTo(packet[AddressBytes..]);
        }

        return isAnswered;
    }

    /// <summary>Unplugs the cable.</summary>
    public void Dispose()
    {
        isEnding = true;
        cable.Dispose();
        thread.Join();
    }

    private static bool TryAnswerArp(Span<byte> packet)
    {
        const int protocolAddress = 4;
        if (
            packet.Length < ArpBytes
            || BinaryPrimitives.ReadUInt16BigEndian(packet[ArpOperation..]) != ArpRequest
        )
        {
            return false;
        }

        var sender = packet.Slice(ArpSender, AddressBytes + protocolAddress);
        var target = packet.Slice(ArpTarget, AddressBytes + protocolAddress);
        var asker = sender[AddressBytes..];
        var asked = target[AddressBytes..];

        // Somebody who tells his address, or asks whether he may have one: it is his own.
        if (asker.SequenceEqual(asked) || asker.IndexOfAnyExcept((byte)0) < 0)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[ArpOperation..], ArpReply);
        Swap(sender, target);
        OwnAddress.CopyTo(sender);
        return true;
    }

    // The sums of both headers stay what they are when addresses and ports change places.
    private static bool TryAnswerDatagram(Span<byte> packet)
    {
        const int address = 4;
        const int port = 2;
        if (
            packet.Length < HeaderBytes + Ipv4Bytes + UdpBytes
            || packet[HeaderBytes] != WithoutOptions
            || packet[Ipv4Protocol] != Udp
        )
        {
            return false;
        }

        Swap(packet.Slice(Ipv4Source, address), packet.Slice(Ipv4Source + address, address));
        var ports = packet[(HeaderBytes + Ipv4Bytes)..];
        Swap(ports[..port], ports.Slice(port, port));
        return true;
    }

    private static void Swap(Span<byte> one, Span<byte> other)
    {
        for (var i = 0; i < one.Length; i++)
        {
            (one[i], other[i]) = (other[i], one[i]);
        }
    }

    private void Answer()
    {
        var buffer = new byte[LongestPacket];
        while (!isEnding)
        {
            try
            {
                var packet = buffer.AsSpan(0, cable.Socket.Receive(buffer));
                if (TryAnswer(packet))
                {
                    cable.Socket.Send(packet);
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

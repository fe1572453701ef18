using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Dns;
using Cosmos.Multikernel.Tests.Host.Network;

namespace Cosmos.Multikernel.Tests.Fuzzing;

/// <summary>
/// What anybody at the cable can do to a network stack: the input is packets, each a length in two bytes and its bytes, with
/// pauses between them. The stack asks for an address, a name and an echo meanwhile.
/// </summary>
internal static class NetworkFuzz
{
    private const byte Pause = 0xFF;
    private static readonly Ipv4Address Own = VirtualWire.Address(1);
    private static readonly Ipv4Address Other = VirtualWire.Address(9);

    /// <summary>Throws when the stack did not stay whole.</summary>
    public static void Run(byte[] input)
    {
        foreach (bool isFixed in new[] { false, true })
        {
            VirtualWire wire = new(input.Length + 1);
            NetworkStack stack = wire.Add(
                isFixed
                    ? new NetworkOptions
                    {
                        Static = new Ipv4Configuration(Own, 24, Other, [Other], "example"),
                        ProbeCount = 0,
                    }
                    : new NetworkOptions()
            );
            WireDevice device = VirtualWire.DeviceOf(stack);
            stack.TryOpenUdp(7, out UdpSocket? socket);
            Task<DnsAnswer> name = stack.ResolveAsync("a.example");
            Task<PingReply> ping = stack.PingAsync(Other, TimeSpan.FromSeconds(10));
            for (int at = 0; at + 1 < input.Length; )
            {
                if (input[at] == Pause)
                {
                    wire.Run(TimeSpan.FromMilliseconds(100 * input[at + 1]));
                    at += 2;
                    continue;
                }
                int length = Math.Min(input[at] << 8 | input[at + 1], input.Length - at - 2);
                device.Deliver(input[(at + 2)..(at + 2 + length)]);
                at += 2 + length;
            }
            wire.Run(TimeSpan.FromMinutes(5));
            Demand(name.IsCompleted && ping.IsCompleted, "a question hangs");
            Demand(stack.Ipv4.Reassembly.Count == 0, "fragments are left");
            Demand(stack.Udp.Sockets.Count() <= 2, "ports are left");
            Demand(
                stack.Counters.Dropped <= stack.Counters.ReceivedPackets * 2 + 300,
                "counted twice"
            );
            while (socket!.TryReceive(out UdpDatagram datagram))
            {
                datagram.Dispose();
            }
        }
    }

    /// <summary>Conversations that are right.</summary>
    public static IEnumerable<byte[]> Corpus()
    {
        yield return Script(
            Crafted.Arp(Other, Own),
            Crafted.Echo(Other, Own, 20),
            Crafted.Udp(Other, 5, Own, 7, 30),
            Crafted.Udp(Other, 5, Own, 8, 30)
        );
        byte[] whole = Crafted.UdpBytes(Other, 5, Own, 7, Crafted.Bytes(200));
        yield return Script(
            Fragment(whole, 0, 80),
            Fragment(whole, 160, whole.Length - 160),
            Fragment(whole, 80, 80)
        );
        yield return Script(Replies());
    }

    /// <summary>What a DHCP server, a name server and a pinged station say to a stack of the same seed.</summary>
    private static byte[][] Replies()
    {
        VirtualWire wire = new();
        FakeDhcpServer server = new(wire);
        FakeDnsServer names = new(wire, 3)
        {
            Answer = (name, _, question) =>
                FakeDnsServer.Reply(
                    question,
                    0,
                    [
                        FakeDnsServer.Alias(name, "b.example"),
                        FakeDnsServer.A("b.example", "1.2.3.4"),
                    ]
                ),
        };
        NetworkStack stack = wire.Add(new NetworkOptions());
        wire.Run(TimeSpan.FromSeconds(5));
        _ = stack.ResolveAsync("a.example");
        _ = stack.PingAsync(VirtualWire.Address(2), TimeSpan.FromSeconds(1));
        wire.Run(TimeSpan.FromSeconds(5));
        _ = (server, names);
        return [.. wire.Carried.Where(packet => packet[11] != stack.Device.Address.Value % 256)];
    }

    private static byte[] Fragment(byte[] whole, int offset, int length) =>
        Crafted.Fragment(Other, Own, PacketDotNet.ProtocolType.Udp, whole, offset, length);

    private static byte[] Script(params byte[][] packets) =>
        [
            .. packets.SelectMany(packet =>
                (byte[])[(byte)(packet.Length >> 8), (byte)packet.Length, .. packet, Pause, 3]
            ),
        ];

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}

using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Network;
using PacketDotNet;
using PacketDotNet.DhcpV4;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>A DHCP server at 10.0.2.2 that reads its clients' messages with PacketDotNet.</summary>
internal sealed class FakeDhcpServer
{
    private readonly NetworkStack stack;
    private readonly UdpSocket socket;

    public FakeDhcpServer(VirtualWire wire)
    {
        stack = wire.Add(2);
        stack.TryOpenUdp(67, out UdpSocket? opened);
        socket = opened!;
        socket.AllowsBroadcast = true;
        wire.AfterStep += Serve;
    }

    public byte Host { get; set; } = 15;

    public uint Lease { get; set; } = 3600;

    /// <summary>When the lease is to be renewed, in seconds (T1); null for what the client thinks right.</summary>
    public uint? Renewal { get; set; }

    public bool IsSilent { get; set; }

    /// <summary>Says no to requests.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>Changes a reply before it is sent.</summary>
    public Func<byte[], byte[]> Change { get; set; } = static reply => reply;

    /// <summary>What clients said, in order.</summary>
    public List<DhcpV4Packet> Heard { get; } = [];

    public IEnumerable<DhcpV4MessageType> HeardTypes => Heard.Select(one => one.MessageType);

    public NetworkStack Stack => stack;

    private void Serve()
    {
        while (socket.TryReceive(out UdpDatagram datagram))
        {
            using (datagram)
            {
                if (datagram.Error != NetworkError.None)
                {
                    continue;
                }
                DhcpV4Packet message = new(
                    new PacketDotNet.Utils.ByteArraySegment(datagram.Data.ToArray()),
                    null
                );
                Heard.Add(message);
                if (!IsSilent && Answer(message) is { } reply)
                {
                    bool isRenewal = !message.ClientAddress.Equals(Ipv4Address.Any.ToIp());
                    Ipv4Address to = isRenewal ? VirtualWire.Address(Host) : Ipv4Address.Broadcast;
                    socket.Send(new Ipv4Endpoint(to, 68), Change(reply));
                }
            }
        }
    }

    private byte[]? Answer(DhcpV4Packet message) =>
        message.MessageType switch
        {
            DhcpV4MessageType.Discover => Reply(message, 2),
            DhcpV4MessageType.Request => Reply(message, IsRefusing ? (byte)6 : (byte)5),
            _ => null,
        };

    private byte[] Reply(DhcpV4Packet message, byte type)
    {
        List<byte> reply = [2, 1, 6, 0];
        AddNumber(reply, message.TransactionId);
        reply.AddRange(new byte[8]);
        AddNumber(reply, type == 6 ? 0 : VirtualWire.Address(Host).Value);
        reply.AddRange(new byte[8]);
        reply.AddRange(message.ClientHardwareAddress.GetAddressBytes());
        reply.AddRange(new byte[236 - reply.Count]);
        AddNumber(reply, 0x6382_5363);
        reply.AddRange([53, 1, type, 54, 4]);
        AddNumber(reply, VirtualWire.Address(2).Value);
        if (type != 6)
        {
            reply.AddRange([51, 4]);
            AddNumber(reply, Lease);
            if (Renewal is { } renewal)
            {
                reply.AddRange([58, 4]);
                AddNumber(reply, renewal);
            }
            reply.AddRange([
                1,
                4,
                255,
                255,
                255,
                0,
                3,
                4,
                10,
                0,
                2,
                2,
                6,
                8,
                10,
                0,
                2,
                3,
                8,
                8,
                8,
                8,
            ]);
            reply.AddRange([15, 11, .. "example.org"u8]);
        }
        reply.Add(255);
        return [.. reply];
    }

    private static void AddNumber(List<byte> to, uint number)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        to.AddRange(bytes);
    }
}

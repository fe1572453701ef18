using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using Cosmos.Multikernel.Drivers.Network;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>Packets made by PacketDotNet, to be received by the stack; and what the stack sent, read by it.</summary>
internal static class Crafted
{
    /// <summary>The hardware address of a <see cref="VirtualWire"/>'s device, from 1.</summary>
    public static MacAddress Mac(int number) => new(0x0200_0000_0000UL | (uint)number);

    public static PhysicalAddress ToPhysical(this MacAddress mac)
    {
        byte[] bytes = new byte[MacAddress.Size];
        mac.Write(bytes);
        return new PhysicalAddress(bytes);
    }

    public static IPAddress ToIp(this Ipv4Address address) => IPAddress.Parse(address.ToString());

    public static byte[] Bytes(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>An ARP request or reply from station 9 to station 1.</summary>
    public static byte[] Arp(
        Ipv4Address sender,
        Ipv4Address target,
        ArpOperation operation = ArpOperation.Request,
        MacAddress? senderMac = null
    )
    {
        MacAddress from = senderMac ?? Mac(9);
        EthernetPacket ethernet = new(
            from.ToPhysical(),
            MacAddress.Broadcast.ToPhysical(),
            EthernetType.Arp
        )
        {
            PayloadPacket = new ArpPacket(
                operation,
                Mac(1).ToPhysical(),
                target.ToIp(),
                from.ToPhysical(),
                sender.ToIp()
            ),
        };
        return ethernet.Bytes;
    }

    /// <summary>An echo request.</summary>
    public static byte[] Echo(
        Ipv4Address from,
        Ipv4Address to,
        int length,
        IcmpV4TypeCode type = IcmpV4TypeCode.EchoRequest
    )
    {
        IcmpV4Packet icmp = new(new PacketDotNet.Utils.ByteArraySegment(new byte[8]))
        {
            TypeCode = type,
            Id = 0x1234,
            Sequence = 7,
            Data = Bytes(length),
        };
        icmp.UpdateIcmpChecksum();
        return Datagram(from, to, PacketDotNet.ProtocolType.Icmp, icmp.Bytes);
    }

    /// <summary>A UDP datagram.</summary>
    public static byte[] Udp(
        Ipv4Address from,
        ushort fromPort,
        Ipv4Address to,
        ushort toPort,
        int length
    ) => Udp(from, fromPort, to, toPort, Bytes(length));

    /// <summary>A UDP datagram.</summary>
    public static byte[] Udp(
        Ipv4Address from,
        ushort fromPort,
        Ipv4Address to,
        ushort toPort,
        byte[] data
    )
    {
        IPv4Packet ip = new(from.ToIp(), to.ToIp());
        UdpPacket udp = new(fromPort, toPort) { PayloadData = data };
        ip.PayloadPacket = udp;
        udp.UpdateCalculatedValues();
        udp.UpdateUdpChecksum();
        return Datagram(from, to, PacketDotNet.ProtocolType.Udp, udp.Bytes);
    }

    /// <summary>A datagram with any payload.</summary>
    public static byte[] Datagram(
        Ipv4Address from,
        Ipv4Address to,
        PacketDotNet.ProtocolType protocol,
        byte[] payload,
        Action<IPv4Packet>? change = null,
        MacAddress? toMac = null
    )
    {
        IPv4Packet ip = new(from.ToIp(), to.ToIp())
        {
            Protocol = protocol,
            PayloadData = payload,
            TimeToLive = 61,
        };
        ip.TotalLength = 20 + payload.Length;
        change?.Invoke(ip);
        ip.UpdateIPChecksum();
        EthernetPacket ethernet = new(
            Mac(9).ToPhysical(),
            (toMac ?? Mac(1)).ToPhysical(),
            EthernetType.IPv4
        );
        return [.. ethernet.Bytes.AsSpan(0, 14), .. ip.Bytes.AsSpan(0, 20), .. payload];
    }

    /// <summary>One fragment of a payload.</summary>
    public static byte[] Fragment(
        Ipv4Address from,
        Ipv4Address to,
        PacketDotNet.ProtocolType protocol,
        byte[] payload,
        int offset,
        int length,
        ushort identification = 77,
        bool? hasMore = null
    ) =>
        Datagram(
            from,
            to,
            protocol,
            payload[offset..(offset + length)],
            ip =>
            {
                ip.Id = identification;
                bool more = hasMore ?? offset + length < payload.Length;
                // PacketDotNet takes the offset in eights of bytes.
                BinaryPrimitives.WriteUInt16BigEndian(
                    ip.HeaderSegment.Bytes.AsSpan(ip.HeaderSegment.Offset + 6),
                    (ushort)(offset / 8 | (more ? 0x2000 : 0))
                );
            }
        );

    /// <summary>What a UDP datagram's payload is on the wire, header and checksum included.</summary>
    public static byte[] UdpBytes(
        Ipv4Address from,
        ushort fromPort,
        Ipv4Address to,
        ushort toPort,
        byte[] data
    ) => Udp(from, fromPort, to, toPort, data)[34..];

    /// <summary>Reads a packet.</summary>
    public static T Read<T>(byte[] packet)
        where T : PacketDotNet.Packet =>
        PacketDotNet.Packet.ParsePacket(LinkLayers.Ethernet, packet).Extract<T>()
        ?? throw new InvalidOperationException(
            $"No {typeof(T).Name} in {Convert.ToHexString(packet)}."
        );

    /// <summary>Whether there is one.</summary>
    public static bool Is<T>(byte[] packet)
        where T : PacketDotNet.Packet =>
        PacketDotNet.Packet.ParsePacket(LinkLayers.Ethernet, packet).Extract<T>() is not null;
}

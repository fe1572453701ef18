using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Wire;
using NUnit.Framework;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>What is wrong with a packet is counted by its kind, and nothing else happens.</summary>
[TestFixture]
public sealed class MalformedTests
{
    private static readonly Ipv4Address Own = VirtualWire.Address(1);
    private static readonly Ipv4Address Other = VirtualWire.Address(9);

    private static IEnumerable<TestCaseData> Cases
    {
        get
        {
            yield return Case(DropReason.EthernetTooShort, Echo()[..13]);
            yield return Case(DropReason.EthernetNotForUs, With(Echo(), 5, 0x77));
            yield return Case(DropReason.EthernetBadSource, With(Echo(), 6, 0x03));
            yield return Case(DropReason.EthernetUnknownType, With(Echo(), 12, 0x86));
            yield return Case(DropReason.ArpTooShort, Arp()[..41]);
            yield return Case(DropReason.ArpUnknownFormat, With(Arp(), 15, 6));
            yield return Case(DropReason.ArpUnknownFormat, With(Arp(), 21, 9));
            yield return Case(DropReason.ArpBadSender, With(Arp(), 22, 0x01));
            yield return Case(DropReason.ArpBadSender, With(Arp(), 28, 224));
            yield return Case(DropReason.Ipv4TooShort, Echo()[..33]);
            yield return Case(DropReason.Ipv4BadVersion, With(Echo(), 14, 0x65));
            yield return Case(DropReason.Ipv4BadHeaderLength, With(Echo(), 14, 0x44));
            yield return Case(DropReason.Ipv4BadHeaderLength, With(Echo(0), 14, 0x4F));
            yield return Case(DropReason.Ipv4BadTotalLength, With(Echo(), 16, 0x10));
            yield return Case(DropReason.Ipv4BadTotalLength, With(With(Echo(), 16, 0), 17, 19));
            yield return Case(DropReason.Ipv4BadChecksum, With(Echo(), 22, 9));
            yield return Case(DropReason.Ipv4BadOptions, Options(7, 60));
            yield return Case(DropReason.Ipv4BadOptions, Options(7, 1));
            yield return Case(DropReason.Ipv4BadOptions, Options(131, 4));
            yield return Case(DropReason.Ipv4BadFragment, Fragment(0, 12, true));
            yield return Case(DropReason.Ipv4BadFragment, Fragment(65_528, 64, false));
            yield return Case(DropReason.Ipv4BadSource, Icmp(Own, Own));
            yield return Case(DropReason.Ipv4BadSource, Icmp(Ipv4Address.Loopback, Own));
            yield return Case(DropReason.Ipv4BadSource, Icmp(VirtualWire.Address(255), Own));
            yield return Case(DropReason.Ipv4BadSource, Icmp(Ipv4Address.Broadcast, Own));
            yield return Case(DropReason.Ipv4NotForUs, Icmp(Other, VirtualWire.Address(3)));
            yield return Case(DropReason.Ipv4NotForUs, Icmp(Other, Ipv4Address.Loopback));
            yield return Case(
                DropReason.Ipv4NotForUs,
                Crafted.Datagram(
                    Other,
                    Own,
                    PacketDotNet.ProtocolType.Icmp,
                    new byte[8],
                    toMac: MacAddress.Broadcast
                )
            );
            yield return Case(
                DropReason.Ipv4UnknownProtocol,
                Crafted.Datagram(Other, Own, PacketDotNet.ProtocolType.Tcp, new byte[20])
            );
            yield return Case(
                DropReason.IcmpTooShort,
                Crafted.Datagram(Other, Own, PacketDotNet.ProtocolType.Icmp, new byte[7])
            );
            yield return Case(DropReason.IcmpBadChecksum, With(Echo(), 36, 0x11));
            yield return Case(
                DropReason.IcmpUnknownType,
                Crafted.Echo(Other, Own, 4, (IcmpV4TypeCode)(13 << 8))
            );
            yield return Case(
                DropReason.IcmpUnexpected,
                Crafted.Echo(Other, Own, 4, IcmpV4TypeCode.EchoReply)
            );
            yield return Case(
                DropReason.IcmpBadQuote,
                Crafted.Echo(Other, Own, 4, IcmpV4TypeCode.UnreachablePort)
            );
            yield return Case(
                DropReason.UdpTooShort,
                Crafted.Datagram(Other, Own, PacketDotNet.ProtocolType.Udp, new byte[7])
            );
            yield return Case(DropReason.UdpBadLength, With(Udp(), 39, 200));
            yield return Case(DropReason.UdpBadLength, With(Udp(), 39, 7));
            yield return Case(DropReason.UdpBadChecksum, With(Udp(), 42, 0xEE));
            yield return Case(DropReason.UdpBadPort, Crafted.Udp(Other, 5, Own, 0, 4));
            yield return Case(DropReason.UdpNoSocket, Crafted.Udp(Other, 5, Own, 6, 4));
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void IsCountedByItsKind(DropReason reason, byte[] packet)
    {
        VirtualWire wire = new();
        NetworkStack stack = wire.Add(1);
        WireDevice device = VirtualWire.DeviceOf(stack);
        device.Carry = null;
        device.Deliver(packet);
        Assert.That(stack.Counters[reason], Is.EqualTo(1));
        Assert.That(stack.Counters.Dropped, Is.EqualTo(1));

        // It goes on working.
        device.TakeSent();
        device.Deliver(Arp());
        device.Deliver(Echo());
        Assert.That(device.TakeSent().Any(Crafted.Is<IcmpV4Packet>), Is.True);
    }

    [Test]
    public void HarmlessOptionsAreSkipped()
    {
        VirtualWire wire = new();
        NetworkStack stack = wire.Add(1);
        WireDevice device = VirtualWire.DeviceOf(stack);
        device.Carry = null;
        device.Deliver(Arp());
        device.TakeSent();

        // No operation, a time stamp of four bytes, the end.
        device.Deliver(WithOptions([1, 68, 4, 0, 0, 0, 0, 0]));
        Assert.That(
            Crafted.Read<IcmpV4Packet>(device.TakeSent().Single()).TypeCode,
            Is.EqualTo(IcmpV4TypeCode.EchoReply)
        );
        Assert.That(stack.Counters.Dropped, Is.Zero);
    }

    [Test]
    public void PaddingBehindADatagramIsNoPartOfIt()
    {
        VirtualWire wire = new();
        NetworkStack stack = wire.Add(1);
        stack.TryOpenUdp(6, out UdpSocket? socket);
        byte[] packet = Crafted.Udp(Other, 5, Own, 6, 4);
        VirtualWire.DeviceOf(stack).Deliver([.. packet, .. new byte[60 - packet.Length]]);
        Assert.That(socket!.TryReceive(out UdpDatagram datagram), Is.True);
        Assert.That(datagram.Data.Length, Is.EqualTo(4));
        datagram.Dispose();
    }

    private static TestCaseData Case(DropReason reason, byte[] packet) =>
        new TestCaseData(reason, packet).SetArgDisplayNames(
            reason.ToString(),
            Convert.ToHexString(packet.AsSpan(0, Math.Min(44, packet.Length)))
        );

    private static byte[] Arp() => Crafted.Arp(Other, Own);

    private static byte[] Echo(int length = 40) => Crafted.Echo(Other, Own, length);

    private static byte[] Udp() => Crafted.Udp(Other, 5, Own, 6, 100);

    private static byte[] Icmp(Ipv4Address from, Ipv4Address to) => Crafted.Echo(from, to, 4);

    private static byte[] Options(byte option, byte length) => WithOptions([option, length, 4, 0]);

    private static byte[] Fragment(int offset, int length, bool hasMore) =>
        Crafted.Fragment(
            Other,
            Own,
            PacketDotNet.ProtocolType.Udp,
            new byte[offset + length],
            offset,
            length,
            hasMore: hasMore
        );

    private static byte[] With(byte[] packet, int at, byte value)
    {
        packet[at] = value;
        return packet;
    }

    /// <summary>An echo request whose header has options.</summary>
    private static byte[] WithOptions(byte[] options)
    {
        byte[] echo = Echo();
        byte[] packet = [.. echo[..34], .. options, .. echo[34..]];
        int header = Ipv4Header.Size + options.Length;
        packet[14] = (byte)(0x40 | header / 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(16), (ushort)(packet.Length - 14));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 0);
        ushort checksum = InternetChecksum.Of(packet.AsSpan(14, header));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), checksum);
        return packet;
    }
}

using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Wire;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>PacketDotNet reads what the stack sends, and the stack reads what PacketDotNet makes.</summary>
[TestFixture]
public sealed class OracleTests
{
    private static readonly Ipv4Address Own = VirtualWire.Address(1);
    private static readonly Ipv4Address Other = VirtualWire.Address(9);

    private VirtualWire wire = null!;
    private NetworkStack stack = null!;
    private WireDevice device = null!;

    [SetUp]
    public void MakeStack()
    {
        wire = new VirtualWire();
        stack = wire.Add(1);
        device = VirtualWire.DeviceOf(stack);
        device.Carry = null;
        device.Sent.Clear();
    }

    [Test]
    public void ArpRequestsAreAnswered()
    {
        device.Deliver(Crafted.Arp(Other, Own));
        ArpPacket arp = Crafted.Read<ArpPacket>(device.TakeSent().Single());
        Assert.Multiple(() =>
        {
            Assert.That(arp.Operation, Is.EqualTo(ArpOperation.Response));
            Assert.That(arp.SenderProtocolAddress, Is.EqualTo(Own.ToIp()));
            Assert.That(arp.SenderHardwareAddress, Is.EqualTo(Crafted.Mac(1).ToPhysical()));
            Assert.That(arp.TargetProtocolAddress, Is.EqualTo(Other.ToIp()));
            Assert.That(arp.TargetHardwareAddress, Is.EqualTo(Crafted.Mac(9).ToPhysical()));
        });
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(56)]
    [TestCase(1472)]
    public void EchoesAreAnswered(int length)
    {
        device.Deliver(Crafted.Arp(Other, Own));
        device.TakeSent();
        device.Deliver(Crafted.Echo(Other, Own, length));
        byte[] sent = device.TakeSent().Single();
        EthernetPacket ethernet = Crafted.Read<EthernetPacket>(sent);
        IPv4Packet ip = Crafted.Read<IPv4Packet>(sent);
        IcmpV4Packet icmp = Crafted.Read<IcmpV4Packet>(sent);
        Assert.Multiple(() =>
        {
            Assert.That(
                ethernet.DestinationHardwareAddress,
                Is.EqualTo(Crafted.Mac(9).ToPhysical())
            );
            Assert.That(ip.ValidIPChecksum, Is.True);
            Assert.That(ip.SourceAddress, Is.EqualTo(Own.ToIp()));
            Assert.That(ip.DestinationAddress, Is.EqualTo(Other.ToIp()));
            Assert.That(ip.TimeToLive, Is.EqualTo(64));
            Assert.That(icmp.ValidIcmpChecksum, Is.True);
            Assert.That(icmp.TypeCode, Is.EqualTo(IcmpV4TypeCode.EchoReply));
            Assert.That(icmp.Id, Is.EqualTo(0x1234));
            Assert.That(icmp.Sequence, Is.EqualTo(7));
            Assert.That(sent[42..], Is.EqualTo(Crafted.Bytes(length)));
        });
    }

    [Test]
    public void EveryDatagramSentIsReadByTheOracle() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(
                Gen.Choose(0, 1472).ToArbitrary(),
                Gen.Choose(1, 65535).ToArbitrary(),
                Gen.Choose(1, 65535).ToArbitrary(),
                (length, fromPort, toPort) =>
                {
                    device.Deliver(Crafted.Arp(Other, Own));
                    device.TakeSent();
                    byte[] data = Crafted.Bytes(length, length + toPort);
                    stack.TryOpenUdp((ushort)fromPort, out UdpSocket? socket);
                    socket!.Send(new Ipv4Endpoint(Other, (ushort)toPort), data);
                    socket.Dispose();
                    byte[] sent = device.TakeSent().Single();
                    IPv4Packet ip = Crafted.Read<IPv4Packet>(sent);
                    UdpPacket udp = Crafted.Read<UdpPacket>(sent);
                    return ip.ValidIPChecksum
                        && udp.ValidUdpChecksum
                        && udp.SourcePort == fromPort
                        && udp.DestinationPort == toPort
                        && udp.Length == 8 + length
                        && sent[42..].AsSpan().SequenceEqual(data);
                }
            )
        );

    [Test]
    public void EveryDatagramOfTheOracleIsReceived() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(
                Gen.Choose(0, 1472).ToArbitrary(),
                Gen.Choose(1, 65535).ToArbitrary(),
                Gen.Choose(1, 65535).ToArbitrary(),
                (length, fromPort, toPort) =>
                {
                    byte[] data = Crafted.Bytes(length, length);
                    stack.TryOpenUdp((ushort)toPort, out UdpSocket? socket);
                    device.Deliver(Crafted.Udp(Other, (ushort)fromPort, Own, (ushort)toPort, data));
                    bool came = socket!.TryReceive(out UdpDatagram datagram);
                    bool isRight =
                        came
                        && datagram.From == new Ipv4Endpoint(Other, (ushort)fromPort)
                        && datagram.To == Own
                        && datagram.Data.SequenceEqual(data);
                    datagram.Dispose();
                    socket.Dispose();
                    return isRight && stack.Counters.Dropped == 0;
                }
            )
        );

    [Test]
    public void ChecksumsAreThoseOfTheDefinition() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ToArbitrary(),
                bytes =>
                {
                    // RFC 1071, 1: word by word.
                    uint sum = 0;
                    for (int i = 0; i < bytes.Length; i += 2)
                    {
                        sum += (uint)(bytes[i] << 8 | (i + 1 < bytes.Length ? bytes[i + 1] : 0));
                        sum = (sum & 0xFFFF) + (sum >> 16);
                    }
                    return InternetChecksum.Of(bytes) == (ushort)~sum;
                }
            )
        );

    [Test]
    public void LongDatagramsAreCutAsTheOracleReadsThem()
    {
        device.Deliver(Crafted.Arp(Other, Own));
        device.TakeSent();
        byte[] data = Crafted.Bytes(5_000);
        stack.TryOpenUdp(4_000, out UdpSocket? socket);
        Assert.That(
            socket!.Send(new Ipv4Endpoint(Other, 5_000), data),
            Is.EqualTo(NetworkError.None)
        );
        byte[][] sent = device.TakeSent();
        IPv4Packet[] fragments = [.. sent.Select(Crafted.Read<IPv4Packet>)];
        Assert.That(fragments, Has.Length.EqualTo(4));
        Assert.That(fragments.Select(one => one.ValidIPChecksum), Is.All.True);
        Assert.That(fragments.Select(one => one.Id).Distinct().Count(), Is.EqualTo(1));
        Assert.That(
            fragments.Select(one => (one.FragmentFlags & 1) != 0),
            Is.EqualTo(new[] { true, true, true, false })
        );
        byte[] whole = [.. sent.SelectMany(packet => packet[34..])];
        Assert.That(
            whole,
            Is.EqualTo(Crafted.UdpBytes(Own, 4_000, Other, 5_000, data)),
            "the oracle's datagram, checksum included"
        );
    }
}

using System.Net;
using System.Net.NetworkInformation;
using Cosmos.Multikernel.Cli.Benchmarks;
using NUnit.Framework;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>The station at the end of a benchmark's cable, read by PacketDotNet.</summary>
[TestFixture]
public sealed class EchoStationTests
{
    private static readonly PhysicalAddress Guest = PhysicalAddress.Parse("52-54-00-12-34-56");
    private static readonly PhysicalAddress Station = PhysicalAddress.Parse("02-00-00-00-00-07");
    private static readonly IPAddress Own = IPAddress.Parse("10.0.2.15");
    private static readonly IPAddress Other = IPAddress.Parse("10.0.2.2");

    [Test]
    public void ADatagramComesBackWhole()
    {
        var bytes = Datagram();
        Assert.That(IsAnswered(bytes), Is.True);
        var answer = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, bytes);
        var back = answer.Extract<IPv4Packet>();
        var datagram = answer.Extract<UdpPacket>();
        Assert.That(
            (answer.SourceHardwareAddress, answer.DestinationHardwareAddress),
            Is.EqualTo((Station, Guest))
        );
        Assert.That((back.SourceAddress, back.DestinationAddress), Is.EqualTo((Other, Own)));
        Assert.That((datagram.SourcePort, datagram.DestinationPort), Is.EqualTo((7, 4000)));
        Assert.That(back.ValidIPChecksum && datagram.ValidUdpChecksum, Is.True);
        Assert.That(datagram.PayloadData, Is.EqualTo((byte[])[1, 2, 3]));
    }

    [Test]
    public void WhoAsksForAnotherAddressLearnsTheStations()
    {
        var bytes = Question(Own, Other);
        Assert.That(IsAnswered(bytes), Is.True);
        var answer = Packet.ParsePacket(LinkLayers.Ethernet, bytes).Extract<ArpPacket>();
        Assert.That(answer.Operation, Is.EqualTo(ArpOperation.Response));
        Assert.That(
            (answer.SenderHardwareAddress, answer.SenderProtocolAddress),
            Is.EqualTo((Station, Other))
        );
        Assert.That(
            (answer.TargetHardwareAddress, answer.TargetProtocolAddress),
            Is.EqualTo((Guest, Own))
        );
    }

    /// <summary>A probe asks whether somebody has the address, an announcement tells it.</summary>
    [Test]
    public void AnAddressIsLeftToWhoClaimsIt()
    {
        Assert.That(IsAnswered(Question(IPAddress.Any, Own)), Is.False);
        Assert.That(IsAnswered(Question(Own, Own)), Is.False);
    }

    [Test]
    public void WhatIsCutOffIsNotAnswered()
    {
        var whole = Question(Own, Other);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.That(IsAnswered(whole.AsSpan(0, length).ToArray()), Is.False);
        }
    }

    /// <summary>Whatever a machine sends, the station stays.</summary>
    [Test]
    public void DamagedPacketsDoNoHarm()
    {
        Random random = new(1);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = i % 2 == 0 ? Question(Own, Other) : Datagram();
            for (var damage = random.Next(4); damage >= 0; damage--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            Assert.That(
                () => EchoStation.TryAnswer(packet, random.Next(packet.Length + 1)),
                Throws.Nothing
            );
        }
    }

    private static bool IsAnswered(byte[] packet) => EchoStation.TryAnswer(packet, packet.Length);

    private static byte[] Datagram()
    {
        UdpPacket udp = new(4000, 7) { PayloadData = [1, 2, 3] };
        IPv4Packet ip = new(Own, Other) { PayloadPacket = udp };
        EthernetPacket packet = new(Guest, Station, EthernetType.IPv4) { PayloadPacket = ip };
        udp.UpdateUdpChecksum();
        ip.UpdateIPChecksum();
        return packet.Bytes;
    }

    private static byte[] Question(IPAddress asker, IPAddress asked)
    {
        ArpPacket arp = new(
            ArpOperation.Request,
            PhysicalAddress.Parse("00-00-00-00-00-00"),
            asked,
            Guest,
            asker
        );
        EthernetPacket packet = new(
            Guest,
            PhysicalAddress.Parse("FF-FF-FF-FF-FF-FF"),
            EthernetType.Arp
        )
        {
            PayloadPacket = arp,
        };
        return packet.Bytes;
    }
}

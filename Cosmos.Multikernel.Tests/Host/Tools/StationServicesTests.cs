using System.Net;
using System.Net.NetworkInformation;
using Cosmos.Multikernel.Cli.Benchmarks.Station;
using NUnit.Framework;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>The station at the end of a benchmark's cable.</summary>
[TestFixture]
public sealed class StationServicesTests
{
    private const int GuestPort = 4000;
    private const int Run = 7;

    private static readonly PhysicalAddress Guest = PhysicalAddress.Parse("52-54-00-12-34-56");
    private static readonly PhysicalAddress Station = PhysicalAddress.Parse("02-00-00-00-00-07");
    private static readonly IPAddress Own = IPAddress.Parse("10.0.2.15");
    private static readonly IPAddress Other = IPAddress.Parse("10.0.2.2");

    private readonly List<byte[]> sent = [];
    private StationServices services = null!;

    [SetUp]
    public void Start()
    {
        sent.Clear();
        services = new StationServices(packet => sent.Add(packet.ToArray()));
    }

    [Test]
    public void ADatagramComesBackWhole()
    {
        Take(Datagram(StationMessage.EchoPort, [1, 2, 3]));
        Assert.That(
            DatagramOf(sent.Single(), StationMessage.EchoPort),
            Is.EqualTo((byte[])[1, 2, 3])
        );
    }

    [Test]
    public void WhoAsksForAnotherAddressLearnsTheStations()
    {
        Take(Question(Own, Other));
        var answer = Packet.ParsePacket(LinkLayers.Ethernet, sent.Single()).Extract<ArpPacket>();
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
        Take(Question(IPAddress.Any, Own));
        Take(Question(Own, Own));
        Assert.That(sent, Is.Empty);
    }

    [Test]
    public void DatagramsOfAMeasurementAreCounted()
    {
        const int port = StationMessage.CountPort;
        for (var number = 0; number < 5; number++)
        {
            Take(Datagram(port, new StationMessage(Run, number)));
        }

        Assert.That(sent, Is.Empty);
        Assert.That(Ask(port, Run).Count, Is.EqualTo(5));
        Assert.That(Ask(port, Run).Nanoseconds, Is.Positive);
        Assert.That(
            Ask(port, Run + 1),
            Is.EqualTo(new StationMessage(Run + 1, StationMessage.Question))
        );

        // The next measurement begins anew.
        Take(Datagram(port, new StationMessage(Run + 1, 0)));
        Assert.That(Ask(port, Run + 1).Count, Is.EqualTo(1));
        Assert.That(Ask(port, Run).Count, Is.Zero);
    }

    [Test]
    public void AsManyAreSentAsAreAskedFor()
    {
        const int port = StationMessage.StreamPort;
        const int perSecond = 20_000;
        var length = TimeSpan.FromMilliseconds(50);
        Take(
            Datagram(
                port,
                new StationMessage(
                    Run,
                    StationMessage.Question,
                    perSecond,
                    (long)length.TotalNanoseconds
                )
            )
        );
        var messages = sent.ConvertAll(packet => Read(DatagramOf(packet, port)));
        var count = (int)(perSecond * length.TotalSeconds);
        Assert.That(
            messages.TakeWhile(message => message.Number != StationMessage.Question),
            Is.EqualTo(Enumerable.Range(0, count).Select(number => new StationMessage(Run, number)))
        );

        // The end is told more than once, and to who asks again.
        var ends = messages.Skip(count).ToList();
        Assert.That(ends, Has.Count.GreaterThan(1));
        Assert.That(ends.Append(Ask(port, Run)).Distinct().Single().Count, Is.EqualTo(count));
        Assert.That(ends[0].Nanoseconds, Is.GreaterThan(length.TotalNanoseconds / 2));
    }

    [TestCase(0, 1000, 0)]
    [TestCase(1, 0, 0)]
    [TestCase(3, 1_000_000, 2000)]
    public void ASecondsShareIsOfTheTimesBetween(long count, long nanoseconds, double perSecond) =>
        Assert.That(
            new StationMessage(Run, 0, count, nanoseconds).PerSecond,
            Is.EqualTo(perSecond)
        );

    [Test]
    public void WhatIsCutOffIsNotAnswered()
    {
        var whole = Question(Own, Other);
        for (var length = 0; length < whole.Length; length++)
        {
            Take(whole[..length]);
        }

        Assert.That(sent, Is.Empty);
    }

    /// <summary>Whatever a machine sends, the station stays.</summary>
    [Test]
    public void DamagedPacketsDoNoHarm()
    {
        Random random = new(1);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = (i % 3) switch
            {
                0 => Question(Own, Other),
                1 => Datagram(StationMessage.EchoPort, [1, 2, 3]),
                _ => Datagram(
                    StationMessage.CountPort,
                    new StationMessage(Run, StationMessage.Question)
                ),
            };
            for (var damage = random.Next(4); damage >= 0; damage--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            Assert.That(
                () => services.Take(packet, random.Next(packet.Length + 1)),
                Throws.Nothing
            );
        }
    }

    private void Take(byte[] packet) => services.Take(packet, packet.Length);

    private StationMessage Ask(int port, long run)
    {
        sent.Clear();
        Take(Datagram(port, new StationMessage(run, StationMessage.Question)));
        return Read(DatagramOf(sent.Single(), port));
    }

    private static StationMessage Read(byte[] datagram)
    {
        Assert.That(StationMessage.TryRead(datagram, out var message), Is.True);
        return message;
    }

    private static byte[] Datagram(int port, StationMessage message)
    {
        var data = new byte[2 * StationMessage.Size];
        message.Write(data);
        return Datagram(port, data);
    }

    private static byte[] Datagram(int port, byte[] data)
    {
        UdpPacket udp = new(GuestPort, (ushort)port) { PayloadData = data };
        IPv4Packet ip = new(Own, Other) { PayloadPacket = udp };
        EthernetPacket packet = new(Guest, Station, EthernetType.IPv4) { PayloadPacket = ip };
        udp.UpdateUdpChecksum();
        ip.UpdateIPChecksum();
        return packet.Bytes;
    }

    // What a packet from the station's port to the guest holds.
    private static byte[] DatagramOf(byte[] bytes, int port)
    {
        var packet = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, bytes);
        var ip = packet.Extract<IPv4Packet>();
        var udp = packet.Extract<UdpPacket>();
        Assert.That(
            (packet.SourceHardwareAddress, packet.DestinationHardwareAddress),
            Is.EqualTo((Station, Guest))
        );
        Assert.That((ip.SourceAddress, ip.DestinationAddress), Is.EqualTo((Other, Own)));
        Assert.That((udp.SourcePort, udp.DestinationPort), Is.EqualTo((port, GuestPort)));
        Assert.That(ip.ValidIPChecksum && udp.ValidUdpChecksum, Is.True);
        return udp.PayloadData;
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

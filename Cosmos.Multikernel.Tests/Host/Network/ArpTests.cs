using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Stack;
using NUnit.Framework;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>Neighbours: asked for, known, forgotten, silent; and stations that claim our address.</summary>
[TestFixture]
public sealed class ArpTests
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
        wire.Run(TimeSpan.FromSeconds(5));
        device.TakeSent();
    }

    [Test]
    public void PacketsWaitInTheirOrderUntilTheNeighbourIsKnown()
    {
        Send(Other, 3);
        ArpPacket request = Crafted.Read<ArpPacket>(device.TakeSent().Single());
        Assert.That(request.Operation, Is.EqualTo(ArpOperation.Request));
        Assert.That(request.TargetProtocolAddress, Is.EqualTo(Other.ToIp()));
        device.Deliver(Crafted.Arp(Other, Own, ArpOperation.Response));
        byte[][] sent = device.TakeSent();
        Assert.That(sent.Select(packet => packet[42]), Is.EqualTo(new byte[] { 0, 1, 2 }));
        Assert.That(
            sent.Select(packet => Crafted.Read<EthernetPacket>(packet).DestinationHardwareAddress),
            Is.All.EqualTo(Crafted.Mac(9).ToPhysical())
        );
    }

    [Test]
    public void ASilentNeighbourIsAskedThreeTimesAndThenGivenUp()
    {
        Task<PingReply> ping = stack.PingAsync(Other, TimeSpan.FromSeconds(30));
        wire.Run(TimeSpan.FromSeconds(2.5));
        Assert.That(device.TakeSent().Count(Crafted.Is<ArpPacket>), Is.EqualTo(3));
        Assert.That(ping.IsCompleted, Is.False);
        wire.Run(TimeSpan.FromSeconds(1));
        Assert.That(ping.IsCompleted, Is.True);
        Assert.That(ping.Result.Error, Is.EqualTo(NetworkError.HostUnreachable));
        Assert.That(device.TakeSent(), Is.Empty);
        Assert.That(stack.Neighbours, Is.Empty);
    }

    [Test]
    public void WhatWaitsHasBounds()
    {
        Send(Other, ArpLayer.MostWaitingPackets + 10);
        Assert.That(stack.Counters[DropReason.ArpQueueFull], Is.EqualTo(10));
        for (int host = 10; host < 250; host++)
        {
            Send(VirtualWire.Address((byte)host), 1);
        }
        device.TakeSent();
        wire.Run(TimeSpan.FromSeconds(10));
        Assert.That(stack.Neighbours, Is.Empty);
        Send(Other, 1);
        device.Deliver(Crafted.Arp(Other, Own, ArpOperation.Response));
        Assert.That(device.TakeSent().Count(Crafted.Is<UdpPacket>), Is.EqualTo(1));
    }

    [Test]
    public void AnEntryThatIsOldIsAskedAgainWhileItIsUsed()
    {
        Send(Other, 1);
        device.Deliver(Crafted.Arp(Other, Own, ArpOperation.Response));
        wire.Run(TimeSpan.FromSeconds(59));
        device.TakeSent();
        Send(Other, 1);
        Assert.That(device.TakeSent().Single(), Has.Length.EqualTo(43), "it is still fresh");
        wire.Run(TimeSpan.FromSeconds(2));
        Send(Other, 1);
        byte[][] sent = device.TakeSent();
        Assert.That(sent, Has.Length.EqualTo(2));
        EthernetPacket question = Crafted.Read<EthernetPacket>(sent.Single(Crafted.Is<ArpPacket>));
        Assert.That(
            question.DestinationHardwareAddress,
            Is.EqualTo(Crafted.Mac(9).ToPhysical()),
            "the neighbour alone is asked"
        );

        // It is silent: then everybody is asked.
        wire.Run(TimeSpan.FromSeconds(5));
        device.TakeSent();
        Send(Other, 1);
        EthernetPacket again = Crafted.Read<EthernetPacket>(device.TakeSent().Single());
        Assert.That(
            again.DestinationHardwareAddress,
            Is.EqualTo(MacAddress.Broadcast.ToPhysical())
        );
    }

    [Test]
    public void AnnouncementsOfStrangersFillNothing()
    {
        for (int host = 10; host < 250; host++)
        {
            Ipv4Address address = VirtualWire.Address((byte)host);
            device.Deliver(Crafted.Arp(address, address));
        }
        Assert.That(stack.Neighbours, Is.Empty);
    }

    [Test]
    public void AskersFillTheTableOnlySoFar()
    {
        VirtualWire wide = new();
        NetworkStack many = wide.Add(
            new NetworkOptions
            {
                Static = new Ipv4Configuration(Own, 16, Ipv4Address.Any, []),
                ProbeCount = 0,
            }
        );
        VirtualWire.DeviceOf(many).Carry = null;
        for (uint host = 0; host < 2_000; host++)
        {
            Ipv4Address asker = new(0x0A00_0300 + host);
            VirtualWire.DeviceOf(many).Deliver(Crafted.Arp(asker, Own));
        }
        Assert.That(many.Neighbours.Count(), Is.EqualTo(ArpLayer.MostEntries));
    }

    [Test]
    public void AnAddressIsDefendedOnceAndThenGivenUp()
    {
        byte[] rival = Crafted.Arp(Own, Own, senderMac: Crafted.Mac(66));
        device.Deliver(rival);
        ArpPacket defence = Crafted.Read<ArpPacket>(device.TakeSent().Single());
        Assert.That(defence.SenderProtocolAddress, Is.EqualTo(Own.ToIp()));
        Assert.That(defence.TargetProtocolAddress, Is.EqualTo(Own.ToIp()));
        wire.Run(TimeSpan.FromSeconds(11));
        device.Deliver(rival);
        Assert.That(stack.Configuration.Address, Is.EqualTo(Own), "eleven seconds later");
        device.Deliver(rival);
        Assert.That(stack.Configuration.Address.IsAny, Is.True, "twice within ten seconds");
        Assert.That(stack.AddressingState, Does.Contain(Crafted.Mac(66).ToString()));

        // A minute later it is tried again.
        wire.Run(TimeSpan.FromSeconds(61));
        Assert.That(stack.Configuration.Address, Is.EqualTo(Own));
    }

    [Test]
    public void AnAddressThatSomebodyHasIsNotTaken()
    {
        VirtualWire shared = new();
        NetworkStack first = shared.Add(7);
        NetworkStack second = shared.Add(first.Options with { ProbeCount = 3 });
        shared.Run(TimeSpan.FromSeconds(3));
        Assert.That(second.Configuration.Address.IsAny, Is.True);
        Assert.That(second.AddressingState, Does.Contain(first.Device.Address.ToString()));
        Assert.That(first.Configuration.Address, Is.EqualTo(VirtualWire.Address(7)));
    }

    [Test]
    public void TwoWhoProbeAtTheSameTimeDoNotBothHaveIt()
    {
        VirtualWire shared = new();
        NetworkOptions options = new()
        {
            Static = new Ipv4Configuration(Own, 24, Ipv4Address.Any, []),
        };
        NetworkStack first = shared.Add(options);
        NetworkStack second = shared.Add(options);
        shared.Run(TimeSpan.FromSeconds(2));
        Assert.That(
            new[] { first, second }.Count(one => one.Configuration.Address == Own),
            Is.LessThan(2)
        );
        Assert.That(first.Claim.Conflicts + second.Claim.Conflicts, Is.Positive);
    }

    private void Send(Ipv4Address to, int count)
    {
        stack.TryOpenUdp(0, out UdpSocket? socket);
        for (int i = 0; i < count; i++)
        {
            socket!.Send(new Ipv4Endpoint(to, 9), [(byte)i]);
        }
        socket!.Dispose();
    }
}

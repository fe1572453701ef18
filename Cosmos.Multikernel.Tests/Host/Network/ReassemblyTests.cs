using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Stack;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>Datagrams in fragments, in any order, doubled, contradicting each other, or never whole.</summary>
[TestFixture]
public sealed class ReassemblyTests
{
    private static readonly Ipv4Address Own = VirtualWire.Address(1);
    private static readonly Ipv4Address Other = VirtualWire.Address(9);

    private VirtualWire wire = null!;
    private NetworkStack stack = null!;
    private WireDevice device = null!;
    private UdpSocket socket = null!;

    [SetUp]
    public void MakeStack()
    {
        wire = new VirtualWire();
        stack = wire.Add(1);
        device = VirtualWire.DeviceOf(stack);
        device.Carry = null;
        stack.TryOpenUdp(6, out UdpSocket? opened);
        socket = opened!;
    }

    [Test]
    public void AnyOrderAndAnyCutGivesTheDatagram() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(
                Gen.Choose(1, 65_507).ToArbitrary(),
                Gen.Choose(1, 185).ToArbitrary(),
                Gen.Choose(0, 1_000_000).ToArbitrary(),
                (length, eights, seed) =>
                {
                    byte[] data = Crafted.Bytes(length, seed);
                    byte[] whole = Crafted.UdpBytes(Other, 5, Own, 6, data);
                    // Not more than a few hundred fragments, to save time.
                    int size = Math.Max(eights, whole.Length / 8 / 300 + 1) * 8;
                    List<byte[]> fragments = Cut(whole, size, (ushort)seed);
                    Random random = new(seed);
                    if (fragments.Count > 1)
                    {
                        fragments.Add(fragments[random.Next(fragments.Count)]);
                    }
                    byte[][] shuffled = [.. fragments];
                    random.Shuffle(shuffled);
                    foreach (byte[] fragment in shuffled)
                    {
                        device.Deliver(fragment);
                    }
                    bool came = socket.TryReceive(out UdpDatagram datagram);
                    bool isRight = came && datagram.Data.SequenceEqual(data);
                    datagram.Dispose();
                    // The doubled fragment, when it comes last, begins another datagram that never ends.
                    wire.Run(Reassembly.Patience * 2);
                    return isRight && !socket.TryReceive(out _) && stack.Ipv4.Reassembly.Count == 0;
                }
            )
        );

    [TestCase(0, 16, 8, 16, TestName = "fragments that overlap in part")]
    [TestCase(8, 8, 0, 24, TestName = "one that covers another and more")]
    public void OverlapsTakeTheDatagramWithThem(int first, int length, int second, int length2)
    {
        byte[] whole = Crafted.UdpBytes(Other, 5, Own, 6, Crafted.Bytes(24));
        device.Deliver(Piece(whole, first, length));
        device.Deliver(Piece(whole, second, length2));
        Assert.That(stack.Counters[DropReason.FragmentOverlap], Is.EqualTo(1));
        Assert.That(stack.Ipv4.Reassembly.Count, Is.Zero);
    }

    [Test]
    public void TheSamePlaceWithOtherBytesIsAnOverlap()
    {
        byte[] whole = Crafted.UdpBytes(Other, 5, Own, 6, Crafted.Bytes(24));
        device.Deliver(Piece(whole, 8, 8));
        byte[] other = Piece(whole, 8, 8);
        other[^1] ^= 1;
        device.Deliver(other);
        Assert.That(stack.Counters[DropReason.FragmentOverlap], Is.EqualTo(1));
    }

    [Test]
    public void TwoEndsContradictEachOther()
    {
        byte[] whole = Crafted.UdpBytes(Other, 5, Own, 6, Crafted.Bytes(24));
        device.Deliver(Piece(whole, 16, 8, hasMore: false));
        device.Deliver(Piece(whole, 24, 8, hasMore: false));
        Assert.That(stack.Counters[DropReason.FragmentOverlap], Is.EqualTo(1));
    }

    [Test]
    public void WhatIsNeverWholeIsForgottenAndItsSenderTold()
    {
        device.Deliver(Crafted.Arp(Other, Own));
        device.TakeSent();
        byte[] whole = Crafted.UdpBytes(Other, 5, Own, 6, Crafted.Bytes(3_000));
        device.Deliver(Piece(whole, 0, 1480));
        wire.Run(Reassembly.Patience - TimeSpan.FromSeconds(1));
        Assert.That(device.TakeSent().Where(Crafted.Is<IcmpV4Packet>), Is.Empty);
        wire.Run(TimeSpan.FromSeconds(2));
        IcmpV4Packet icmp = Crafted.Read<IcmpV4Packet>(
            device.TakeSent().Single(Crafted.Is<IcmpV4Packet>)
        );
        Assert.That((ushort)icmp.TypeCode, Is.EqualTo(11 << 8 | 1));
        Assert.That(stack.Counters[DropReason.FragmentsTimedOut], Is.EqualTo(1));
        Assert.That(stack.NextDue, Is.EqualTo(TimeSpan.MaxValue).Or.GreaterThan(stack.Now));
    }

    [Test]
    public void AFloodOfBeginningsPushesOutTheOldestOnly()
    {
        byte[] whole = Crafted.UdpBytes(Other, 5, Own, 6, Crafted.Bytes(3_000));
        for (ushort i = 0; i < 1_000; i++)
        {
            device.Deliver(Piece(whole, 0, 1480, identification: i));
        }
        Assert.That(stack.Ipv4.Reassembly.Count, Is.EqualTo(Reassembly.MostDatagrams));
        device.Deliver(Piece(whole, 1480, whole.Length - 1480, identification: 999));
        Assert.That(socket.TryReceive(out UdpDatagram datagram), Is.True);
        datagram.Dispose();
    }

    private static List<byte[]> Cut(byte[] whole, int size, ushort identification)
    {
        List<byte[]> fragments = [];
        for (int offset = 0; offset < whole.Length; offset += size)
        {
            fragments.Add(
                Piece(
                    whole,
                    offset,
                    Math.Min(size, whole.Length - offset),
                    identification: identification
                )
            );
        }
        return fragments;
    }

    private static byte[] Piece(
        byte[] whole,
        int offset,
        int length,
        bool? hasMore = null,
        ushort identification = 77
    ) =>
        Crafted.Fragment(
            Other,
            Own,
            PacketDotNet.ProtocolType.Udp,
            whole,
            offset,
            length,
            identification,
            hasMore
        );
}

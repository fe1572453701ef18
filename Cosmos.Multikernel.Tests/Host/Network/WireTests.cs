using Cosmos.Multikernel.Drivers.Network;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>Two stacks at one wire, good and bad: pings, datagrams, errors, cables pulled out.</summary>
[TestFixture]
public sealed class WireTests
{
    private VirtualWire wire = null!;
    private NetworkStack one = null!;
    private NetworkStack two = null!;

    [SetUp]
    public void MakeWire()
    {
        wire = new VirtualWire();
        one = wire.Add(1);
        two = wire.Add(2);
    }

    [TestCase(0)]
    [TestCase(56)]
    [TestCase(1472)]
    [TestCase(1473)]
    [TestCase(65_507)]
    public void PingsOfAnyLengthAreAnswered(int length)
    {
        PingReply reply = Ping(one, VirtualWire.Address(2), length);
        Assert.That(reply.Error, Is.EqualTo(NetworkError.None));
        Assert.That(reply.From, Is.EqualTo(VirtualWire.Address(2)));
        Assert.That(reply.TimeToLive, Is.EqualTo(64));
        Assert.That(reply.RoundTrip, Is.GreaterThan(TimeSpan.Zero));
    }

    [TestCase("127.0.0.1")]
    [TestCase("127.1.2.3")]
    [TestCase("10.0.2.1")]
    public void TheStackAnswersItself(string address)
    {
        wire.Run(TimeSpan.FromSeconds(5));
        long sent = one.Counters.SentPackets;
        PingReply reply = Ping(one, Ipv4Address.Parse(address), 2_000);
        Assert.That(reply.Error, Is.EqualTo(NetworkError.None));
        Assert.That(reply.From, Is.EqualTo(Ipv4Address.Parse(address)));
        Assert.That(one.Counters.SentPackets, Is.EqualTo(sent), "nothing goes to the wire");
    }

    [Test]
    public void DestinationsThatCannotBeAreRefusedAtOnce()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Ping(one, Ipv4Address.Any).Error, Is.EqualTo(NetworkError.Invalid));
            Assert.That(
                Ping(one, Ipv4Address.Broadcast).Error,
                Is.EqualTo(NetworkError.AccessDenied)
            );
            Assert.That(
                Ping(one, new Ipv4Address(0xF000_0001)).Error,
                Is.EqualTo(NetworkError.Invalid)
            );
            Assert.That(
                Ping(two, Ipv4Address.Parse("8.8.8.8")).Error,
                Is.EqualTo(NetworkError.NetworkUnreachable),
                "the router has no router"
            );
            Assert.That(
                Ping(one, VirtualWire.Address(2), 70_000).Error,
                Is.EqualTo(NetworkError.Invalid)
            );
        });
    }

    [Test]
    public void AClosedPortAnswersThatItIs()
    {
        one.TryOpenUdp(1_000, out UdpSocket? socket);
        socket!.Send(new Ipv4Endpoint(VirtualWire.Address(2), 7), [1, 2, 3]);
        Assert.That(wire.RunUntil(() => socket.Waiting > 0, TimeSpan.FromSeconds(1)), Is.True);
        Assert.That(socket.TryReceive(out UdpDatagram datagram), Is.True);
        Assert.That(datagram.Error, Is.EqualTo(NetworkError.ConnectionRefused));
        Assert.That(datagram.From, Is.EqualTo(new Ipv4Endpoint(VirtualWire.Address(2), 7)));
        datagram.Dispose();
    }

    [Test]
    public void ErrorsAreSentOnlySoOften()
    {
        one.TryOpenUdp(1_000, out UdpSocket? socket);
        for (int i = 0; i < 1_000; i++)
        {
            socket!.Send(new Ipv4Endpoint(VirtualWire.Address(2), 7), [1]);
            wire.Run(TimeSpan.FromMilliseconds(1));
        }
        Assert.That(socket!.Waiting, Is.InRange(15, 40));
    }

    [Test]
    public void BroadcastsNeedASocketForThem()
    {
        one.TryOpenUdp(1_000, out UdpSocket? socket);
        two.TryOpenUdp(2_000, out UdpSocket? listener);
        Ipv4Endpoint everybody = new(VirtualWire.Address(255), 2_000);
        Assert.That(socket!.Send(everybody, [1]), Is.EqualTo(NetworkError.AccessDenied));
        socket.AllowsBroadcast = true;
        Assert.That(socket.Send(everybody, [1]), Is.EqualTo(NetworkError.None));
        Assert.That(
            socket.Send(everybody with { Address = Ipv4Address.Broadcast }, [2]),
            Is.EqualTo(NetworkError.None)
        );
        wire.Run(TimeSpan.FromMilliseconds(10));
        Assert.That(listener!.Waiting, Is.EqualTo(2));
    }

    [Test]
    public void ASocketThatNobodyReadsDropsAndCounts()
    {
        one.TryOpenUdp(1_000, out UdpSocket? socket);
        two.TryOpenUdp(2_000, out UdpSocket? listener);
        for (int i = 0; i < UdpSocket.MostWaiting + 50; i++)
        {
            socket!.Send(new Ipv4Endpoint(VirtualWire.Address(2), 2_000), [1]);
            wire.Run(TimeSpan.FromMilliseconds(1));
        }
        Assert.That(listener!.Waiting, Is.EqualTo(UdpSocket.MostWaiting));
        Assert.That(listener.Overflows, Is.EqualTo(50));
        Assert.That(two.Counters[DropReason.UdpSocketFull], Is.EqualTo(50));
    }

    [Test]
    public void PortsAreOneOwnersEach()
    {
        Assert.That(one.TryOpenUdp(1_000, out UdpSocket? first), Is.EqualTo(NetworkError.None));
        Assert.That(one.TryOpenUdp(1_000, out _), Is.EqualTo(NetworkError.AddressInUse));
        first!.Dispose();
        Assert.That(one.TryOpenUdp(1_000, out _), Is.EqualTo(NetworkError.None));
        HashSet<int> ports = [];
        for (int i = 0; i < 500; i++)
        {
            Assert.That(one.TryOpenUdp(0, out UdpSocket? socket), Is.EqualTo(NetworkError.None));
            Assert.That(socket!.Port, Is.GreaterThanOrEqualTo(49152));
            Assert.That(ports.Add(socket.Port), Is.True);
        }
    }

    [Test]
    public void AFullDeviceHoldsDatagramsBack()
    {
        Ping(one, VirtualWire.Address(2));
        one.TryOpenUdp(1_000, out UdpSocket? socket);
        WireDevice device = VirtualWire.DeviceOf(one);
        device.SetRoom(2);
        bool toldOfRoom = false;
        one.HasRoom += () => toldOfRoom = true;
        Ipv4Endpoint to = new(VirtualWire.Address(2), 9);
        Assert.That(socket!.Send(to, new byte[4_000]), Is.EqualTo(NetworkError.WouldBlock));
        Assert.That(socket.Send(to, new byte[2_000]), Is.EqualTo(NetworkError.None));
        Assert.That(socket.Send(to, [1]), Is.EqualTo(NetworkError.WouldBlock));
        device.SetRoom(100);
        Assert.That(toldOfRoom, Is.True);
        Assert.That(socket.Send(to, new byte[4_000]), Is.EqualTo(NetworkError.None));
    }

    [Test]
    public void APulledCableIsAnErrorAtOnceAndComesBack()
    {
        Task<PingReply> waiting = one.PingAsync(VirtualWire.Address(77), TimeSpan.FromSeconds(30));
        VirtualWire.DeviceOf(one).SetLink(false);
        Assert.That(waiting.IsCompleted, Is.True);
        Assert.That(waiting.Result.Error, Is.EqualTo(NetworkError.NetworkDown));
        Assert.That(Ping(one, VirtualWire.Address(2)).Error, Is.EqualTo(NetworkError.NetworkDown));
        Assert.That(Ping(one, Ipv4Address.Loopback).Error, Is.EqualTo(NetworkError.None));
        Assert.That(one.AddressingState, Is.EqualTo("link down"));
        VirtualWire.DeviceOf(one).SetLink(true);
        wire.Run(TimeSpan.FromSeconds(1));
        Assert.That(Ping(one, VirtualWire.Address(2)).Error, Is.EqualTo(NetworkError.None));
    }

    [Test]
    public void NobodyAnswersAForgedReply()
    {
        Task<PingReply> ping = one.PingAsync(VirtualWire.Address(77), TimeSpan.FromSeconds(1));
        VirtualWire
            .DeviceOf(one)
            .Deliver(
                Crafted.Echo(
                    VirtualWire.Address(77),
                    VirtualWire.Address(1),
                    56,
                    PacketDotNet.IcmpV4TypeCode.EchoReply
                )
            );
        Assert.That(ping.IsCompleted, Is.False);
        Assert.That(one.Counters[DropReason.IcmpUnexpected], Is.EqualTo(1));
        wire.Run(TimeSpan.FromSeconds(2));
        Assert.That(ping.Result.Error, Is.EqualTo(NetworkError.TimedOut));
    }

    /// <summary>
    /// Over a wire that loses, doubles and reorders, whatever comes was sent, and with a client that repeats what is not
    /// answered, each question is answered in the end.
    /// </summary>
    [Test]
    public void EveryDatagramGetsThroughABadWire([Range(1, 20)] int seed) =>
        AskOver(
            new VirtualWire(seed)
            {
                Loss = 150,
                Duplication = 150,
                LongestDelay = 20_000,
            },
            seed,
            longest: 5_000
        );

    /// <summary>
    /// Over one that turns bits over, too. Ethernet's check sequence would keep such packets away; without it no checksum is strong
    /// enough for damage in several fragments, so these datagrams are short.
    /// </summary>
    [Test]
    public void NoDamagedDatagramIsTakenForAWholeOne([Range(1, 20)] int seed) =>
        AskOver(
            new VirtualWire(seed)
            {
                Loss = 50,
                Duplication = 50,
                Damage = 300,
            },
            seed,
            longest: 1_000
        );

    private void AskOver(VirtualWire bad, int seed, int longest)
    {
        wire = bad;
        one = wire.Add(1);
        two = wire.Add(2);
        two.TryOpenUdp(7, out UdpSocket? server);
        one.TryOpenUdp(1_000, out UdpSocket? client);
        Random random = new(seed);
        byte[][] questions =
        [
            .. Enumerable.Range(0, 40).Select(i => Crafted.Bytes(random.Next(4, longest), i)),
        ];
        HashSet<int> answered = [];
        for (int round = 0; round < 2_000 && answered.Count < questions.Length; round++)
        {
            for (int i = 0; i < questions.Length; i++)
            {
                if (!answered.Contains(i))
                {
                    client!.Send(new Ipv4Endpoint(VirtualWire.Address(2), 7), questions[i]);
                }
            }
            wire.Run(TimeSpan.FromMilliseconds(100));
            Echo(server!);
            wire.Run(TimeSpan.FromMilliseconds(100));
            while (client!.TryReceive(out UdpDatagram answer))
            {
                using (answer)
                {
                    if (answer.Error != NetworkError.None)
                    {
                        continue;
                    }
                    byte[] data = answer.Data.ToArray();
                    int number = Array.FindIndex(
                        questions,
                        one => one.AsSpan().SequenceEqual(data)
                    );
                    Assert.That(number, Is.Not.Negative, "what comes was sent");
                    answered.Add(number);
                }
            }
        }
        Assert.That(answered, Has.Count.EqualTo(questions.Length));
        wire.Run(TimeSpan.FromMinutes(2));
        Assert.That(one.Ipv4.Reassembly.Count, Is.Zero, "nothing is left behind");
        Assert.That(two.Ipv4.Reassembly.Count, Is.Zero);
    }

    private static void Echo(UdpSocket server)
    {
        while (server.TryReceive(out UdpDatagram question))
        {
            using (question)
            {
                if (question.Error == NetworkError.None)
                {
                    server.Send(question.From, question.Data);
                }
            }
        }
    }

    private PingReply Ping(NetworkStack from, Ipv4Address to, int length = 56)
    {
        Task<PingReply> ping = from.PingAsync(to, TimeSpan.FromSeconds(5), length);
        wire.RunUntil(() => ping.IsCompleted, TimeSpan.FromSeconds(6));
        return ping.Result;
    }
}

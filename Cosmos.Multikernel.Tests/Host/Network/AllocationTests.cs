using Cosmos.Multikernel.Drivers.Network;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>What is promised about memory: receiving, dropping and answering packets allocates nothing.</summary>
[TestFixture]
public sealed class AllocationTests
{
    private const int Warm = 200;
    private const int Packets = 2_000;

    [Test]
    public void EchoesAndDatagramsAndRubbishAllocateNothing()
    {
        SilentDevice device = new();
        NetworkStack stack = new(
            device,
            new NetworkOptions
            {
                Static = new Ipv4Configuration(VirtualWire.Address(1), 24, Ipv4Address.Any, []),
                ProbeCount = 0,
            },
            new VirtualTime(),
            new SeededRandom(1)
        );
        stack.RunDue();
        Assert.That(stack.TryOpenUdp(7, out UdpSocket? socket), Is.EqualTo(NetworkError.None));
        byte[][] packets =
        [
            Crafted.Arp(VirtualWire.Address(9), VirtualWire.Address(1)),
            Crafted.Echo(VirtualWire.Address(9), VirtualWire.Address(1), 300),
            Crafted.Udp(VirtualWire.Address(9), 1000, VirtualWire.Address(1), 7, 500),
            Crafted.Udp(VirtualWire.Address(9), 1000, VirtualWire.Address(1), 8, 500),
            [1, 2, 3],
        ];
        Feed(stack, socket!, packets, Warm);
        long before = AllocatedBytes.OfThisThread;
        Feed(stack, socket!, packets, Packets);
        long allocated = AllocatedBytes.OfThisThread - before;
        Assert.That(allocated, Is.LessThan(Packets), "bytes, less than one for each packet");
        Assert.That(
            device.Count,
            Is.GreaterThan(2 * Packets),
            "echoes and datagrams were answered"
        );
    }

    private static void Feed(NetworkStack stack, UdpSocket socket, byte[][] packets, int times)
    {
        IPacketReceiver receiver = stack;
        for (int i = 0; i < times; i++)
        {
            foreach (byte[] packet in packets)
            {
                receiver.Received(packet);
            }
            receiver.BatchEnded();
            while (socket.TryReceive(out UdpDatagram datagram))
            {
                socket.Send(datagram.From, datagram.Data);
                datagram.Dispose();
            }
        }
    }

    /// <summary>Sends into the void, always from the same buffer.</summary>
    private sealed class SilentDevice : PacketDevice
    {
        private readonly byte[] buffer = new byte[2048];

        public long Count { get; private set; }

        public override string Name => "silent0";

        public override MacAddress Address { get; } = Crafted.Mac(1);

        public override LinkState Link { get; } = new(true, 0, true);

        public override int Room => int.MaxValue;

        public override void Commit() => Count++;

        public override void Flush() { }

        protected override Span<byte> Reserve(int length) => buffer.AsSpan(0, length);
    }
}

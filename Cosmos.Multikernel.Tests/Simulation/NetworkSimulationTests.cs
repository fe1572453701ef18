using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Dns;
using Cosmos.Multikernel.Drivers.Network.Service;
using Cosmos.Multikernel.Tests.Host.Network;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>
/// The network by message: clients on other cores than the NIC's, and a stack on another core than its driver, on the real event
/// loops in virtual time. The other end of the cable is a second machine's core.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class NetworkSimulationTests
{
    private const int MostTurns = 2_000_000;
    private const int NicCore = 0;
    private const int ClientCore = 1;
    private const int StackCore = 2;
    private const int PeerCore = 9;
    private const ushort EchoPort = 7;

    private static readonly IpEndpoint Echo = new(
        new Ipv4Endpoint(VirtualWire.Address(2), EchoPort)
    );

    [Test]
    public void ClientsSendAndReceiveByMessage([Range(1, 10)] int seed) =>
        Run(
            seed,
            loss: 0,
            async network =>
            {
                InterfaceRecord shown = await network.Proxy.WaitForAddressAsync(10_000);
                Assert.That(shown.Address.V4, Is.EqualTo(VirtualWire.Address(1)));
                Assert.That(shown.Device.Link.IsUp, Is.True);
                await using RemoteUdpSocket socket = await network.OpenUdpAsync();
                for (int i = 0; i < 50; i++)
                {
                    byte[] data = Crafted.Bytes(i * 40, i);
                    await socket.SendAsync(Echo, data);
                    (IpEndpoint from, ReadOnlyMemory<byte> answer) = await socket.ReceiveAsync();
                    Assert.That(from, Is.EqualTo(Echo));
                    Assert.That(answer.ToArray(), Is.EqualTo(data));
                }
                PingRecord ping = await network.Proxy.PingAsync(
                    new IpAddress(VirtualWire.Address(2)),
                    56,
                    64,
                    1_000
                );
                Assert.That(ping.Error, Is.EqualTo(NetworkError.None));
                Assert.That(ping.Nanoseconds, Is.Positive);
                Assert.That(
                    (await network.Proxy.GetNeighboursAsync()).Single().Address.V4,
                    Is.EqualTo(VirtualWire.Address(2))
                );
            }
        );

    [Test]
    public void ErrorsComeAsErrors() =>
        Run(
            3,
            loss: 0,
            async network =>
            {
                await network.Proxy.WaitForAddressAsync(10_000);
                await using RemoteUdpSocket socket = await network.OpenUdpAsync();
                Assert.That(
                    await ErrorOf(() => network.OpenUdpAsync(socket.Port)),
                    Is.EqualTo(NetworkError.AddressInUse)
                );
                await socket.SendAsync(Echo with { Port = 8 }, new byte[3]);
                Assert.That(
                    await ErrorOf(async () => await socket.ReceiveAsync()),
                    Is.EqualTo(NetworkError.ConnectionRefused)
                );
                Assert.That(
                    await ErrorOf(async () =>
                        await socket.SendAsync(Echo with { Port = 70_000 }, new byte[3])
                    ),
                    Is.EqualTo(NetworkError.Invalid)
                );
                Assert.That(
                    await ErrorOf(async () =>
                        await socket.SendAsync(new IpEndpoint(new IpAddress(1, 1), 5), new byte[3])
                    ),
                    Is.EqualTo(NetworkError.AddressFamilyNotSupported)
                );
                Assert.That(await network.Proxy.CloseAsync(77), Is.EqualTo(NetworkError.BadHandle));
                DnsAnswer answer = await network.ResolveAsync("a.example");
                Assert.That(answer.Error, Is.EqualTo(NetworkError.NoNameServer));
                byte[] refused = await network.Proxy.ResolveAsync(
                    "a.example",
                    false,
                    Echo with
                    {
                        Port = 70_000,
                    }
                );
                Assert.That(BitConverter.ToInt32(refused), Is.EqualTo((int)NetworkError.Invalid));
                Assert.That(
                    (await network.ResolveAsync("10.0.2.9")).Addresses.Single().V4,
                    Is.EqualTo(VirtualWire.Address(9))
                );
            }
        );

    [Test]
    public void EveryQuestionIsAnsweredOverABadWire([Range(1, 5)] int seed) =>
        Run(
            seed,
            loss: 100,
            async network =>
            {
                await network.Proxy.WaitForAddressAsync(10_000);
                await using RemoteUdpSocket socket = await network.OpenUdpAsync();
                for (byte i = 0; i < 30; i++)
                {
                    while (!await AskAsync(socket, i))
                    {
                        // Lost: again.
                    }
                }
            }
        );

    [Test]
    public void AClientThatEndsLeavesItsPortsFree()
    {
        using SimulatedMachine machine = new(5);
        StartNic(machine, loss: 0, seed: 5);
        SimulatedInstance client = machine.Start(
            ClientCore,
            "client",
            async () =>
            {
                NetworkClient network = await NetworkClient.ConnectAsync(NicCore, "nic");
                RemoteUdpSocket socket = await network.OpenUdpAsync(1_234);
                await socket.ReceiveAsync();
            }
        );
        machine.Run(MostTurns, () => Nic?.Udp.Sockets.Any(socket => socket.Port == 1_234) ?? false);
        machine.Crash(client);
        Assert.That(
            machine.Run(MostTurns, () => Nic!.Udp.Sockets.All(socket => socket.Port != 1_234)),
            Is.True
        );
    }

    [Test]
    public void AStackRunsOnAnotherCoreThanItsDriver([Range(1, 5)] int seed)
    {
        using SimulatedMachine machine = new(seed);
        WireDevice device = new(Crafted.Mac(1));
        WireDevice far = new(Crafted.Mac(2));
        SimulatedInstance driver = machine.Start(
            NicCore,
            "driver",
            () => PacketDeviceService.ServeAsync(device)
        );
        SimulatedInstance peer = StartPeer(machine, far, seed);
        Connect(machine, (driver, device), (peer, far), loss: 0, seed);
        bool ended = false;
        SimulatedInstance user = machine.Start(
            StackCore,
            "stack",
            async () =>
            {
                RemotePacketDevice remote = await RemotePacketDevice.ConnectAsync(
                    NicCore,
                    "driver"
                );
                NetworkStack stack = new(
                    remote,
                    Fixed(1),
                    new MachineTime(machine),
                    new SeededRandom(seed)
                );
                using NetworkPump pump = new(stack);
                while (stack.Configuration.Address.IsAny)
                {
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(10));
                }
                stack.TryOpenUdp(0, out UdpSocket? socket);
                for (int i = 0; i < 200; i++)
                {
                    byte[] data = Crafted.Bytes(1 + i * 20, i);
                    socket!.Send(new Ipv4Endpoint(VirtualWire.Address(2), EchoPort), data);
                    await socket.WaitAsync();
                    Assert.That(socket.TryReceive(out UdpDatagram answer), Is.True);
                    Assert.That(answer.Data.ToArray(), Is.EqualTo(data));
                    answer.Dispose();
                }
                driver.Loop.Post(() => device.SetLink(false));
                while (stack.Device.Link.IsUp)
                {
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                }
                ended = true;
            }
        );
        Assert.That(machine.Run(MostTurns, () => ended || user.Failure is not null), Is.True);
        Assert.That(user.Failure, Is.Null);
    }

    private NetworkStack? Nic { get; set; }

    private void Run(int seed, int loss, Func<NetworkClient, Task> test)
    {
        using SimulatedMachine machine = new(seed);
        StartNic(machine, loss, seed);
        bool ended = false;
        SimulatedInstance client = machine.Start(
            ClientCore,
            "client",
            async () =>
            {
                using NetworkClient network = await NetworkClient.ConnectAsync(NicCore, "nic");
                await test(network);
                ended = true;
            }
        );
        bool came = machine.Run(MostTurns, () => ended || client.Failure is not null);
        Assert.That(client.Failure, Is.Null);
        Assert.That(came, Is.True, "the client does not get to its end");
    }

    private void StartNic(SimulatedMachine machine, int loss, int seed)
    {
        WireDevice device = new(Crafted.Mac(1));
        WireDevice far = new(Crafted.Mac(2));
        SimulatedInstance nic = machine.Start(
            NicCore,
            "nic",
            async () =>
            {
                Nic = new NetworkStack(
                    device,
                    Fixed(1),
                    new MachineTime(machine),
                    new SeededRandom(seed)
                );
                using NetworkPump pump = new(Nic);
                await new NetworkServer(Nic).ServeAsync();
            }
        );
        SimulatedInstance peer = StartPeer(machine, far, seed);
        Connect(machine, (nic, device), (peer, far), loss, seed);
    }

    private static SimulatedInstance StartPeer(
        SimulatedMachine machine,
        WireDevice device,
        int seed
    ) =>
        machine.Start(
            PeerCore,
            "peer",
            async () =>
            {
                NetworkStack stack = new(
                    device,
                    Fixed(2),
                    new MachineTime(machine),
                    new SeededRandom(seed + 1)
                );
                using NetworkPump pump = new(stack);
                stack.TryOpenUdp(EchoPort, out UdpSocket? socket);
                while (true)
                {
                    await socket!.WaitAsync();
                    while (socket.TryReceive(out UdpDatagram datagram))
                    {
                        using (datagram)
                        {
                            socket.Send(datagram.From, datagram.Data);
                        }
                    }
                }
            }
        );

    private static void Connect(
        SimulatedMachine machine,
        (SimulatedInstance Instance, WireDevice Device) a,
        (SimulatedInstance Instance, WireDevice Device) b,
        int loss,
        int seed
    )
    {
        Random random = new(seed);
        a.Device.Carry = packet => Carry(b, packet);
        b.Device.Carry = packet => Carry(a, packet);

        void Carry((SimulatedInstance Instance, WireDevice Device) to, byte[] packet)
        {
            if (random.Next(1000) >= loss)
            {
                machine.After(
                    random.Next(1_000, 100_000),
                    () => to.Instance.Loop.Post(() => to.Device.Deliver(packet))
                );
            }
        }
    }

    private static async Task<bool> AskAsync(RemoteUdpSocket socket, byte number)
    {
        await socket.SendAsync(Echo, new[] { number });
        using CancellationTokenSource late = new();
        Task giveUp = CancelLaterAsync(late);
        try
        {
            while (true)
            {
                (_, ReadOnlyMemory<byte> answer) = await socket.ReceiveAsync(late.Token);
                if (answer.Length == 1 && answer.Span[0] == number)
                {
                    return true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            await giveUp;
        }
    }

    private static async Task CancelLaterAsync(CancellationTokenSource late)
    {
        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(50));
        late.Cancel();
    }

    private static async Task<NetworkError> ErrorOf(Func<Task> action)
    {
        try
        {
            await action();
            return NetworkError.None;
        }
        catch (NetworkException exception)
        {
            return exception.Error;
        }
    }

    private static NetworkOptions Fixed(byte host) =>
        new()
        {
            Static = new Ipv4Configuration(VirtualWire.Address(host), 24, Ipv4Address.Any, []),
        };

    /// <summary>The simulated machine's clock.</summary>
    private sealed class MachineTime(SimulatedMachine machine) : TimeProvider
    {
        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => machine.Now;
    }
}

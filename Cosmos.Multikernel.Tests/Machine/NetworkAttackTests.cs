using System.Globalization;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Host.Network;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A network card whose cable ends in this process: a DHCP server that PacketDotNet reads for, a name server of another's making, and then
/// whatever a hostile station may send. The stack on the metal goes on, and says what it dropped.
/// </summary>
[TestFixture(NicKind.Virtio, MachineKind.Q35)]
[TestFixture(NicKind.E1000e, MachineKind.Q35)]
[TestFixture(NicKind.E1000, MachineKind.Pc)]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class NetworkAttackTests(NicKind nic, MachineKind kind)
{
    private const int Packets = 4_000;
    private const int Burst = 20;
    private const uint RenewalSeconds = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly MacAddress Guest = new(0x5254_0012_3456);
    private static readonly Ipv4Address Address = VirtualWire.Address(15);
    private static readonly Ipv4Address Other = VirtualWire.Address(9);

    private HostCable _cable = null!;
    private FakeDhcpServer _dhcp = null!;
    private FakeDnsServer _dns = null!;
    private OracleNameServer _names = null!;
    private VirtualMachine _machine = null!;
    private ShellSession _shell = null!;
    private InstanceWatch _watch = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        _names = new OracleNameServer();
        _cable = new HostCable(wire =>
        {
            _dhcp = new FakeDhcpServer(wire) { Renewal = RenewalSeconds };
            _dns = new FakeDnsServer(wire, 3)
            {
                Answer = (name, _, question) =>
                {
                    if (name == "forged.test")
                    {
                        Forge(name, question);
                    }

                    return _names.Ask(question);
                },
            };
        });
        var name = $"network-attack-{nic}-{kind}".ToLowerInvariant();
        var image = TestMachine.WriteImage(
            name,
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
            Repository.NetworkModule("1", "host=cosmos"),
            Repository.DeviceManagerModule($"nic={Drivers.Network.Devices.NetworkDriver.Devices}"),
            Repository.MonitorModule
        );
        _machine = await TestMachine.BootAsync(
            name,
            image,
            options =>
                options with
                {
                    Kind = kind,
                    Cores = 2,
                    Memory = 768,
                    Nic = nic,
                    Network = _cable.Network,
                }
        );
        _watch = new InstanceWatch(_machine, Limit);
        _shell = new ShellSession(_machine);
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        await _machine.DisposeAsync();
        await _cable.DisposeAsync();
        _names.Dispose();
    }

    [Test, Order(1)]
    public async Task AnAddressIsLent()
    {
        await RunAsync(
            "ifconfig",
            0,
            "10.0.2.15/24, router 10.0.2.2",
            "name servers 10.0.2.3 8.8.8.8, domain example.org",
            "DHCP bound",
            "server 10.0.2.2"
        );
        Assert.That(
            await _cable.InvokeAsync(() => _dhcp.HeardTypes.ToArray()),
            Does.Contain(PacketDotNet.DhcpV4MessageType.Discover)
                .And.Contain(PacketDotNet.DhcpV4MessageType.Request)
        );
    }

    /// <summary>Its server is asked to go on with the lease, from the address that is lent, and the address stays.</summary>
    [Test, Order(2)]
    public async Task TheLeaseIsRenewed()
    {
        for (var look = 0; !await _cable.InvokeAsync(IsRenewed); look++)
        {
            Assert.That(look, Is.LessThan(600), TestMachine.Describe(_machine));
            await Task.Delay(100);
        }

        await RunAsync("ifconfig", 0, "10.0.2.15/24", "DHCP bound");

        bool IsRenewed() =>
            _dhcp.Heard.Any(message =>
                message.MessageType == PacketDotNet.DhcpV4MessageType.Request
                && message.ClientAddress.Equals(Address.ToIp())
            );
    }

    [Test, Order(2)]
    public async Task NamesAreFound()
    {
        await RunAsync(
            "nslookup www.test",
            0,
            "another name for host.test",
            "said 10.0.2.3",
            "10.0.2.2"
        );
        await RunAsync("ping www.test 1", 0, "56 bytes to host.test (10.0.2.2)");
        await RunAsync("nslookup nothing.test", 1, "there is no such name");
        await RunAsync("ping nothing.test", 1, "nothing.test: there is no such name");
        // A name without a dot is one of the domain that the DHCP server told, else one of the world.
        await RunAsync("nslookup nowhere", 1, "there is no such name");
        Assert.That(_names.Asked, Does.Contain("nowhere.example.org A").And.Contain("nowhere A"));
    }

    [Test, Order(2)]
    public async Task ForgersAreNotBelieved()
    {
        await RunAsync("ping forged.test 1", 0, "56 bytes to forged.test (10.0.2.2)");
        var shown = await RunAsync("ifconfig", 0);
        var dropped = Regex.Match(shown, $@"(\d+) {nameof(DropReason.DnsUnexpected)}");
        Assert.That(
            int.Parse(dropped.Groups[1].Value, CultureInfo.InvariantCulture),
            Is.GreaterThan(1),
            shown
        );
    }

    [Test, Order(3)]
    public async Task TheHostPingsTheMachine() =>
        Assert.That((await PingGuestAsync(1_400)).Error, Is.EqualTo(NetworkError.None));

    [Test, Order(4)]
    public async Task WhateverComesTheStackGoesOn()
    {
        Random random = new(1);
        for (var i = 0; i < Packets; i++)
        {
            _cable.Inject(Hostile(random));
            if (i % Burst == 0)
            {
                await Task.Delay(5);
            }
        }

        // The address may have been defended, or lost to one who claimed it, and lent again.
        await RunAsync("ping 10.0.2.2 3", null);
        var shown = await RunAsync(
            "ifconfig",
            0,
            "10.0.2.15/24",
            nameof(DropReason.Ipv4BadChecksum),
            nameof(DropReason.UdpBadChecksum),
            nameof(DropReason.EthernetUnknownType),
            nameof(DropReason.ArpUnknownFormat),
            nameof(DropReason.IcmpBadChecksum)
        );
        await TestContext.Out.WriteLineAsync(shown);
        Assert.That((await PingGuestAsync(1_400)).Error, Is.EqualTo(NetworkError.None));
        await RunAsync("ping 10.0.2.2 1", 0, "1 sent, 1 answered");
    }

    [Test, Order(5)]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);

    /// <summary>Answers a question before its server does: with another identifier, and as another station.</summary>
    private void Forge(string name, byte[] question)
    {
        var reply = FakeDnsServer.Reply(
            question,
            0,
            [FakeDnsServer.A(name, OracleNameServer.Forged)]
        );
        byte[] other = [.. reply];
        other[0] ^= 1;
        var port = _dns.Keys[^1].Port;
        foreach (var (from, payload) in new[] { (VirtualWire.Address(3), other), (Other, reply) })
        {
            var packet = Crafted.Udp(from, 53, Address, port, payload);
            Guest.Write(packet);
            _cable.Inject(packet);
        }
    }

    /// <summary>A good packet, made worse in some way or not at all.</summary>
    private static byte[] Hostile(Random random)
    {
        var size = random.Next(0, 1_400);
        var payload = Crafted.Bytes(size, random.Next());
        var packet = random.Next(7) switch
        {
            0 => Crafted.Arp(Other, Address),
            1 => Crafted.Echo(Other, Address, size),
            2 => Crafted.Udp(Other, 67, Address, 68, payload),
            3 => Crafted.Udp(
                VirtualWire.Address(3),
                53,
                Address,
                (ushort)random.Next(1, 65_536),
                payload
            ),
            4 => Crafted.Datagram(
                Other,
                Address,
                (PacketDotNet.ProtocolType)random.Next(256),
                payload
            ),
            5 => Crafted.Fragment(
                Other,
                Address,
                PacketDotNet.ProtocolType.Udp,
                payload,
                0,
                size & ~7,
                (ushort)random.Next(32),
                hasMore: true
            ),
            _ => [.. new byte[14], .. payload],
        };
        Guest.Write(packet);
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            // Mostly in the headers, where it matters; the destination is left alone.
            packet[random.Next(6, Math.Min(packet.Length, random.Next(2) == 0 ? 60 : 1_514))] ^=
                (byte)random.Next(256);
        }

        return random.Next(8) == 0 ? packet[..random.Next(6, packet.Length)] : packet;
    }

    private async Task<PingReply> PingGuestAsync(int length)
    {
        var ping = await _cable.InvokeAsync(() =>
            _dhcp.Stack.PingAsync(Address, TimeSpan.FromSeconds(20), length)
        );
        return await ping;
    }

    private Task<string> RunAsync(string command, int? status, params string[] says) =>
        TestShell.RunAsync(_machine, _shell, command, status, says);
}

using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Host.Network;
using NUnit.Framework;
using PacketDotNet;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// Each network card at QEMU's own small network: an address by DHCP, a thousand datagrams to a socket of this process and
/// back, pings, names from a name server of this process, the driver killed under load; and all that was sent, read by PacketDotNet.
/// </summary>
[TestFixture(NicKind.Virtio, MachineKind.Q35)]
[TestFixture(NicKind.Virtio, MachineKind.Pc)]
[TestFixture(NicKind.E1000, MachineKind.Pc)]
[TestFixture(NicKind.E1000e, MachineKind.Q35)]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class NetworkTests(NicKind nic, MachineKind kind)
{
    // As often as the instance waits for them.
    private const int Deaths = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // Without vectors a virtio device of QEMU has no MSI-X.
    private bool IsByLine => nic == NicKind.Virtio && kind == MachineKind.Pc;

    private readonly CancellationTokenSource _ending = new();
    private VirtualMachine _machine = null!;
    private ShellSession _shell = null!;
    private InstanceWatch _watch = null!;
    private Task _echo = null!;
    private OracleNameServer _names = null!;
    private string _packets = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        UdpClient host = new(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)host.Client.LocalEndPoint!).Port;
        _echo = EchoAsync(host, _ending.Token);
        _names = new OracleNameServer();
        var name = $"network-{nic}-{kind}".ToLowerInvariant();
        _packets = Path.Combine(Repository.Logs, $"test-{name}.pcap");
        var image = TestMachine.WriteImage(
            name,
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
            new ImageModule("network", TestMachine.Network, "2", Arguments: $"{port}"),
            Repository.NetworkModule("1"),
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
                    Cores = 3,
                    Memory = 1024,
                    Nic = nic,
                    PacketLog = _packets,
                    ExtraArguments = IsByLine ? ["-global", "virtio-net-pci.vectors=0"] : [],
                }
        );
        _watch = new InstanceWatch(_machine, Limit);
        _shell = new ShellSession(_machine);
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        await _machine.DisposeAsync();
        await _ending.CancelAsync();
        await _echo;
        _ending.Dispose();
        _names.Dispose();
    }

    [Test, Order(1)]
    public Task Instance([Values("address", "echoes", "many", "flood", "closed")] string name) =>
        _watch.AssertRecordAsync($"network.{name}", core: 2);

    /// <summary>
    /// The driver dies while echoes and pings are under way, and its device with packets in its rings; its monitor starts it again, the
    /// device is reset, and all goes on, as do all tests behind this one.
    /// </summary>
    [Test, Order(2)]
    public async Task ADriverThatDiesUnderLoadIsStartedAgain()
    {
        for (var death = 1; death <= Deaths; death++)
        {
            await _machine.ExpectAsync(
                new Regex($@"\[2 network\] death {death} may come"),
                Limit,
                CancellationToken.None
            );
            await RunAsync("crash 1/nic", null);
        }

        await _watch.AssertRecordAsync("network.storm", core: 2);
        await RunAsync("ifconfig", 0, "10.0.2.15/24");
    }

    [Test, Order(3)]
    public Task Ping() =>
        RunAsync("ping 10.0.2.2 2", 0, "answer 2 from 10.0.2.2", "2 sent, 2 answered");

    [Test, Order(3)]
    public Task PingOfACoreIsAnotherThing() =>
        RunAsync("ping 1 3", 0, "3 round trips to nic on core 1");

    [Test, Order(3)]
    public Task PingOfNobody() =>
        RunAsync("ping 10.0.2.99 1", 1, "host unreachable", "10.0.2.99 does not answer");

    [Test, Order(3)]
    public Task PingOfItself() => RunAsync("ping 127.0.0.1 1", 0, "1 sent, 1 answered");

    [Test, Order(3)]
    public Task Interfaces() =>
        RunAsync(
            "ifconfig",
            0,
            "52:54:00:12:34:56",
            "10.0.2.15/24, router 10.0.2.2",
            "name servers 10.0.2.3",
            "DHCP bound",
            "neighbour 10.0.2.2 at"
        );

    [Test, Order(3)]
    public Task LookupOfItself() => RunAsync("nslookup localhost", 0, "127.0.0.1");

    /// <summary>Asks the name server on this machine, which QEMU's network has at its router's address.</summary>
    [TestCase("www.test", 0, "www.test, another name for host.test", "  10.0.2.2")]
    [TestCase("many.test", 0, "  192.0.2.1", "  192.0.2.2", "  192.0.2.3", "  2001:db8::1")]
    [TestCase("nothing.test", 1, "nothing.test: there is no such name")]
    [TestCase("empty.test", 1, "empty.test: the name has no such address")]
    [TestCase("long.test", 1, "long.test: the answer does not fit a datagram")]
    [Order(3)]
    public Task Lookup(string name, int status, params string[] says) =>
        RunAsync(
            $"nslookup {name} 10.0.2.2:{_names.Endpoint.Port}",
            status,
            [.. says, "(said 10.0.2.2)"]
        );

    /// <summary>The first question is not answered, so it is asked again.</summary>
    [Test, Order(3)]
    public async Task LookupOfWhatIsAnsweredLate()
    {
        await Lookup("late.test", 0, "  10.0.2.2");
        Assert.That(_names.Asked.Count(one => one == "late.test A"), Is.GreaterThan(1));
    }

    /// <summary>What another port than the one asked says is not believed, and counted.</summary>
    [Test, Order(3)]
    public async Task LookupOfWhatAForgerAnswersFirst()
    {
        await Lookup("forged.test", 0, "  10.0.2.2");
        await RunAsync("ifconfig", 0, nameof(Drivers.Network.DropReason.DnsUnexpected));
    }

    [TestCase("nslookup www.test 10.0.2.2:9x", 2, "'9x' is no port")]
    [TestCase("nslookup www.test 10.0.2.2:9:9", 2, "'9:9' is no port")]
    [TestCase("nslookup www.test 10.0.2.2 9", 2, "'9' is too much")]
    [Order(3)]
    public Task WrongLookupsSaySo(string command, int status, string says) =>
        RunAsync(command, status, says);

    /// <summary>Each card interrupts by the best that its driver can use.</summary>
    [Test, Order(3)]
    public async Task Devices()
    {
        var kindOfInterrupt =
            nic == NicKind.E1000 || IsByLine ? PciInterruptKind.Line : PciInterruptKind.MsiX;
        var shown = await RunAsync("devices", 0, "DRIVER             INTERRUPT");
        Assert.That(shown, Does.Match($@"nic on core 1 +{kindOfInterrupt.InWords()}\r?\n"));
    }

    [Test, Order(3)]
    public Task Names() => RunAsync("names", 0, "network", "nic");

    /// <summary>The cable is pulled out, seen, and put in again: the address is asked for anew.</summary>
    [Test, Order(4)]
    public async Task Cable()
    {
        await _machine.SetCableAsync(isIn: false, CancellationToken.None);
        await WaitForAsync("ifconfig", "down");
        await RunAsync("ping 10.0.2.2 1", 1, "the cable is out");
        await _machine.SetCableAsync(isIn: true, CancellationToken.None);
        await WaitForAsync("ifconfig", "DHCP bound");
        await RunAsync("ping 10.0.2.2 1", 0, "1 sent, 1 answered");
    }

    /// <summary>What the machine sent is right, as another reader of packets sees it.</summary>
    [Test, Order(5)]
    public void TheOracleReadsAllThatWasSent()
    {
        var datagrams = 0;
        var dhcp = 0;
        foreach (var bytes in CaptureFile.Read(_packets))
        {
            var packet = Packet.ParsePacket(LinkLayers.Ethernet, bytes);
            var source = packet.Extract<EthernetPacket>().SourceHardwareAddress.ToString();
            if (source != "525400123456")
            {
                continue;
            }

            if (packet.Extract<IPv4Packet>() is not { } ip)
            {
                Assert.That(packet.Extract<ArpPacket>(), Is.Not.Null);
                continue;
            }

            Assert.That(ip.ValidIPChecksum, Is.True);
            if (packet.Extract<UdpPacket>() is { } udp)
            {
                Assert.That(udp.ValidUdpChecksum, Is.True);
                datagrams++;
                dhcp += udp.DestinationPort == 67 ? 1 : 0;
            }

            if (packet.Extract<IcmpV4Packet>() is { } icmp)
            {
                Assert.That(icmp.ValidIcmpChecksum, Is.True);
            }
        }

        Assert.That(datagrams, Is.GreaterThanOrEqualTo(2_000));
        Assert.That(
            dhcp,
            Is.GreaterThanOrEqualTo(3),
            "discover, request, and a request after the plug"
        );
    }

    [Test, Order(6)]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);

    private static async Task EchoAsync(UdpClient host, CancellationToken ending)
    {
        using (host)
        {
            try
            {
                while (true)
                {
                    var question = await host.ReceiveAsync(ending);
                    await host.SendAsync(question.Buffer, question.RemoteEndPoint, ending);
                }
            }
            catch (OperationCanceledException)
            {
                // The tests are over.
            }
        }
    }

    private async Task WaitForAsync(string command, string shows)
    {
        for (var look = 0; ; look++)
        {
            if ((await RunAsync(command, null)).Contains(shows, StringComparison.Ordinal))
            {
                return;
            }

            Assert.That(look, Is.LessThan(100), TestMachine.Describe(_machine));
            await Task.Delay(100);
        }
    }

    private Task<string> RunAsync(string command, int? status, params string[] says) =>
        TestShell.RunAsync(_machine, _shell, command, status, says);
}

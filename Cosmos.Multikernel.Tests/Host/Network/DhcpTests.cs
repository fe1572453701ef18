using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Dhcp;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using PacketDotNet;
using PacketDotNet.DhcpV4;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>The client's whole life (RFC 2131, figure 5), against a server that may be slow, wrong or gone.</summary>
[TestFixture]
public sealed class DhcpTests
{
    private VirtualWire wire = null!;
    private FakeDhcpServer server = null!;
    private NetworkStack client = null!;

    [SetUp]
    public void MakeWire()
    {
        wire = new VirtualWire();
        server = new FakeDhcpServer(wire);
        client = wire.Add(new NetworkOptions { HostName = "cosmos" });
    }

    [Test]
    public void AnAddressIsAskedForCheckedAndUsed()
    {
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 5), Is.True);
        Ipv4Configuration configuration = client.Configuration;
        Assert.Multiple(() =>
        {
            Assert.That(configuration.Prefix, Is.EqualTo(24));
            Assert.That(configuration.Router, Is.EqualTo(VirtualWire.Address(2)));
            Assert.That(
                configuration.NameServers,
                Is.EqualTo(new[] { VirtualWire.Address(3), Ipv4Address.Parse("8.8.8.8") })
            );
            Assert.That(configuration.Domain, Is.EqualTo("example.org"));
            Assert.That(
                client.AddressingState,
                Does.StartWith("DHCP bound for 3599 s").Or.StartsWith("DHCP bound for 3598 s")
            );
            Assert.That(
                server.HeardTypes,
                Is.EqualTo(new[] { DhcpV4MessageType.Discover, DhcpV4MessageType.Request })
            );
        });
        List<DhcpV4Option> options = server.Heard[1].GetOptions();
        Assert.That(
            options.OfType<AddressRequestOption>().Single().RequestedIP,
            Is.EqualTo(Address.ToIp())
        );
        Assert.That(
            options.OfType<ServerIdOption>().Single().ServerId,
            Is.EqualTo(VirtualWire.Address(2).ToIp())
        );
        int probes = wire.Carried.Count(packet =>
            Crafted.Is<ArpPacket>(packet)
            && Crafted.Read<ArpPacket>(packet).SenderProtocolAddress.Equals(Ipv4Address.Any.ToIp())
        );
        Assert.That(probes, Is.EqualTo(client.Options.ProbeCount));
    }

    [Test]
    public void ASilentServerIsAskedWithGrowingPauses()
    {
        server.IsSilent = true;
        RunUntil(static () => false, 200);
        Assert.That(server.HeardTypes, Is.All.EqualTo(DhcpV4MessageType.Discover));
        Assert.That(server.Heard, Has.Count.InRange(6, 8));
        server.IsSilent = false;
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 70), Is.True);
    }

    [Test]
    public void ALeaseIsRenewedByItsServerAtHalfTime()
    {
        Bind();
        server.Heard.Clear();
        RunUntil(static () => false, 1_790);
        Assert.That(server.Heard, Is.Empty);
        RunUntil(static () => false, 30);
        DhcpV4Packet renewal = server.Heard.Single();
        Assert.That(renewal.MessageType, Is.EqualTo(DhcpV4MessageType.Request));
        Assert.That(renewal.ClientAddress, Is.EqualTo(Address.ToIp()));
        Assert.That(renewal.GetOptions().OfType<ServerIdOption>(), Is.Empty, "RFC 2131, table 4");
        Assert.That(renewal.GetOptions().OfType<AddressRequestOption>(), Is.Empty);
        Assert.That(client.AddressingState, Does.StartWith("DHCP bound"));
        Assert.That(client.Configuration.Address, Is.EqualTo(Address));
    }

    [Test]
    public void AServerThatIsGoneIsAskedThenAllAreAndThenTheAddressGoes()
    {
        Bind();
        server.IsSilent = true;
        server.Heard.Clear();
        RunUntil(static () => false, 3_000);
        Assert.That(client.AddressingState, Does.StartWith("DHCP renewing"));
        Assert.That(client.Configuration.Address, Is.EqualTo(Address), "it is still lent");
        RunUntil(static () => false, 300);
        Assert.That(client.AddressingState, Does.StartWith("DHCP rebinding"));
        Assert.That(RunUntil(() => client.Configuration.Address.IsAny, 301), Is.True);
        Assert.That(server.Heard, Has.Count.LessThan(15), "not more often than once a minute");
        server.IsSilent = false;
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 70), Is.True);
    }

    [Test]
    public void ARefusalStartsAgainWithGrowingPauses()
    {
        server.IsRefusing = true;
        RunUntil(static () => false, 60);
        Assert.That(
            server.HeardTypes.Count(type => type == DhcpV4MessageType.Discover),
            Is.InRange(4, 8)
        );
        Assert.That(client.Configuration.Address.IsAny, Is.True);
        server.IsRefusing = false;
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 130), Is.True);
    }

    [Test]
    public void AnAddressThatSomebodyUsesIsDeclined()
    {
        NetworkStack squatter = wire.Add(server.Host);
        RunUntil(() => server.HeardTypes.Contains(DhcpV4MessageType.Decline), 5);
        DhcpV4Packet decline = server.Heard[^1];
        Assert.That(decline.MessageType, Is.EqualTo(DhcpV4MessageType.Decline));
        Assert.That(
            decline.GetOptions().OfType<AddressRequestOption>().Single().RequestedIP,
            Is.EqualTo(Address.ToIp())
        );
        Assert.That(client.Configuration.Address.IsAny, Is.True);
        int before = server.Heard.Count;
        RunUntil(static () => false, 9);
        Assert.That(server.Heard, Has.Count.EqualTo(before), "ten seconds' pause (3.1.5)");
        server.Host++;
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 5), Is.True);
        Assert.That(squatter.Configuration.Address, Is.Not.EqualTo(Address));
    }

    [Test]
    public void AfterThePlugTheOldAddressIsAskedFor()
    {
        Bind();
        server.Heard.Clear();
        VirtualWire.DeviceOf(client).SetLink(false);
        RunUntil(static () => false, 100);
        VirtualWire.DeviceOf(client).SetLink(true);
        Assert.That(client.Configuration.Address.IsAny, Is.True, "it may be another network");
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 5), Is.True);
        DhcpV4Packet request = server.Heard.Single();
        Assert.That(request.MessageType, Is.EqualTo(DhcpV4MessageType.Request));
        Assert.That(request.GetOptions().OfType<ServerIdOption>(), Is.Empty);

        // And where no server answers, the lease still counts.
        server.IsSilent = true;
        VirtualWire.DeviceOf(client).SetLink(false);
        VirtualWire.DeviceOf(client).SetLink(true);
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 20), Is.True);
    }

    [Test]
    public void ALeaseForEverIsNeverRenewed()
    {
        server.Lease = uint.MaxValue;
        Bind();
        server.Heard.Clear();
        RunUntil(static () => false, 1_000_000);
        Assert.That(server.Heard, Is.Empty);
        Assert.That(client.Configuration.Address, Is.EqualTo(Address));
        Assert.That(client.AddressingState, Does.Contain("for ever"));
    }

    [Test]
    public void TheAddressIsGivenBackAtTheEnd()
    {
        Bind();
        client.Dispose();
        RunUntil(() => server.HeardTypes.Last() == DhcpV4MessageType.Release, 5);
        Assert.That(server.HeardTypes.Last(), Is.EqualTo(DhcpV4MessageType.Release));
        Assert.That(server.Heard[^1].ClientAddress, Is.EqualTo(Address.ToIp()));
    }

    [Test]
    public void RepliesToOthersAndRubbishChangeNothing()
    {
        // The transaction, the station, the length of its address, the kind, the cookie, the message's type, an option's length.
        foreach (int place in new[] { 0, 1, 2, 5, 30, 237, 242, 244 })
        {
            VirtualWire other = new(place + 1);
            FakeDhcpServer wrong = new(other)
            {
                Change = reply =>
                {
                    reply[place] ^= 0x7F;
                    return reply;
                },
            };
            NetworkStack victim = other.Add(new NetworkOptions());
            other.Run(TimeSpan.FromSeconds(10));
            Assert.That(wrong.Heard, Is.Not.Empty);
            Assert.That(victim.Configuration.Address.IsAny, Is.True, $"byte {place}");
            Assert.That(
                victim.Counters[DropReason.DhcpMalformed]
                    + victim.Counters[DropReason.DhcpUnexpected],
                Is.Positive,
                $"byte {place}"
            );
        }
    }

    [Test]
    public void NoMessageIsTooStrangeToBeRead() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(
                Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ToArbitrary(),
                options =>
                {
                    byte[] message =
                    [
                        .. new byte[236],
                        0x63,
                        0x82,
                        0x53,
                        0x63,
                        53,
                        1,
                        5,
                        .. options,
                    ];
                    _ = DhcpMessage.TryParse(message);
                    _ = DhcpMessage.TryParse(options);
                    return true;
                }
            )
        );

    [Test]
    public void OptionsGoOnInTheFieldsForNames()
    {
        byte[] message = [.. new byte[236], 0x63, 0x82, 0x53, 0x63, 53, 1, 5, 52, 1, 3, 255];
        byte[] inFile = [54, 4, 10, 0, 2, 2, 255];
        byte[] inName = [51, 4, 0, 0, 1, 0, 255];
        inFile.CopyTo(message, 108);
        inName.CopyTo(message, 44);
        DhcpMessage? read = DhcpMessage.TryParse(message);
        Assert.That(read!.Server, Is.EqualTo(VirtualWire.Address(2)));
        Assert.That(read.Lease, Is.EqualTo(256));
    }

    private Ipv4Address Address => VirtualWire.Address(server.Host);

    private void Bind() =>
        Assert.That(RunUntil(() => client.Configuration.Address == Address, 5), Is.True);

    private bool RunUntil(Func<bool> done, double seconds) =>
        wire.RunUntil(done, TimeSpan.FromSeconds(seconds));
}

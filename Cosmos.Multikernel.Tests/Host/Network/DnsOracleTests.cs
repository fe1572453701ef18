using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Dns;
using NUnit.Framework;
using Oracle = ARSoft.Tools.Net.Dns;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>The stack asks a name server of another's making, which reads its questions and makes the replies.</summary>
[TestFixture]
public sealed class DnsOracleTests
{
    private VirtualWire wire = null!;
    private OracleNameServer oracle = null!;
    private FakeDnsServer server = null!;
    private NetworkStack stack = null!;

    [SetUp]
    public void MakeWire()
    {
        wire = new VirtualWire();
        oracle = new OracleNameServer();
        server = new FakeDnsServer(wire, 3) { Answer = (_, _, question) => oracle.Ask(question) };
        stack = wire.Add(1, VirtualWire.Address(3));
    }

    [TearDown]
    public void End() => oracle.Dispose();

    [TestCase("www.test", NetworkError.None, "host.test", "10.0.2.2")]
    [TestCase("Host.Test", NetworkError.None, "host.test", "10.0.2.2")]
    [TestCase("many.test", NetworkError.None, "many.test", "192.0.2.1 192.0.2.2 192.0.2.3")]
    [TestCase("late.test", NetworkError.None, "late.test", "10.0.2.2")]
    [TestCase("long.test", NetworkError.AnswerTooLong, "long.test", "")]
    [TestCase("empty.test", NetworkError.NoAddress, "empty.test", "")]
    [TestCase("nothing.test", NetworkError.NameNotFound, "nothing.test", "")]
    public void Answers(string name, NetworkError error, string of, string addresses)
    {
        DnsAnswer answer = Resolve(name, DnsRecordType.A);
        Assert.That(answer.Error, Is.EqualTo(error));
        Assert.That(answer.Name, Is.EqualTo(of));
        Assert.That(string.Join(' ', answer.Addresses), Is.EqualTo(addresses));
        Assert.That(answer.Server, Is.EqualTo(VirtualWire.Address(3)));
        int times = name is "late.test" or "long.test" ? 2 : 1;
        Assert.That(oracle.Asked, Has.Count.GreaterThanOrEqualTo(times));
        Assert.That(oracle.Asked, Is.All.EqualTo($"{name.ToLowerInvariant()} A"));
    }

    [Test]
    public void AddressesOfVersionSix() =>
        Assert.That(
            Resolve("many.test", DnsRecordType.Aaaa).Addresses.Single().ToString(),
            Is.EqualTo("2001:db8::1")
        );

    [Test]
    public void TheOracleReadsQuestions([Values] bool hasExtensions)
    {
        byte[] name = DnsName.TryEncode("a.b-c.example")!;
        byte[] bytes = new byte[DnsMessage.MostQuestion];
        int length = DnsMessage.WriteQuestion(
            bytes,
            0x1234,
            name,
            DnsRecordType.Aaaa,
            hasExtensions
        );
        Oracle.DnsMessage read = Oracle.DnsMessage.Parse(bytes[..length]);
        Oracle.DnsQuestion question = read.Questions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(read.TransactionID, Is.EqualTo(0x1234));
            Assert.That(read.IsQuery && read.IsRecursionDesired, Is.True);
            Assert.That(question.Name.ToString(), Is.EqualTo("a.b-c.example."));
            Assert.That(question.RecordType, Is.EqualTo(Oracle.RecordType.Aaaa));
            Assert.That(question.RecordClass, Is.EqualTo(Oracle.RecordClass.INet));
            Assert.That(read.IsEDnsEnabled, Is.EqualTo(hasExtensions));
        });
    }

    [Test]
    public void AServerThatIsNamedIsAskedAtItsPortWhateverIsRemembered()
    {
        Resolve("host.test", DnsRecordType.A);
        NetworkStack other = wire.Add(4);
        other.TryOpenUdp(5353, out UdpSocket? socket);
        List<string> heard = [];
        wire.AfterStep += () =>
        {
            while (socket!.TryReceive(out UdpDatagram datagram))
            {
                using (datagram)
                {
                    heard.Add(datagram.From.ToString());
                    socket.Send(datagram.From, oracle.Ask(datagram.Data.ToArray()));
                }
            }
        };
        Ipv4Endpoint named = new(VirtualWire.Address(4), 5353);
        for (int times = 1; times <= 2; times++)
        {
            DnsAnswer answer = Resolve("host.test", DnsRecordType.A, named);
            Assert.That(answer.Error, Is.EqualTo(NetworkError.None));
            Assert.That(answer.Server, Is.EqualTo(VirtualWire.Address(4)));
            Assert.That(heard, Has.Count.EqualTo(times));
        }
        Assert.That(server.Asked, Has.Count.EqualTo(1));
        Assert.That(
            Resolve("host.test", DnsRecordType.A, named with { Port = 9 }).Error,
            Is.EqualTo(NetworkError.ConnectionRefused),
            "nobody listens at that port"
        );
    }

    private DnsAnswer Resolve(string name, DnsRecordType type, Ipv4Endpoint? at = null)
    {
        Task<DnsAnswer> answer = stack.ResolveAsync(name, type, at);
        Assert.That(wire.RunUntil(() => answer.IsCompleted, TimeSpan.FromMinutes(2)), Is.True);
        return answer.Result;
    }
}

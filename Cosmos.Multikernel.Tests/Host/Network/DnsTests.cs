using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Dns;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>Questions for names, against servers that answer, lie, loop, are silent or are not there.</summary>
[TestFixture]
public sealed class DnsTests
{
    private const ushort NameError = 3;
    private const ushort ServerFailure = 2;
    private const ushort FormatError = 1;
    private const ushort Truncated = 0x0200;

    private VirtualWire wire = null!;
    private FakeDnsServer server = null!;
    private FakeDnsServer second = null!;
    private NetworkStack stack = null!;

    [SetUp]
    public void MakeWire()
    {
        wire = new VirtualWire();
        server = new FakeDnsServer(wire, 3);
        second = new FakeDnsServer(wire, 4);
        stack = wire.Add(1, VirtualWire.Address(3), VirtualWire.Address(4));
    }

    [Test]
    public void AnAddressIsFoundAndRemembered()
    {
        server.Answer = (name, _, question) =>
            FakeDnsServer.Reply(
                question,
                0,
                [FakeDnsServer.A(name, "1.2.3.4", 100), FakeDnsServer.A(name, "1.2.3.5", 50)]
            );
        DnsAnswer answer = Resolve("Example.ORG");
        Assert.That(answer.Error, Is.EqualTo(NetworkError.None));
        Assert.That(
            answer.Addresses.Select(one => one.ToString()),
            Is.EqualTo(new[] { "1.2.3.4", "1.2.3.5" })
        );
        Assert.That(answer.Name, Is.EqualTo("example.org"));
        Assert.That(answer.Server, Is.EqualTo(VirtualWire.Address(3)));
        wire.Run(TimeSpan.FromSeconds(49));
        Assert.That(Resolve("example.org.").Addresses, Has.Count.EqualTo(2));
        Assert.That(server.Asked, Has.Count.EqualTo(1), "it was remembered");
        wire.Run(TimeSpan.FromSeconds(2));
        Resolve("example.org");
        Assert.That(server.Asked, Has.Count.EqualTo(2), "the shorter life counts");
    }

    [Test]
    public void AddressesOfVersionSixAreFound()
    {
        byte[] address = [0x20, 1, 0xd, 0xb8, .. new byte[11], 1];
        server.Answer = (name, type, question) =>
            FakeDnsServer.Reply(question, 0, [FakeDnsServer.Record(name, type, 9, address)]);
        Assert.That(
            Resolve("a.example", DnsRecordType.Aaaa).Addresses.Single().ToString(),
            Is.EqualTo("2001:db8::1")
        );
    }

    [Test]
    public void AliasesAreFollowedInAnyOrder()
    {
        server.Answer = (_, _, question) =>
            FakeDnsServer.Reply(
                question,
                0,
                [
                    FakeDnsServer.A("c.example", "1.2.3.4"),
                    FakeDnsServer.Alias("b.example", "C.example", 20),
                    FakeDnsServer.Alias("a.example", "b.example"),
                    FakeDnsServer.A("evil.example", "6.6.6.6"),
                ]
            );
        DnsAnswer answer = Resolve("a.example");
        Assert.That(answer.Addresses.Single().ToString(), Is.EqualTo("1.2.3.4"));
        Assert.That(answer.Name, Is.EqualTo("c.example"));
    }

    [Test]
    public void AnAliasWithoutItsAddressIsAskedFor()
    {
        server.Answer = (name, _, question) =>
            name == "a.example"
                ? FakeDnsServer.Reply(question, 0, [FakeDnsServer.Alias(name, "b.example")])
                : FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "1.2.3.4")]);
        Assert.That(Resolve("a.example").Name, Is.EqualTo("b.example"));
        Assert.That(server.Asked, Is.EqualTo(new[] { "a.example", "b.example" }));
    }

    [Test]
    public void AliasesThatGoInCirclesEnd()
    {
        server.Answer = (name, _, question) =>
            FakeDnsServer.Reply(
                question,
                0,
                [
                    FakeDnsServer.Alias("a.example", "b.example"),
                    FakeDnsServer.Alias("b.example", "a.example"),
                ]
            );
        second.Answer = server.Answer;
        Assert.That(Resolve("a.example").Error, Is.EqualTo(NetworkError.NameServerFailed));
        int number = 0;
        server.Answer = (name, _, question) =>
            FakeDnsServer.Reply(question, 0, [FakeDnsServer.Alias(name, $"x{++number}.example")]);
        Assert.That(Resolve("c.example").Error, Is.EqualTo(NetworkError.NameServerFailed));
        Assert.That(number, Is.LessThan(20));
    }

    [Test]
    public void WhatIsNotThereIsRememberedAsLongAsItsZoneSays()
    {
        server.Answer = (_, _, question) =>
            FakeDnsServer.Reply(
                question,
                NameError,
                [],
                [FakeDnsServer.StartOfAuthority("example", 3_600)]
            );
        Assert.That(Resolve("no.example").Error, Is.EqualTo(NetworkError.NameNotFound));
        Assert.That(Resolve("no.example").Error, Is.EqualTo(NetworkError.NameNotFound));
        Assert.That(server.Asked, Has.Count.EqualTo(1));
        wire.Run(TimeSpan.FromSeconds(61));
        Resolve("no.example");
        Assert.That(server.Asked, Has.Count.EqualTo(2), "its minimum is a minute");
        server.Answer = (_, _, question) => FakeDnsServer.Reply(question, 0, []);
        Assert.That(Resolve("none.example").Error, Is.EqualTo(NetworkError.NoAddress));
    }

    [Test]
    public void TheNextServerIsAskedWhenOneFailsOrIsSilentOrIsNotThere()
    {
        second.Answer = (name, _, question) =>
            FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "1.2.3.4")]);
        Assert.That(Resolve("a.example").Server, Is.EqualTo(VirtualWire.Address(4)));
        server.Answer = (_, _, question) => FakeDnsServer.Reply(question, ServerFailure, []);
        TimeSpan before = wire.Time.Now;
        Assert.That(Resolve("b.example").Server, Is.EqualTo(VirtualWire.Address(4)));
        Assert.That(wire.Time.Now - before, Is.LessThan(TimeSpan.FromSeconds(1)), "at once");

        NetworkStack other = wire.Add(9, VirtualWire.Address(1), VirtualWire.Address(4));
        before = wire.Time.Now;
        Assert.That(Resolve("c.example", from: other).Server, Is.EqualTo(VirtualWire.Address(4)));
        Assert.That(
            wire.Time.Now - before,
            Is.LessThan(TimeSpan.FromSeconds(1)),
            "station 1 says that nobody listens there"
        );
    }

    [Test]
    public void SilenceEndsInTimeAndEachTryIsUnlikeTheOthers()
    {
        TimeSpan before = wire.Time.Now;
        Assert.That(Resolve("a.example").Error, Is.EqualTo(NetworkError.TimedOut));
        Assert.That((wire.Time.Now - before).TotalSeconds, Is.InRange(15, 30));
        (ushort, ushort)[] keys = [.. server.Keys, .. second.Keys];
        Assert.That(keys, Has.Length.EqualTo(6));
        Assert.That(keys.Select(key => key.Item1).Distinct().Count(), Is.EqualTo(6), "ports");
        Assert.That(keys.Select(key => key.Item2).Distinct().Count(), Is.EqualTo(6), "identifiers");
        Assert.That(stack.Udp.Sockets, Is.Empty);
    }

    [Test]
    public void AnOldServerIsAskedInTheOldWay()
    {
        server.Answer = (name, _, question) =>
            question[11] != 0
                ? FakeDnsServer.Reply(question, FormatError, [])
                : FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "1.2.3.4")]);
        Assert.That(Resolve("a.example").Server, Is.EqualTo(VirtualWire.Address(3)));
    }

    [Test]
    public void ATruncatedAnswerIsSaidToBe()
    {
        server.Answer = (_, _, question) => FakeDnsServer.Reply(question, Truncated, []);
        second.Answer = server.Answer;
        Assert.That(Resolve("a.example").Error, Is.EqualTo(NetworkError.AnswerTooLong));
    }

    [Test]
    public void ForgeriesAreNotBelieved()
    {
        server.Answer = (name, _, question) =>
        {
            byte[] forged = FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "6.6.6.6")]);
            forged[0] ^= 1;
            return forged;
        };
        second.Answer = (name, _, question) =>
        {
            byte[] other = FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "6.6.6.6")]);
            other[13] ^= 1;
            return other;
        };
        Assert.That(Resolve("a.example").Error, Is.EqualTo(NetworkError.TimedOut));
        Assert.That(stack.Counters[DropReason.DnsUnexpected], Is.EqualTo(6));
    }

    [TestCase(0xC0, 12, TestName = "a pointer to itself")]
    [TestCase(0xFF, 0xFF, TestName = "a pointer beyond the end")]
    [TestCase(0x80, 0, TestName = "a label of no kind")]
    [TestCase(63, 0, TestName = "a label beyond the end")]
    public void NamesThatNeverEndAreMalformed(int first, int then)
    {
        byte[] message = [.. new byte[12], (byte)first, (byte)then];
        int at = 12;
        Assert.That(
            DnsName.TryRead(message, ref at, new byte[DnsName.MaximumSize], out _),
            Is.False
        );
    }

    [Test]
    public void PointersThatLeadBackAndForthAreMalformed()
    {
        // At 12 a pointer to 14, at 14 one to 12; then a name that points into that.
        byte[] message = [.. new byte[12], 0xC0, 14, 0xC0, 12, 1, (byte)'a', 0xC0, 14];
        int at = 16;
        Assert.That(
            DnsName.TryRead(message, ref at, new byte[DnsName.MaximumSize], out _),
            Is.False
        );
    }

    [Test]
    public void ANameLongerThanNamesAreIsMalformed()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] message = [.. label, .. label, .. label, .. label, 0];
        int at = 0;
        Assert.That(
            DnsName.TryRead(message, ref at, new byte[DnsName.MaximumSize], out _),
            Is.False
        );
    }

    [Test]
    public void NoReplyIsTooStrangeToBeRead() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(
                Gen.Frequency(
                        (3, Gen.Choose(0, 255)),
                        (1, Gen.Elements(0, 1, 5, 12, 0xC0, 0xC0, 63))
                    )
                    .Select(value => (byte)value)
                    .ArrayOf()
                    .ToArbitrary(),
                records =>
                {
                    byte[] name = DnsName.TryEncode("a.example")!;
                    byte[] question = new byte[DnsMessage.MostQuestion];
                    int length = DnsMessage.WriteQuestion(
                        question,
                        1,
                        name,
                        DnsRecordType.A,
                        false
                    );
                    byte[] reply = [.. question[..length], .. records];
                    reply[2] = 0x80;
                    reply[7] = 3;
                    reply[9] = 2;
                    _ = DnsMessage.Read(reply, 1, name, DnsRecordType.A);
                    _ = DnsMessage.Read(records, 1, name, DnsRecordType.A);
                    return true;
                }
            )
        );

    [TestCase("")]
    [TestCase(".")]
    [TestCase("a..b")]
    [TestCase("a b.example")]
    [TestCase("0123456789012345678901234567890123456789012345678901234567890123.example")]
    public void NamesThatCannotBeAreRefused(string name)
    {
        Assert.That(Resolve(name).Error, Is.EqualTo(NetworkError.Invalid));
        Assert.That(server.Asked, Is.Empty);
    }

    [Test]
    public void OtherScriptsAreAskedForInPunycode()
    {
        Resolve("bücher.example");
        Assert.That(server.Asked.First(), Is.EqualTo("xn--bcher-kva.example"));
    }

    [Test]
    public void AddressesAndLocalhostNeedNoServer()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Resolve("1.2.3.4").Addresses.Single().ToString(), Is.EqualTo("1.2.3.4"));
            Assert.That(Resolve("::1").Error, Is.EqualTo(NetworkError.NoAddress));
            Assert.That(
                Resolve("::1", DnsRecordType.Aaaa).Addresses.Single().ToString(),
                Is.EqualTo("::1")
            );
            Assert.That(
                Resolve("LocalHost").Addresses.Single().ToString(),
                Is.EqualTo("127.0.0.1")
            );
            Assert.That(server.Asked, Is.Empty);
        });
    }

    [Test]
    public void ANameWithoutADotIsTriedInTheDomainFirst()
    {
        NetworkStack local = wire.Add(
            new NetworkOptions
            {
                Static = stack.Options.Static! with
                {
                    Address = VirtualWire.Address(20),
                    Domain = "lab.example",
                },
                ProbeCount = 0,
            }
        );
        server.Answer = (name, _, question) =>
            name == "top"
                ? FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "1.2.3.4")])
                : FakeDnsServer.Reply(question, NameError, []);
        Assert.That(Resolve("top", from: local).Error, Is.EqualTo(NetworkError.None));
        Assert.That(server.Asked, Is.EqualTo(new[] { "top.lab.example", "top" }));
    }

    [Test]
    public void ManyWhoAskTheSameAreOneQuestion()
    {
        Task<DnsAnswer>[] all =
        [
            .. Enumerable.Range(0, 50).Select(_ => stack.ResolveAsync("a.example")),
        ];
        server.Answer = (name, _, question) =>
            FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "1.2.3.4")]);
        wire.Run(TimeSpan.FromSeconds(1));
        Assert.That(all.Select(one => one.IsCompletedSuccessfully), Is.All.True);
        Assert.That(server.Asked, Has.Count.EqualTo(1));
    }

    [Test]
    public void TheMemoryHasABound()
    {
        server.Answer = (name, _, question) =>
            FakeDnsServer.Reply(question, 0, [FakeDnsServer.A(name, "1.2.3.4")]);
        for (int i = 0; i < DnsCache.MostEntries + 100; i++)
        {
            Resolve($"n{i}.example");
        }
        Assert.That(stack.Dns.Cache.Count, Is.EqualTo(DnsCache.MostEntries));
    }

    private DnsAnswer Resolve(
        string name,
        DnsRecordType type = DnsRecordType.A,
        NetworkStack? from = null
    )
    {
        Task<DnsAnswer> answer = (from ?? stack).ResolveAsync(name, type);
        Assert.That(wire.RunUntil(() => answer.IsCompleted, TimeSpan.FromMinutes(2)), Is.True);
        return answer.Result;
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>
/// A name server of another's making (ARSoft.Tools.Net) at a UDP port of this machine's loopback, for the zone "test". Whoever can reach that
/// port asks it; who is on a wire of a test's own has it asked by <see cref="Ask"/>.
/// </summary>
/// <remarks>
/// The zone: <c>www.test</c> is another name for <c>host.test</c>, which is 10.0.2.2; <c>many.test</c> has three addresses and one of IPv6;
/// <c>long.test</c> has more than fit a datagram; <c>late.test</c> is answered when it is asked for again; <c>forged.test</c> is answered from
/// another port first, with <see cref="Forged"/>; <c>empty.test</c> has no address; nothing else is there.
/// </remarks>
internal sealed class OracleNameServer : IDisposable
{
    /// <summary>The address that nobody may believe.</summary>
    public const string Forged = "192.0.2.66";

    private const int Seconds = 60;
    private const int LongCount = 200;

    // Milliseconds: about as long as a client waits before it asks again.
    private const int AskPatience = 1_500;

    private readonly TaskCompletionSource ending = new();
    private readonly DnsServer server;
    private readonly UdpServerTransport transport;

    public OracleNameServer()
    {
        // A port that was free a moment ago.
        using (UdpClient free = new(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            Endpoint = (IPEndPoint)free.Client.LocalEndPoint!;
        }
        transport = new UdpServerTransport(Endpoint);
        server = new DnsServer(transport);
        server.QueryReceived += AnswerAsync;
        server.Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>All questions that came, each as "NAME TYPE".</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Hands a question on to it.</summary>
    /// <returns>Its reply, or null when it has none.</returns>
    public byte[]? Ask(byte[] question)
    {
        using UdpClient client = new() { Client = { ReceiveTimeout = AskPatience } };
        client.Connect(Endpoint);
        client.Send(question);
        IPEndPoint from = new(IPAddress.Any, 0);
        try
        {
            return client.Receive(ref from);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TimedOut)
        {
            return null;
        }
    }

    public void Dispose()
    {
        ending.SetResult();
        try
        {
            server.Stop();
        }
        catch (AggregateException exception)
            when (exception.InnerExceptions.All(one => one is OperationCanceledException))
        {
            // What waited for questions when it was told to stop.
        }
        transport.Dispose();
    }

    private async Task AnswerAsync(object sender, QueryReceivedEventArgs asked)
    {
        DnsMessage query = (DnsMessage)asked.Query;
        DnsQuestion question = query.Questions.Single();
        string name = question.Name.ToString().TrimEnd('.');
        string text = $"{name} {question.RecordType}";
        bool isFirst = !Asked.Contains(text);
        Asked.Enqueue(text);
        if (name == "late.test" && isFirst)
        {
            await ending.Task;
            return;
        }
        if (name == "forged.test")
        {
            using UdpClient stranger = new(new IPEndPoint(IPAddress.Loopback, 0));
            byte[] forgery = FakeDnsServer.Reply(
                FakeDnsServer.Question(query.TransactionID, name, (ushort)question.RecordType),
                0,
                [FakeDnsServer.A(name, Forged)]
            );
            await stranger.SendAsync(forgery, asked.RemoteEndpoint);
        }
        asked.Response = Reply(query, question, RecordsOf(name));
    }

    private static DnsMessage Reply(
        DnsMessage query,
        DnsQuestion question,
        IReadOnlyList<DnsRecordBase>? records
    )
    {
        DnsMessage reply = query.CreateResponseInstance();
        reply.IsRecursionAllowed = true;
        reply.ReturnCode = records is null ? ReturnCode.NxDomain : ReturnCode.NoError;
        reply.AnswerRecords.AddRange(
            (records ?? []).Where(record =>
                record.RecordType == RecordType.CName || record.RecordType == question.RecordType
            )
        );
        if (reply.AnswerRecords.Count == 0)
        {
            DomainName zone = DomainName.Parse("test");
            reply.AuthorityRecords.Add(
                new SoaRecord(zone, Seconds, zone, zone, 1, Seconds, Seconds, Seconds, Seconds)
            );
        }
        return reply;
    }

    /// <summary>What there is of a name; null when there is no such name.</summary>
    private static IReadOnlyList<DnsRecordBase>? RecordsOf(string name) =>
        name switch
        {
            "www.test" =>
            [
                new CNameRecord(DomainName.Parse(name), Seconds, DomainName.Parse("host.test")),
                Address("host.test", "10.0.2.2"),
            ],
            "host.test" or "late.test" or "forged.test" => [Address(name, "10.0.2.2")],
            "many.test" =>
            [
                Address(name, "192.0.2.1"),
                Address(name, "192.0.2.2"),
                Address(name, "192.0.2.3"),
                new AaaaRecord(DomainName.Parse(name), Seconds, IPAddress.Parse("2001:db8::1")),
            ],
            "long.test" =>
            [
                .. Enumerable
                    .Range(1, LongCount)
                    .Select(number => Address(name, $"198.51.100.{number}")),
            ],
            "empty.test" => [],
            _ => null,
        };

    private static ARecord Address(string name, string address) =>
        new(DomainName.Parse(name), Seconds, IPAddress.Parse(address));
}

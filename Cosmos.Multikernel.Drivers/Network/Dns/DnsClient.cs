using System.Text;
using Cosmos.Multikernel.Drivers.Network.Stack;

namespace Cosmos.Multikernel.Drivers.Network.Dns;

/// <summary>Asks name servers for addresses (RFC 1034, RFC 1035), and remembers what they said.</summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>A reply is believed only from the server asked, to the port asked from, with the identifier and the question asked.
/// Port and identifier are random, other ones for each try (RFC 5452).</item>
/// <item>Of a reply only the records count that the question leads to.</item>
/// <item>Who asks what is being asked already waits for the same answer.</item>
/// </list>
/// </remarks>
internal sealed class DnsClient : ITimedPart, IUdpHandler
{
    private const int MostQuestions = 256;
    private const int Rounds = 3;
    private const int MostRestarts = 8;

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(1.5);

    private readonly NetworkStack stack;
    private readonly Dictionary<DnsKey, DnsQuestion> questions = [];
    private readonly Dictionary<UdpSocket, DnsQuestion> bySocket = [];
    private Ipv4Configuration seen = Ipv4Configuration.None;

    public DnsClient(NetworkStack stack) => this.stack = stack;

    public DnsCache Cache { get; } = new();

    /// <inheritdoc/>
    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Asks for a name's addresses.</summary>
    /// <param name="text">The name; without a dot it is tried with the network's domain first. Addresses are their own.</param>
    /// <param name="type">Which addresses.</param>
    /// <param name="server">Who is asked, whatever is remembered; null for the network's name servers.</param>
    /// <param name="ended">Told once what became of it.</param>
    public void Resolve(
        string text,
        DnsRecordType type,
        Ipv4Endpoint? server,
        Action<DnsAnswer> ended
    )
    {
        if (IpAddress.TryParse(text, out IpAddress address))
        {
            bool isWanted = address.IsV4 == (type == DnsRecordType.A);
            ended(
                isWanted
                    ? new DnsAnswer(NetworkError.None, [address], text, default)
                    : DnsAnswer.Failed(NetworkError.NoAddress, text)
            );
            return;
        }
        string domain = stack.Configuration.Domain;
        bool isShort = !text.Contains('.') && domain.Length != 0;
        if (!isShort || IsLocalhost(text))
        {
            Ask(text, type, server, ended);
            return;
        }
        Ask(
            $"{text}.{domain}",
            type,
            server,
            answer =>
            {
                if (answer.Error == NetworkError.NameNotFound)
                {
                    Ask(text, type, server, ended);
                }
                else
                {
                    ended(answer);
                }
            }
        );
    }

    /// <inheritdoc/>
    public void RunDue(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }
        foreach (DnsQuestion question in questions.Values.Where(one => one.Due <= now).ToArray())
        {
            Try(question);
        }
        FindDue();
    }

    /// <inheritdoc/>
    public void Received(UdpSocket socket, Ipv4Endpoint from, ReadOnlySpan<byte> data)
    {
        if (!bySocket.TryGetValue(socket, out DnsQuestion? question) || from != question.Server)
        {
            stack.Counters.Drop(DropReason.DnsUnexpected);
            return;
        }
        DnsReply reply = DnsMessage.Read(
            data,
            question.Identifier,
            question.Name,
            question.Key.Type
        );
        Take(question, reply);
        FindDue();
    }

    /// <inheritdoc/>
    public void Undeliverable(UdpSocket socket, Ipv4Endpoint destination, NetworkError error)
    {
        if (bySocket.TryGetValue(socket, out DnsQuestion? question))
        {
            question.Failure = error;
            Try(question);
            FindDue();
        }
    }

    private static bool IsLocalhost(string text)
    {
        ReadOnlySpan<char> name = text.AsSpan().TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    private void Ask(string text, DnsRecordType type, Ipv4Endpoint? server, Action<DnsAnswer> ended)
    {
        if (IsLocalhost(text))
        {
            // RFC 6761, 6.3: no server is asked. There is no IPv6 here to have an address of.
            ended(
                type == DnsRecordType.A
                    ? new DnsAnswer(
                        NetworkError.None,
                        [new IpAddress(Ipv4Address.Loopback)],
                        text,
                        default
                    )
                    : DnsAnswer.Failed(NetworkError.NoAddress, text)
            );
            return;
        }
        if (DnsName.TryEncode(text) is not { } name)
        {
            ended(DnsAnswer.Failed(NetworkError.Invalid, text));
            return;
        }
        if (!ReferenceEquals(seen, stack.Configuration))
        {
            seen = stack.Configuration;
            Cache.Clear();
        }
        DnsKey key = new(Encoding.Latin1.GetString(name), type, server);
        if (server is null && Cache.TryFind(key, stack.Now, out DnsAnswer? known))
        {
            ended(known!);
            return;
        }
        if (questions.TryGetValue(key, out DnsQuestion? question))
        {
            question.Waiting.Add(ended);
            return;
        }
        bool hasServer = server is not null || seen.NameServers.Count != 0;
        if (!hasServer || questions.Count == MostQuestions)
        {
            NetworkError error =
                seen.Address.IsAny ? NetworkError.NetworkUnreachable
                : !hasServer ? NetworkError.NoNameServer
                : NetworkError.NoBuffers;
            ended(DnsAnswer.Failed(error, text));
            return;
        }
        question = new DnsQuestion(key, name);
        question.Waiting.Add(ended);
        questions.Add(key, question);
        Try(question);
        FindDue();
    }

    /// <summary>Sends the question to the next server, or gives it up.</summary>
    private void Try(DnsQuestion question)
    {
        Ipv4Endpoint[] servers = question.Key.Server is { } only
            ? [only]
            :
            [
                .. stack.Configuration.NameServers.Select(static address => new Ipv4Endpoint(
                    address,
                    DnsMessage.Port
                )),
            ];
        // As long as a server cannot even be sent to, the next one is tried at once.
        while (question.Tries < Rounds * servers.Length)
        {
            int round = question.Tries / servers.Length;
            question.Server = servers[question.Tries % servers.Length];
            question.Tries++;
            NetworkError error = Send(question);
            if (error == NetworkError.None)
            {
                question.Due = stack.Now + FirstPatience * (1 << round);
                return;
            }
            question.Failure = error;
        }
        End(
            question,
            DnsAnswer.Failed(question.Failure, TextOf(question), question.Server.Address),
            0
        );
    }

    private NetworkError Send(DnsQuestion question)
    {
        CloseSocket(question);
        NetworkError error = stack.Udp.TryOpen(0, this, out UdpSocket? socket);
        if (error != NetworkError.None)
        {
            return error;
        }
        question.Socket = socket;
        bySocket.Add(socket!, question);
        question.Identifier = stack.Random.NextUInt16();
        Span<byte> message = stackalloc byte[DnsMessage.MostQuestion];
        int length = DnsMessage.WriteQuestion(
            message,
            question.Identifier,
            question.Name,
            question.Key.Type,
            question.HasExtensions
        );
        return stack.Udp.Send(socket!, question.Server, message[..length]);
    }

    private void Take(DnsQuestion question, in DnsReply reply)
    {
        switch (reply.Verdict)
        {
            case DnsVerdict.Unexpected:
                stack.Counters.Drop(DropReason.DnsUnexpected);
                break;
            case DnsVerdict.Malformed:
                stack.Counters.Drop(DropReason.DnsMalformed);
                break;
            case DnsVerdict.Addresses:
                DnsAnswer answer = new(
                    NetworkError.None,
                    reply.Addresses,
                    DnsName.Decode(reply.Name),
                    question.Server.Address
                );
                End(question, answer, Math.Min(question.Seconds, reply.Seconds));
                break;
            case DnsVerdict.NameNotFound:
            case DnsVerdict.NoAddress:
                NetworkError error =
                    reply.Verdict == DnsVerdict.NoAddress
                        ? NetworkError.NoAddress
                        : NetworkError.NameNotFound;
                End(
                    question,
                    DnsAnswer.Failed(error, DnsName.Decode(reply.Name), question.Server.Address),
                    Math.Min(question.Seconds, reply.Seconds)
                );
                break;
            case DnsVerdict.Alias:
                Follow(question, reply);
                break;
            case DnsVerdict.NoExtensions when question.HasExtensions:
                // The same server again, in the old way.
                question.HasExtensions = false;
                question.Tries--;
                Try(question);
                break;
            default:
                question.Failure =
                    reply.Verdict == DnsVerdict.Truncated
                        ? NetworkError.AnswerTooLong
                        : NetworkError.NameServerFailed;
                Try(question);
                break;
        }
    }

    private void Follow(DnsQuestion question, in DnsReply reply)
    {
        if (++question.Restarts > MostRestarts)
        {
            End(
                question,
                DnsAnswer.Failed(
                    NetworkError.NameServerFailed,
                    TextOf(question),
                    question.Server.Address
                ),
                0
            );
            return;
        }
        question.Name = reply.Name;
        question.Seconds = Math.Min(question.Seconds, reply.Seconds);
        question.Tries = 0;
        Try(question);
    }

    private void End(DnsQuestion question, DnsAnswer answer, uint seconds)
    {
        CloseSocket(question);
        questions.Remove(question.Key);
        if (question.Key.Server is null)
        {
            Cache.Add(question.Key, answer, stack.Now, seconds);
        }
        foreach (Action<DnsAnswer> ended in question.Waiting)
        {
            ended(answer);
        }
    }

    private void CloseSocket(DnsQuestion question)
    {
        if (question.Socket is { } socket)
        {
            bySocket.Remove(socket);
            socket.Dispose();
            question.Socket = null;
        }
    }

    private void FindDue() =>
        Due =
            questions.Count == 0
                ? TimeSpan.MaxValue
                : questions.Values.Min(static question => question.Due);

    private static string TextOf(DnsQuestion question) =>
        DnsName.Decode(Encoding.Latin1.GetBytes(question.Key.Name));
}

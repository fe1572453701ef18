using System.IO.Pipes;
using System.Net.Sockets;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>A byte stream in each direction through the Linux kernel.</summary>
internal sealed class Streams(
    string name,
    int length,
    Stream toAnswer,
    Stream atAsk,
    Stream atAnswer,
    Stream toAsk
) : Contestant(name, length, "Linux")
{
    private readonly byte[] asked = new byte[length];
    private readonly byte[] answered = new byte[length];

    public override int Trips => 20;

    public override int Messages => Math.Max(200, 4_000_000 / Math.Max(Length, 1000));

    public static Streams Pipe(int length)
    {
        AnonymousPipeServerStream toAnswer = new(PipeDirection.Out);
        AnonymousPipeClientStream atAnswer = new(PipeDirection.In, toAnswer.ClientSafePipeHandle);
        AnonymousPipeServerStream toAsk = new(PipeDirection.Out);
        AnonymousPipeClientStream atAsk = new(PipeDirection.In, toAsk.ClientSafePipeHandle);
        return new("pipe", length, toAnswer, atAsk, atAnswer, toAsk);
    }

    public static Streams UnixSocket(int length)
    {
        string path = Path.Combine(
            Path.GetTempPath(),
            $"cosmos-bench-{Environment.ProcessId}-{length}.sock"
        );
        using Socket listener = new(
            AddressFamily.Unix,
            SocketType.Stream,
            ProtocolType.Unspecified
        );
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Socket ask = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        ask.Connect(new UnixDomainSocketEndPoint(path));
        Socket answer = listener.Accept();
        File.Delete(path);
        NetworkStream atAsk = new(ask, ownsSocket: true);
        NetworkStream atAnswer = new(answer, ownsSocket: true);
        return new("Unix socket", length, atAsk, atAsk, atAnswer, atAnswer);
    }

    public override void Answer(int trips)
    {
        for (; trips != 0; trips--)
        {
            atAnswer.ReadExactly(answered);
            toAsk.Write(answered);
        }
    }

    public override void Ask(int trips)
    {
        for (; trips != 0; trips--)
        {
            toAnswer.Write(asked);
            atAsk.ReadExactly(asked);
        }
    }

    public override void Send(int messages)
    {
        for (; messages != 0; messages--)
        {
            toAnswer.Write(asked);
        }
    }

    public override void Receive(int messages)
    {
        for (; messages != 0; messages--)
        {
            atAnswer.ReadExactly(answered);
        }
    }

    public override void Dispose()
    {
        toAnswer.Dispose();
        atAsk.Dispose();
        atAnswer.Dispose();
        toAsk.Dispose();
    }
}

using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>What goes through the Linux kernel: 64 bytes there and back, single trips.</summary>
internal static unsafe class KernelPeers
{
    private const int Length = 64;

    public static Samples Pipe(int count)
    {
        using AnonymousPipeServerStream toAnswer = new(PipeDirection.Out);
        using AnonymousPipeClientStream atAnswer = new(
            PipeDirection.In,
            toAnswer.ClientSafePipeHandle
        );
        using AnonymousPipeServerStream toAsk = new(PipeDirection.Out);
        using AnonymousPipeClientStream atAsk = new(PipeDirection.In, toAsk.ClientSafePipeHandle);
        return Streams(count, toAnswer, atAsk, atAnswer, toAsk);
    }

    public static Samples UnixSocket(int count)
    {
        string path = Path.Combine(
            Path.GetTempPath(),
            $"cosmos-bench-{Environment.ProcessId}.sock"
        );
        using Socket listener = new(
            AddressFamily.Unix,
            SocketType.Stream,
            ProtocolType.Unspecified
        );
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using Socket ask = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        ask.Connect(new UnixDomainSocketEndPoint(path));
        using Socket answer = listener.Accept();
        File.Delete(path);
        using NetworkStream atAsk = new(ask);
        using NetworkStream atAnswer = new(answer);
        return Streams(count, atAsk, atAsk, atAnswer, atAnswer);
    }

    public static Samples Futex(int count)
    {
        Samples samples = new(count);
        uint* word = (uint*)NativeMemory.AlignedAlloc(64, 64);
        *word = 0;
        Cores.RunPair(
            () =>
            {
                for (uint i = 0; i < count; i++)
                {
                    Await(word, (2 * i) + 1);
                    Volatile.Write(ref *word, (2 * i) + 2);
                    _ = Call(202, (nint)word, 1, 1, 0, 0, 0);
                }
            },
            () =>
            {
                for (uint i = 0; i < count; i++)
                {
                    long before = Stopwatch.GetTimestamp();
                    Volatile.Write(ref *word, (2 * i) + 1);
                    _ = Call(202, (nint)word, 1, 1, 0, 0, 0);
                    Await(word, (2 * i) + 2);
                    samples.Add(Stopwatch.GetTimestamp() - before);
                }
            }
        );
        NativeMemory.AlignedFree(word);
        return samples;
    }

    private static void Await(uint* word, uint value)
    {
        for (uint seen = Volatile.Read(ref *word); seen != value; seen = Volatile.Read(ref *word))
        {
            _ = Call(202, (nint)word, 0, (nint)seen, 0, 0, 0);
        }
    }

    private static Samples Streams(
        int count,
        Stream toAnswer,
        Stream atAsk,
        Stream atAnswer,
        Stream toAsk
    )
    {
        Samples samples = new(count);
        Cores.RunPair(
            () =>
            {
                byte[] message = new byte[Length];
                for (int i = 0; i < count; i++)
                {
                    atAnswer.ReadExactly(message);
                    toAsk.Write(message);
                }
            },
            () =>
            {
                byte[] message = new byte[Length];
                for (int i = 0; i < count; i++)
                {
                    long before = Stopwatch.GetTimestamp();
                    toAnswer.Write(message);
                    atAsk.ReadExactly(message);
                    samples.Add(Stopwatch.GetTimestamp() - before);
                }
            }
        );
        return samples;
    }

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}

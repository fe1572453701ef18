using System.Threading.Channels;
using Cosmos.Multikernel.Channels;
using Queue = System.Threading.Channels.Channel;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>System.Threading.Channels between two threads of one process, polled as the ring is.</summary>
/// <typeparam name="T">What travels: a value of a line's payload, or an array that stands for a copied message.</typeparam>
internal abstract class ThreadingChannels<T>(string name, int length, int capacity)
    : Contestant(name, length, "System.Threading.Channels")
{
    private readonly Channel<T> there = Create(capacity);
    private readonly Channel<T> back = Create(capacity);

    public override int Messages => Math.Max(500, 20_000_000 / Math.Max(Length, 200));

    public override void Answer(int trips)
    {
        for (; trips != 0; trips--)
        {
            Write(back.Writer, Copy(Poll(there.Reader)));
        }
    }

    public override void Ask(int trips)
    {
        for (; trips != 0; trips--)
        {
            Write(there.Writer, Make());
            Poll(back.Reader);
        }
    }

    public override void Send(int messages)
    {
        for (; messages != 0; messages--)
        {
            Write(there.Writer, Make());
        }
    }

    public override void Receive(int messages)
    {
        for (; messages != 0; messages--)
        {
            Poll(there.Reader);
        }
    }

    /// <summary>A message to send.</summary>
    protected abstract T Make();

    /// <summary>A message of one's own out of one received: nothing is shared.</summary>
    protected abstract T Copy(T message);

    private static Channel<T> Create(int capacity) =>
        Queue.CreateBounded<T>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true }
        );

    private static void Write(ChannelWriter<T> writer, T message)
    {
        while (!writer.TryWrite(message))
        {
            Thread.SpinWait(1);
        }
    }

    private static T Poll(ChannelReader<T> reader)
    {
        T? message;
        while (!reader.TryRead(out message))
        {
            Thread.SpinWait(1);
        }
        return message;
    }
}

/// <summary>Values of 56 bytes, which are copied by being passed.</summary>
internal sealed class ChannelOfValues(int capacity)
    : ThreadingChannels<RingPayload>(
        $"Threading.Channels, values, capacity {capacity}",
        RingLayout.PayloadSize,
        capacity
    )
{
    protected override RingPayload Make() => default;

    protected override RingPayload Copy(RingPayload message) => message;
}

/// <summary>Arrays, copied by whoever sends them.</summary>
internal sealed class ChannelOfArrays(int length)
    : ThreadingChannels<byte[]>("Threading.Channels", length, 1024)
{
    private readonly byte[] original = new byte[length];

    protected override byte[] Make() => original.AsSpan().ToArray();

    protected override byte[] Copy(byte[] message) => message.AsSpan().ToArray();
}

using System.Diagnostics;
using System.Threading.Channels;
using Queue = System.Threading.Channels.Channel;
using RingPayload = Cosmos.Multikernel.Channels.RingPayload;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>System.Threading.Channels with 56-byte values between two threads, polled as the ring is.</summary>
internal static class ThreadingChannels
{
    private static Channel<RingPayload> Create(int capacity) =>
        Queue.CreateBounded<RingPayload>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true }
        );

    public static Samples RoundTrips(int count)
    {
        Samples samples = new(count);
        Channel<RingPayload> there = Create(64);
        Channel<RingPayload> back = Create(64);
        Cores.RunPair(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    back.Writer.TryWrite(Poll(there.Reader));
                }
            },
            () =>
            {
                RingPayload payload = default;
                for (int i = 0; i < count; i++)
                {
                    long before = Stopwatch.GetTimestamp();
                    there.Writer.TryWrite(payload);
                    payload = Poll(back.Reader);
                    samples.Add(Stopwatch.GetTimestamp() - before);
                }
            }
        );
        return samples;
    }

    public static double MessagesPerSecond(int capacity, int count)
    {
        Channel<RingPayload> channel = Create(capacity);
        long started = 0;
        long ended = 0;
        Cores.RunPair(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    Poll(channel.Reader);
                }
                ended = Stopwatch.GetTimestamp();
            },
            () =>
            {
                RingPayload payload = default;
                started = Stopwatch.GetTimestamp();
                for (int i = 0; i < count; i++)
                {
                    while (!channel.Writer.TryWrite(payload))
                    {
                        Thread.SpinWait(1);
                    }
                }
            }
        );
        return count / ((ended - started) * Samples.NanosecondsPerTick / 1e9);
    }

    private static RingPayload Poll(ChannelReader<RingPayload> reader)
    {
        RingPayload payload;
        while (!reader.TryRead(out payload))
        {
            Thread.SpinWait(1);
        }
        return payload;
    }
}

using System.Diagnostics;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>What the calls of the benchmark are.</summary>
[MessageInterface]
internal interface IEcho
{
    ValueTask<RingPayload> EchoAsync(long value);

    ValueTask<int> LengthAsync(ReadOnlySpan<byte> bytes);
}

internal sealed class Echo : IEcho
{
    public ValueTask<RingPayload> EchoAsync(long value) =>
        new(new RingPayload { Word0 = (ulong)value });

    public ValueTask<int> LengthAsync(ReadOnlySpan<byte> bytes) => new(bytes.Length);
}

/// <summary>Two hosted instances, their event loops on one core each: channels and typed calls as kernels use them.</summary>
internal static class Instances
{
    /// <summary>Round trips of a value over a channel, awaited on both sides; and bytes allocated by each at the asking side.</summary>
    public static (Samples Times, double Allocated) ChannelRoundTrips(int count) =>
        Run(
            async channel =>
            {
                while (true)
                {
                    await channel.SendAsync(await channel.ReceiveAsync<RingPayload>());
                }
            },
            async () =>
            {
                using Channel channel = await Channel.ConnectAsync(1, "answer");
                return await Measure(
                    count,
                    () =>
                    {
                        channel.TrySend(default(RingPayload));
                        return channel.ReceiveAsync<RingPayload>();
                    }
                );
            }
        );

    /// <summary>Round trips of a typed call.</summary>
    public static (Samples Times, double Allocated) TypedCalls(int count) =>
        Run(
            channel => MessageServer.ServeAsync(channel, new EchoDispatcher(new Echo())),
            async () =>
            {
                using EchoProxy echo = await MessageClient.ConnectAsync<EchoProxy>(
                    1,
                    "answer",
                    new ChannelOptions { Service = " " }
                );
                return await Measure(count, () => echo.EchoAsync(1));
            }
        );

    /// <summary>Typed calls that carry so many bytes there.</summary>
    public static (Samples Times, double Allocated) TypedBytes(int length, int count) =>
        Run(
            channel => MessageServer.ServeAsync(channel, new EchoDispatcher(new Echo())),
            async () =>
            {
                using EchoProxy echo = await MessageClient.ConnectAsync<EchoProxy>(
                    1,
                    "answer",
                    new ChannelOptions { Service = " ", Slots = 4096 }
                );
                byte[] bytes = new byte[length];
                return await Measure(count, () => echo.LengthAsync(bytes));
            }
        );

    private static async Task<(Samples Times, double Allocated)> Measure<T>(
        int count,
        Func<ValueTask<T>> trip
    )
    {
        Samples samples = new(count);
        for (int i = 0; i < count / 10; i++)
        {
            await trip();
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            long before = Stopwatch.GetTimestamp();
            await trip();
            samples.Add(Stopwatch.GetTimestamp() - before);
        }
        return (samples, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count);
    }

    private static T Run<T>(Func<Channel, Task> serve, Func<Task<T>> ask)
    {
        string machine = Path.Combine("/dev/shm", $"cosmos-bench-{Environment.ProcessId}");
        EventLoop asking = EventLoop.CreateHosted(machine, 0, "ask");
        EventLoop answering = EventLoop.CreateHosted(machine, 1, "answer");
        T result = default!;
        using ManualResetEventSlim done = new();
        Cores.RunPair(
            () => answering.Run(() => Answer(serve, done)),
            () =>
            {
                asking.Run(async () => result = await ask());
                asking.Dispose();
                done.Set();
            }
        );
        answering.Dispose();
        Directory.Delete(machine, recursive: true);
        return result;
    }

    private static async Task Answer(Func<Channel, Task> serve, ManualResetEventSlim done)
    {
        Task<Channel>[] offers =
        [
            Channel.AcceptAsync().AsTask(),
            Channel.AcceptAsync(" ").AsTask(),
        ];
        try
        {
            await serve(await await Task.WhenAny(offers));
        }
        catch (ChannelException)
        {
            // The asking side is through.
        }
        await Task.Run(done.Wait);
    }
}

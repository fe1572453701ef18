using System.Diagnostics;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>Raw ring, channel and typed call between cores 0 and 1, polling and asleep, and what a wake-up consists of.</summary>
internal static class MessagesSuite
{
    public static void Run()
    {
        var isAsking = Core.Current == 0;
        double floor = 0;
        if (isAsking)
        {
            var interrupt = Measures.Interrupt(1);
            var contextSwitch = Measures.ContextSwitch();
            floor = 2 * (interrupt + contextSwitch);
            BenchRecord.Write("metal: interrupt to another core", interrupt, "ns");
            BenchRecord.Write("metal: context switch", contextSwitch, "ns");
            BenchRecord.Write("metal: raw ring round trip", RawRing.RoundTrip(), "ns");
        }
        else
        {
            RawRing.Answer();
        }

        using var loop = EventLoop.Instance;
        if (!isAsking)
        {
            loop.Run(AnswerAsync);
            return;
        }

        loop.Run(async () =>
        {
            var wakeUp = await RoundTrips.MeasureAsync("metal: channel round trip");
            BenchRecord.Write(
                "metal: wake-up, times two interrupts and two context switches",
                wakeUp / floor,
                "x"
            );
            await TypedCallsAsync();
        });
    }

    private static async Task AnswerAsync()
    {
        await RoundTrips.AnswerAsync();
        using var over = new CancellationTokenSource();
        var serving = MessageServer.ServeAsync(
            new PingDispatcher(new Ping()),
            cancellation: over.Token
        );
        using var channel = await Channels.Channel.AcceptAsync("over");
        await over.CancelAsync();
        try
        {
            await serving;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private static async Task TypedCallsAsync()
    {
        using var ping = await MessageClient.ConnectAsync<PingProxy>(1, Instance.Name);
        await ping.PingAsync(0);
        var ticks = new long[RoundTrips.Polling];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < ticks.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            await ping.PingAsync(i);
            ticks[i] = Stopwatch.GetTimestamp() - begin;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        BenchRecord.Write("metal: typed call, polling", RoundTrips.Median(ticks), "ns");
        BenchRecord.Write("metal: typed calls, allocated by all", allocated, "B");

        ticks = new long[RoundTrips.Sleeping];
        for (var i = 0; i < ticks.Length; i++)
        {
            await EventLoop.Current.Delay(RoundTrips.Pause);
            var begin = Stopwatch.GetTimestamp();
            await ping.PingAsync(i);
            ticks[i] = Stopwatch.GetTimestamp() - begin;
        }

        BenchRecord.Write("metal: typed call, with wake-up", RoundTrips.Median(ticks), "ns");
        using var over = await Channels.Channel.ConnectAsync(
            1,
            Instance.Name,
            new Channels.ChannelOptions { Service = "over" }
        );
    }
}

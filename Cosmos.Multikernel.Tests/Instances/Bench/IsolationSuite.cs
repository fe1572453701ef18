using System.Diagnostics;
using System.Globalization;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>
/// Does a collection on one core delay another? Instances <c>ask</c> and <c>answer</c> share core 0 and exchange a ping every
/// 100 us; <c>collect</c> on core 1 first does nothing, then allocates beside 512 MB that live, then answers the pings
/// itself, with the allocating thread in the same process.
/// </summary>
/// <remarks>
/// Pings fall due at fixed times; a late one counts from when it was due, and so do those it held up (coordinated omission).
/// Asker and answerer share a core, so that one host core serves them and one the collector. Time is the host's: counted time
/// passes on one processor at a time, so that a collector that computes would slow the others down by itself.
/// </remarks>
internal static class IsolationSuite
{
    private const int Pings = 10_000;
    private const int PingsInOneProcess = 40_000;
    private const double IntervalMicroseconds = 100;

    public static void Run()
    {
        using var loop = EventLoop.Instance;
        loop.Run(
            Instance.Name switch
            {
                "ask" => AskAsync,
                "answer" => () => ServeUntilOverAsync(new PingDispatcher(new Ping())),
                _ => () =>
                    ServeUntilOverAsync(
                        new PingDispatcher(new Ping()),
                        new LoadDispatcher(new Load())
                    ),
            }
        );
    }

    private static async Task AskAsync()
    {
        using var answer = await MessageClient.ConnectAsync<PingProxy>(0, "answer");
        using var load = await MessageClient.ConnectAsync<LoadProxy>(1, "collect");
        using var loaded = await MessageClient.ConnectAsync<PingProxy>(1, "collect");
        var idle = await MeasureAsync(answer, Pings, "idle");
        await load.StartAsync();
        var beside = await MeasureAsync(answer, Pings, "beside a collecting core");
        Write(await load.StopAsync(), "beside");
        BenchRecord.Write(
            "metal: p99.9 beside a collecting core, times the idle one",
            beside / idle,
            "x"
        );
        await load.StartAsync();
        var together = await MeasureAsync(loaded, PingsInOneProcess, "in the collecting process");
        Write(await load.StopAsync(), "in one process");
        BenchRecord.Write("metal: p99.9 in one process, times beside", together / beside, "x");
        foreach (var (core, name) in (ReadOnlySpan<(int, string)>)[(0, "answer"), (1, "collect")])
        {
            _ = Channel.ConnectAsync(core, name, new ChannelOptions { Service = "over" });
        }

        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(50));
    }

    private static async Task<double> MeasureAsync(PingProxy ping, int pings, string name)
    {
        var latencies = new double[pings];
        await ping.PingAsync(0);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < pings; i++)
        {
            var due = (i + 1) * IntervalMicroseconds;
            var ahead = due - Since(begin);
            if (ahead > 0)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(ahead));
            }

            await ping.PingAsync(i);
            latencies[i] = Since(begin) - due;
        }

        Array.Sort(latencies);
        foreach (var percentile in (double[])[50, 99, 99.9])
        {
            BenchRecord.Write(
                $"metal: ping {name}, p{percentile.ToString(CultureInfo.InvariantCulture)}",
                At(latencies, percentile),
                "us"
            );
        }

        return At(latencies, 99.9);
    }

    private static double Since(long begin) =>
        (Stopwatch.GetTimestamp() - begin) * 1e6 / Stopwatch.Frequency;

    private static double At(double[] sorted, double percentile) =>
        sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * percentile / 100))];

    private static void Write(CollectorReport report, string phase)
    {
        BenchRecord.Write($"metal: alive, {phase}", report.LiveBytes / 1048576.0, "MB");
        BenchRecord.Write($"metal: collections of all generations, {phase}", report.Full, "");
        BenchRecord.Write($"metal: collector's pauses, {phase}", report.PauseMilliseconds, "ms");
    }

    private static async Task ServeUntilOverAsync(params IMessageDispatcher[] dispatchers)
    {
        foreach (var dispatcher in dispatchers)
        {
            _ = MessageServer.ServeAsync(dispatcher);
        }

        using var over = await Channel.AcceptAsync("over");
    }
}

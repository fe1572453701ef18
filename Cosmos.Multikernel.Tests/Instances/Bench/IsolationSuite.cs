using System.Diagnostics;
using System.Globalization;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>
/// Does a collection on one core delay another? Instances <c>ask</c> and <c>answer</c> share core 0 and exchange a ping every
/// 100 us; <c>collect</c> on core 1 holds 512 MB that live and by turns does nothing and allocates beside them. At the end it
/// answers the pings itself, with the allocating thread in the same process.
/// </summary>
/// <remarks>
/// Pings fall due at fixed times; a late one counts from when it was due, and so do those it held up (coordinated omission).
/// Those that were due and not yet answered when the time is over count with what they have waited by then.
/// Idle and loaded rounds alternate, so that what the host does meanwhile hits both, and are short, so that most have none of the
/// host's pauses: the ratio is the middle one of the rounds' ratios, and how far the idle rounds lie apart tells what such a
/// ratio is worth. What the host by itself does to a thread beside a busy core is measured with the same rounds by bench/Messages.
/// Asker and answerer share a core, so that one host core serves them and one the collector. Time is the host's: in counted time,
/// which passes on one processor at a time, a collection was seen to starve the other core (docs/caveats.md).
/// </remarks>
internal static class IsolationSuite
{
    private const int Rounds = 45;
    private const double IntervalMicroseconds = 100;

    // The first pings meet code that the emulator has yet to translate, and fall behind.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RoundLength = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan OneProcessLength = TimeSpan.FromSeconds(3);

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

        var begin = Stopwatch.GetTimestamp();
        await load.StartAsync();
        BenchRecord.Write("metal: building the live set", Since(begin) / 1e6, "s");
        await load.StopAsync();
        await MeasureAsync(answer, WarmUp);

        List<double> idle = [];
        List<double> beside = [];
        List<double> idleTails = [];
        List<double> besideTails = [];
        List<double> ratios = [];
        CollectorReport sum = default;
        for (var round = 0; round < Rounds; round++)
        {
            await EventLoop.Current.Delay(2 * Load.Settling);
            var quiet = await MeasureAsync(answer, RoundLength);
            await StartAsync(load);
            var busy = await MeasureAsync(answer, RoundLength);
            var report = await load.StopAsync();
            sum = report with
            {
                Full = sum.Full + report.Full,
                PauseMilliseconds = sum.PauseMilliseconds + report.PauseMilliseconds,
            };
            idle.AddRange(quiet);
            beside.AddRange(busy);
            idleTails.Add(At(quiet, 99.9));
            besideTails.Add(At(busy, 99.9));
            ratios.Add(besideTails[^1] / idleTails[^1]);
        }

        Write(idle, "idle");
        Write(beside, "beside a collecting core");
        Write(sum, "beside");
        BenchRecord.Write("metal: ping idle, middle p99.9 of the rounds", At(idleTails, 50), "us");
        BenchRecord.Write(
            "metal: ping beside a collecting core, middle p99.9 of the rounds",
            At(besideTails, 50),
            "us"
        );
        BenchRecord.Write(
            "metal: p99.9 beside a collecting core, times the idle one",
            At(ratios, 50),
            "x"
        );
        BenchRecord.Write(
            "metal: p99.9 of the worst idle round, times the best one's",
            idleTails.Max() / idleTails.Min(),
            "x"
        );

        await StartAsync(load);
        var together = await MeasureAsync(loaded, OneProcessLength);
        var alone = await load.StopAsync();
        Write(together, "in the collecting process");
        Write(alone, "in one process");
        BenchRecord.Write(
            "metal: p99.9 in one process, times beside",
            At(together, 99.9) / At(beside, 99.9),
            "x"
        );
        await EndAsync(0, "answer");
        await EndAsync(1, "collect");
    }

    private static async Task EndAsync(int core, string instance)
    {
        ChannelOptions over = new() { Service = "over" };
        using var channel = await Channel.ConnectAsync(core, instance, over);
    }

    private static async Task StartAsync(LoadProxy load)
    {
        await load.StartAsync();
        await EventLoop.Current.Delay(2 * Load.Settling);
    }

    /// <summary>Pings for so long; microseconds from when each was due.</summary>
    private static async Task<List<double>> MeasureAsync(PingProxy ping, TimeSpan time)
    {
        var end = time.TotalMicroseconds;
        List<double> latencies = new((int)(end / IntervalMicroseconds) + 1);
        await ping.PingAsync(0);
        var begin = Stopwatch.GetTimestamp();
        for (var due = IntervalMicroseconds; due <= end; due += IntervalMicroseconds)
        {
            var now = Since(begin);
            if (now < due)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(due - now));
            }

            if (now < end)
            {
                await ping.PingAsync(0);
            }

            latencies.Add(Since(begin) - due);
        }

        return latencies;
    }

    private static double Since(long begin) =>
        (Stopwatch.GetTimestamp() - begin) * 1e6 / Stopwatch.Frequency;

    private static double At(List<double> values, double percentile)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(values.Count * percentile / 100))];
    }

    private static void Write(List<double> latencies, string phase)
    {
        foreach (var percentile in (double[])[50, 99, 99.9])
        {
            BenchRecord.Write(
                $"metal: ping {phase}, p{percentile.ToString(CultureInfo.InvariantCulture)}",
                At(latencies, percentile),
                "us"
            );
        }
    }

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

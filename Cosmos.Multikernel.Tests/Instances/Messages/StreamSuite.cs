using System.Diagnostics;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Bench;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Messages;

/// <summary>The numbered stream between two cores: a test, and with more messages the suite <c>bench/stream.json</c>.</summary>
internal static class StreamSuite
{
    private const int Count = 100_000;
    private const int OneIn = 2_000;
    private const uint Slots = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args, bool isSender, int partner)
    {
        var count = args.Length > 1 ? int.Parse(args[1]) : Count;
        var oneIn = args.Length > 2 ? int.Parse(args[2]) : OneIn;
        var stream = new NumberedStream(count, seed: 1, oneIn);
        try
        {
            using var channel = isSender
                ? await Channel.ConnectAsync(
                    partner,
                    Instance.Name,
                    new ChannelOptions { Slots = Slots, ConnectTimeout = Patience }
                )
                : await Channel.AcceptAsync(Patience);
            var begin = Stopwatch.GetTimestamp();
            var said = isSender
                ? await stream.SendAsync(channel)
                : await stream.ReceiveAsync(channel);

            // Otherwise the stream did not try what it is there to try.
            Expect.That(channel.Counters.DoorbellsRung > 0);
            Expect.That(channel.Counters.DoorbellsArmed > 0);
            Expect.That(!isSender || channel.Counters.FullWaits > 0);
            TestRecord.Passed("messages.in-order", said);
            Measure(channel.Counters, isSender, count, Stopwatch.GetElapsedTime(begin));
            return 0;
        }
        catch (Exception exception)
            when (exception is ChannelException or ExpectationException or TimeoutException)
        {
            Console.WriteLine(exception);
            TestRecord.Failed("messages.in-order", exception.Message);
            return 1;
        }
    }

    private static void Measure(
        in RingCounters counters,
        bool isSender,
        int count,
        TimeSpan elapsed
    )
    {
        BenchRecord.Suite = "stream";
        var end = isSender ? "sender" : "receiver";
        BenchRecord.Write($"{end} went to sleep", counters.DoorbellsArmed, "times");
        BenchRecord.Write($"{end} woke the other", counters.DoorbellsRung, "times");
        if (isSender)
        {
            BenchRecord.Write("sender found the ring full", counters.FullWaits, "times");
            return;
        }

        BenchRecord.Write("messages, each received once, whole and in order", count, "");
        BenchRecord.Write("messages a second", count / elapsed.TotalSeconds, "/s");
    }
}

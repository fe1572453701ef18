using System.Diagnostics;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>One message there and one back between cores 0 and 1, with the other end polling and with it asleep.</summary>
internal static class RoundTrips
{
    private const int Polling = 2_000;
    private const int Sleeping = 100;

    // More than any poll window: the other end has gone to sleep, and its core with it.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    public static async Task MeasureAsync()
    {
        using var channel = await Channel.ConnectAsync(1, Instance.Name);
        await RoundTripAsync(channel);

        var ticks = new long[Polling];
        for (var i = 0; i < ticks.Length; i++)
        {
            ticks[i] = await RoundTripAsync(channel);
        }

        BenchRecord.Write("ring round trip, polling", Median(ticks), "ns");

        ticks = new long[Sleeping];
        for (var i = 0; i < ticks.Length; i++)
        {
            await EventLoop.Current.Delay(Pause);
            ticks[i] = await RoundTripAsync(channel);
        }

        BenchRecord.Write("ring round trip, with wake-up", Median(ticks), "ns");
    }

    public static async Task AnswerAsync()
    {
        using var channel = await Channel.AcceptAsync();
        try
        {
            while (true)
            {
                await channel.SendAsync(await channel.ReceiveAsync<long>());
            }
        }
        catch (PeerClosedException)
        {
            // The measurements are over.
        }
        catch (PeerEndedException)
        {
            // So they are.
        }
    }

    private static async ValueTask<long> RoundTripAsync(Channel channel)
    {
        var begin = Stopwatch.GetTimestamp();
        await channel.SendAsync(begin);
        await channel.ReceiveAsync<long>();
        return Stopwatch.GetTimestamp() - begin;
    }

    private static double Median(long[] ticks)
    {
        Array.Sort(ticks);
        return ticks[ticks.Length / 2] * 1e9 / Stopwatch.Frequency;
    }
}

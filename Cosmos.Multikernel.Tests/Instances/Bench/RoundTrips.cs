using System.Diagnostics;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>One message there and one back between cores 0 and 1, with the other end polling and with it asleep.</summary>
internal static class RoundTrips
{
    public const int Polling = 2_000;
    public const int Sleeping = 100;

    // More than any poll window: the other end has gone to sleep, and its core with it.
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    /// <summary>Writes both figures; returns the one with wake-up, nanoseconds.</summary>
    public static async Task<double> MeasureAsync(string name)
    {
        using var channel = await Channel.ConnectAsync(1, Instance.Name);
        await RoundTripAsync(channel);

        var ticks = new long[Polling];
        for (var i = 0; i < ticks.Length; i++)
        {
            ticks[i] = await RoundTripAsync(channel);
        }

        BenchRecord.Write($"{name}, polling", Median(ticks), "ns");

        ticks = new long[Sleeping];
        for (var i = 0; i < ticks.Length; i++)
        {
            await EventLoop.Current.Delay(Pause);
            ticks[i] = await RoundTripAsync(channel);
        }

        BenchRecord.Write($"{name}, with wake-up", Median(ticks), "ns");
        return Median(ticks);
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

    /// <summary>The middle one, nanoseconds.</summary>
    public static double Median(long[] ticks)
    {
        Array.Sort(ticks);
        return ticks[ticks.Length / 2] * 1e9 / Stopwatch.Frequency;
    }
}

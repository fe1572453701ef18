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
        var polling = new long[Polling];
        var sleeping = new long[Sleeping];
        for (var i = -1; i < polling.Length + sleeping.Length; i++)
        {
            if (i >= polling.Length)
            {
                await EventLoop.Current.Delay(Pause);
            }

            // In one method: a second asynchronous one would allocate for each trip, and be measured too.
            var begin = Stopwatch.GetTimestamp();
            await channel.SendAsync(begin);
            await channel.ReceiveAsync<long>();
            var ticks = Stopwatch.GetTimestamp() - begin;
            if (i >= polling.Length)
            {
                sleeping[i - polling.Length] = ticks;
            }
            else if (i >= 0)
            {
                polling[i] = ticks;
            }
        }

        BenchRecord.Write($"{name}, polling", Median(polling), "ns");
        BenchRecord.Write($"{name}, with wake-up", Median(sleeping), "ns");
        return Median(sleeping);
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

    /// <summary>The middle one, nanoseconds.</summary>
    public static double Median(long[] ticks)
    {
        Array.Sort(ticks);
        return ticks[ticks.Length / 2] * 1e9 / Stopwatch.Frequency;
    }
}

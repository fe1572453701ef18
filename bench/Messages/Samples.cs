using System.Diagnostics;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Times of single round trips over all rounds, nanoseconds; reading the clock is part of each.</summary>
internal sealed class Samples
{
    private readonly List<double> values = [];

    public static double NanosecondsPerTick { get; } = 1e9 / Stopwatch.Frequency;

    public void Add(long ticks) => values.Add(ticks * NanosecondsPerTick);

    public double Percentile(double percent)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(values.Count * percent / 100))];
    }
}

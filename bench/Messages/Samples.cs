using System.Diagnostics;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Times of single round trips, nanoseconds.</summary>
internal sealed class Samples(int capacity)
{
    private readonly double[] values = new double[capacity];
    private int count;
    private bool sorted;

    public static double NanosecondsPerTick { get; } = 1e9 / Stopwatch.Frequency;

    public void Add(long ticks, int trips = 1) =>
        values[count++] = ticks * NanosecondsPerTick / trips;

    public double Percentile(double percent)
    {
        if (!sorted)
        {
            Array.Sort(values, 0, count);
            sorted = true;
        }
        return values[Math.Min(count - 1, (int)(count * percent / 100))];
    }
}

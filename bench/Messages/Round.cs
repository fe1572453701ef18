namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Means of the batches of one round. Preemption makes some batches longer, so the round's figure is their median.</summary>
internal sealed class Round
{
    private readonly List<double> means = [];

    /// <summary>Nanoseconds of one trip.</summary>
    public double Typical => Median(means);

    public void Add(long ticks, int trips) => means.Add(ticks * Samples.NanosecondsPerTick / trips);

    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }
}

using System.Diagnostics;

namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>The time of one measurement.</summary>
internal readonly struct Round()
{
    /// <summary>Long beside what a pause of the host takes, short enough for many rounds.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(400);

    private readonly long begin = Stopwatch.GetTimestamp();

    /// <summary>Whether it is over.</summary>
    public bool IsOver => Stopwatch.GetElapsedTime(begin) >= Length;

    /// <summary>How often a second, from the beginning to now.</summary>
    public double PerSecond(long count) => count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
}

using System.Diagnostics;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Clocks go forward at the right rate; random numbers and identifiers differ.</summary>
internal static class TimeRandomGuid
{
    // Milliseconds by which clocks may differ over a moment: Linux steers one of the two.
    private const double Tolerance = 2;

    public static string Run()
    {
        var guids = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid()).ToHashSet();
        Expect.Equal(200, guids.Count);
        Expect.That(guids.Select(guid => guid.GetHashCode()).Distinct().Count() > 190);
        Expect.That(Random.Shared.NextInt64() != Random.Shared.NextInt64());
        Expect.Equal(new Random(42).Next(), new Random(42).Next());

        var ticks = Environment.TickCount64;
        var outerBegin = Stopwatch.GetTimestamp();
        var start = DateTime.UtcNow;
        var innerBegin = Stopwatch.GetTimestamp();
        var last = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1_000; i++)
        {
            var now = Stopwatch.GetTimestamp();
            Expect.That(now >= last);
            last = now;
        }

        Thread.Sleep(60);
        var innerEnd = Stopwatch.GetTimestamp();
        var walked = (DateTime.UtcNow - start).TotalMilliseconds;
        var outerEnd = Stopwatch.GetTimestamp();
        var least = Stopwatch.GetElapsedTime(innerBegin, innerEnd).TotalMilliseconds;
        var most = Stopwatch.GetElapsedTime(outerBegin, outerEnd).TotalMilliseconds;
        Expect.That(least >= 59);
        Expect.That(Environment.TickCount64 - ticks >= 40);

        // Both clocks run at the same rate, wherever a preemption fell between the readings.
        Expect.That(walked >= least - Tolerance);
        Expect.That(walked <= most + Tolerance);
        Expect.That(start.Year is > 2000 and < 2200);
        return $"{start:u}, {least:0.0} ms for 60";
    }
}

using System.Diagnostics;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Clocks go forward at the right rate; random numbers and identifiers differ.</summary>
internal static class TimeRandomGuid
{
    public static string Run()
    {
        var guids = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid()).ToHashSet();
        Expect.Equal(200, guids.Count);
        Expect.That(guids.Select(guid => guid.GetHashCode()).Distinct().Count() > 190);
        Expect.That(Random.Shared.NextInt64() != Random.Shared.NextInt64());
        Expect.Equal(new Random(42).Next(), new Random(42).Next());

        var watch = Stopwatch.StartNew();
        var ticks = Environment.TickCount64;
        var start = DateTime.UtcNow;
        var last = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1_000; i++)
        {
            var now = Stopwatch.GetTimestamp();
            Expect.That(now >= last);
            last = now;
        }

        Thread.Sleep(60);
        var measured = watch.Elapsed.TotalMilliseconds;
        var walked = (DateTime.UtcNow - start).TotalMilliseconds;
        Expect.That(measured >= 59);
        Expect.That(Environment.TickCount64 - ticks >= 40);
        Expect.That(Math.Abs(walked - measured) < 50 + (measured * 0.5));
        Expect.That(start.Year is > 2000 and < 2200);
        return $"{start:u}, {measured:0.0} ms for 60";
    }
}

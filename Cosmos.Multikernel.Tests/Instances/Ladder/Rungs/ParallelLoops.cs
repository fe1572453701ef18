using System.Collections.Concurrent;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Parallel loops, PLINQ and concurrent collections; on one core they interleave, the results are the same.</summary>
internal static class ParallelLoops
{
    public static string Run()
    {
        var counts = new ConcurrentDictionary<int, int>();
        Parallel.For(0, 5_000, i => counts.AddOrUpdate(i % 100, 1, (_, count) => count + 1));
        Expect.Equal(100, counts.Count);
        Expect.That(counts.Values.All(count => count == 50));

        var evens = Enumerable
            .Range(0, 10_000)
            .AsParallel()
            .Where(i => i % 2 == 0)
            .Sum(i => (long)i);
        Expect.Equal(24_995_000, evens);

        var stack = new ConcurrentStack<int>();
        Parallel.Invoke(
            () => stack.PushRange([1, 2, 3]),
            () => stack.PushRange([4, 5, 6]),
            () => stack.Push(7)
        );
        Expect.Equal(28, stack.Sum());
        return "";
    }
}

using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Several threads allocate, keep and check their own objects while collections happen all the time.</summary>
internal static class GcWithManyThreads
{
    public static string Run()
    {
        var collections = GC.CollectionCount(0);
        var wrong = 0;
        var threads = Enumerable
            .Range(0, 4)
            .Select(seed => new Thread(() =>
            {
                if (!KeepAndCheck(seed))
                {
                    Interlocked.Increment(ref wrong);
                }
            }))
            .ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Expect.Equal(0, wrong);
        return $"{GC.CollectionCount(0) - collections} collections";
    }

    private static bool KeepAndCheck(int seed)
    {
        var random = new Random(seed);
        var kept = new string[500];
        for (var i = 0; i < 20_000; i++)
        {
            var slot = random.Next(kept.Length);
            if (kept[slot] is { } old && old != $"{seed}/{slot}")
            {
                return false;
            }

            kept[slot] = $"{seed}/{slot}";
            if (i % 5_000 == 0)
            {
                GC.Collect(i % 3);
            }
        }

        return true;
    }
}

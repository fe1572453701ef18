using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>The thread pool runs what it is given and grows when its threads block.</summary>
internal static class PooledWork
{
    public static string Run()
    {
        const int Count = 2_000;
        using var all = new CountdownEvent(Count);
        long sum = 0;
        for (var i = 0; i < Count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                number =>
                {
                    Interlocked.Add(ref sum, number);
                    all.Signal();
                },
                i,
                preferLocal: false
            );
        }

        Expect.That(all.Wait(TimeSpan.FromSeconds(100)));
        Expect.Equal((long)Count * (Count - 1) / 2, sum);

        using var blocked = new ManualResetEventSlim();
        var waiters = Enumerable.Range(0, 4).Select(_ => Task.Run(blocked.Wait)).ToArray();
        Task.Run(blocked.Set).Wait();
        Task.WaitAll(waiters);
        return $"{Count} items, {ThreadPool.ThreadCount} threads";
    }
}

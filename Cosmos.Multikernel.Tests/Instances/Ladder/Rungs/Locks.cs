using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Contended monitors, <see cref="Lock"/>, interlocked counters, semaphores and reader-writer locks.</summary>
internal static class Locks
{
    private const int Contenders = 4;
    private const int Rounds = 20_000;

    public static string Run()
    {
        var monitor = new object();
        var modern = new Lock();
        using var readerWriter = new ReaderWriterLockSlim();
        using var semaphore = new SemaphoreSlim(2);
        long byMonitor = 0,
            byLock = 0,
            byInterlocked = 0,
            byWriter = 0;
        int inside = 0,
            most = 0;

        Race(i =>
        {
            lock (monitor)
            {
                byMonitor++;
            }

            lock (modern)
            {
                byLock++;
            }

            Interlocked.Increment(ref byInterlocked);
            if (i % 100 != 0)
            {
                return;
            }

            readerWriter.EnterWriteLock();
            byWriter++;
            readerWriter.ExitWriteLock();
            semaphore.Wait();
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            Thread.Yield();
            Interlocked.Decrement(ref inside);
            semaphore.Release();
        });

        Expect.Equal(Contenders * Rounds, byMonitor);
        Expect.Equal(Contenders * Rounds, byLock);
        Expect.Equal(Contenders * Rounds, byInterlocked);
        Expect.Equal(Contenders * Rounds / 100, byWriter);
        Expect.That(most is 1 or 2);
        return $"{Contenders} threads, {Rounds} rounds";
    }

    private static void Race(Action<int> round)
    {
        var threads = new Thread[Contenders];
        for (var t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    round(i);
                }
            });
            threads[t].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}

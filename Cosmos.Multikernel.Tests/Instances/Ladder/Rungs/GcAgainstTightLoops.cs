using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>
/// A collection must stop threads that run a loop without calls or allocations: the runtime interrupts them by a
/// signal (34), which needs timer preemption and exact signal frames.
/// </summary>
internal static class GcAgainstTightLoops
{
    private static int stop;

    public static string Run()
    {
        stop = 0;
        var totals = new long[3];
        var threads = new Thread[totals.Length];
        for (var t = 0; t < threads.Length; t++)
        {
            var index = t;
            threads[t] = new Thread(() => totals[index] = Spin());
            threads[t].Start();
        }

        Thread.Sleep(10);
        for (var i = 0; i < 10; i++)
        {
            GC.Collect();
        }

        Volatile.Write(ref stop, 1);
        Array.ForEach(threads, thread => thread.Join());
        Expect.That(totals.All(total => total > 0));
        return "10 collections against 3 loops";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Spin()
    {
        long total = 1;
        while (Volatile.Read(ref stop) == 0)
        {
            total += (total & 7) + 1;
        }

        return total;
    }
}

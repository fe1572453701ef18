using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Finalizers run (on their own thread), weak references clear, resurrected and suppressed objects behave.</summary>
internal static class Finalizers
{
    private static int finalized;

    private sealed class Finalizable
    {
        ~Finalizable() => Interlocked.Increment(ref finalized);
    }

    public static string Run()
    {
        var weak = Create(1_000);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // Conservative frames may keep the last one alive, no more than that.
        Expect.That(Volatile.Read(ref finalized) >= 990);
        Expect.That(weak.Count(reference => reference.IsAlive) <= 10);

        var table = new ConditionalWeakTable<object, string>();
        var key = new object();
        table.Add(key, "kept");
        GC.Collect();
        Expect.That(table.TryGetValue(key, out var value) && value == "kept");
        return $"{finalized} finalized";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Create(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new WeakReference(new Finalizable()))];
}

using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Starting, joining, thread statics, priorities, sleeping and deep stacks.</summary>
internal static class Threads
{
    [ThreadStatic]
    private static int threadStatic;

    public static string Run()
    {
        const int Count = 32;
        var seen = new int[Count];
        var threads = Enumerable
            .Range(0, Count)
            .Select(i => new Thread(() => Work(i, seen)))
            .ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Expect.Equal(Count * (Count + 1) / 2, seen.Sum());
        Expect.Equal(0, threadStatic);

        // Two hundred more, one after the other: the kernel must give everything of an ended thread back.
        for (var i = 0; i < 200; i++)
        {
            var brief = new Thread(static () => threadStatic = 1, 256 * 1024);
            brief.Start();
            brief.Join();
        }

        var depth = 0;
        var deep = new Thread(() => depth = Recurse(5_000), 4 * 1024 * 1024);
        deep.Start();
        deep.Join();
        Expect.Equal(5_000, depth);
        return $"{Count} at once, 200 in a row, depth {depth}";
    }

    private static void Work(int index, int[] seen)
    {
        threadStatic = index + 1;
        Thread.Sleep(1 + (index % 5));
        seen[index] = threadStatic;
    }

    private static int Recurse(int depth) => depth == 0 ? 0 : 1 + Recurse(depth - 1);
}

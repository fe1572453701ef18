using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Hardware faults and throws on several threads at once while another collects.</summary>
internal static class ExceptionsOnManyThreads
{
    private const int Rounds = 100;

    public static string Run()
    {
        var caught = 0;
        var done = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                GC.Collect(0);
                Thread.Sleep(1);
            }
        });
        collector.Start();

        var throwers = Enumerable
            .Range(0, 4)
            .Select(_ => new Thread(() => Throw(ref caught)))
            .ToArray();
        Array.ForEach(throwers, thread => thread.Start());
        Array.ForEach(throwers, thread => thread.Join());
        Volatile.Write(ref done, true);
        collector.Join();
        Expect.Equal(4 * Rounds * 2, caught);
        return $"{caught} caught";
    }

    private static void Throw(ref int caught)
    {
        string? nothing = Environment.GetEnvironmentVariable("NO_SUCH_VARIABLE");
        for (var i = 0; i < Rounds; i++)
        {
            try
            {
                _ = nothing!.Length;
            }
            catch (NullReferenceException)
            {
                Interlocked.Increment(ref caught);
            }

            try
            {
                throw new TimeoutException();
            }
            catch (TimeoutException)
            {
                Interlocked.Increment(ref caught);
            }
        }
    }
}

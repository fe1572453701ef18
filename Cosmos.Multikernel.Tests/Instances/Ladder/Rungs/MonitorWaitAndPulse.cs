using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>A bounded buffer built on <see cref="Monitor.Wait(object)"/>: no item lost, no waiter forgotten.</summary>
internal static class MonitorWaitAndPulse
{
    private const int Items = 4_000;

    public static string Run()
    {
        var buffer = new Queue<int>();
        long sum = 0;
        var consumers = Enumerable
            .Range(0, 2)
            .Select(_ => new Thread(() => Consume(buffer, ref sum)))
            .ToArray();
        var producers = Enumerable
            .Range(0, 2)
            .Select(p => new Thread(() => Produce(buffer, p)))
            .ToArray();
        foreach (var thread in consumers.Concat(producers))
        {
            thread.Start();
        }

        foreach (var thread in producers)
        {
            thread.Join();
        }

        Produce(buffer, -1, -1);
        foreach (var thread in consumers)
        {
            thread.Join();
        }

        Expect.Equal((long)Items * (Items - 1) / 2, sum);

        var gate = new object();
        lock (gate)
        {
            Expect.That(!Monitor.Wait(gate, 20));
        }

        return $"{Items} items through a buffer of 8";
    }

    private static void Produce(Queue<int> buffer, int producer)
    {
        for (var i = producer; i < Items; i += 2)
        {
            Put(buffer, i);
        }
    }

    private static void Produce(Queue<int> buffer, params ReadOnlySpan<int> items)
    {
        foreach (var item in items)
        {
            Put(buffer, item);
        }
    }

    private static void Put(Queue<int> buffer, int item)
    {
        lock (buffer)
        {
            while (buffer.Count >= 8)
            {
                Monitor.Wait(buffer);
            }

            buffer.Enqueue(item);
            Monitor.PulseAll(buffer);
        }
    }

    private static void Consume(Queue<int> buffer, ref long sum)
    {
        while (true)
        {
            int item;
            lock (buffer)
            {
                while (buffer.Count == 0)
                {
                    Monitor.Wait(buffer);
                }

                item = buffer.Dequeue();
                Monitor.PulseAll(buffer);
            }

            if (item < 0)
            {
                return;
            }

            Interlocked.Add(ref sum, item);
        }
    }
}

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>A thread that allocates beside a large live set, so that the collector has much to look through, often.</summary>
internal sealed class Load : ILoad
{
    /// <summary>
    /// Time for whoever asked to take the answer and go to sleep.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(20);

    private const long LiveBytes = 512L << 20;
    private const int Payload = 448;

    // An object with its header and three fields, and an array with its header and length.
    private const int NodeBytes = 40 + Payload + 24;

    private readonly int collections = GC.CollectionCount(0);
    private Node? live;
    private int full;
    private TimeSpan paused;
    private bool stop;
    private Task running = Task.CompletedTask;

    private sealed class Node(Node? next)
    {
        public Node? Next = next;
        public readonly byte[] Bytes = new byte[Payload];
    }

    public async ValueTask StartAsync()
    {
        stop = false;
        TaskCompletionSource built = new(TaskCreationOptions.RunContinuationsAsynchronously);
        running = Task.Factory.StartNew(
            () => Run(built),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        await built.Task;
        full = GC.CollectionCount(2);
        paused = GC.GetTotalPauseDuration();
    }

    public async ValueTask<CollectorReport> StopAsync()
    {
        CollectorReport report = new(
            GC.CollectionCount(0) - collections,
            GC.CollectionCount(2) - full,
            (GC.GetTotalPauseDuration() - paused).TotalMilliseconds,
            GC.GetTotalMemory(forceFullCollection: false)
        );
        Volatile.Write(ref stop, true);
        await running;
        return report;
    }

    private void Run(TaskCompletionSource built)
    {
        if (live is null)
        {
            for (var i = 0L; i < LiveBytes / NodeBytes; i++)
            {
                live = new Node(live);
            }
        }

        built.SetResult();
        Thread.Sleep(Settling);
        var recent = new Node?[1024];
        for (var i = 0; !Volatile.Read(ref stop); i++)
        {
            // What survives for a while reaches the older generations and dies there.
            recent[i % recent.Length] = new Node(null);

            // Now and then all generations are collected, as they are when the live set changes.
            if (i % 100_000 == 99_999)
            {
                GC.Collect();
            }
        }
    }
}

using System.Collections.Concurrent;

namespace Cosmos.Multikernel;

/// <summary>What is to be run on the loop: a delegate of one of a few kinds and its argument.</summary>
internal readonly struct WorkItem(object callback, object? state)
{
    /// <summary>Runs it. What it throws ends the loop, and with it the instance: nobody else could handle it.</summary>
    public void Run()
    {
        switch (callback)
        {
            case Action<object?> action:
                action(state);
                break;
            case SendOrPostCallback posted:
                posted(state);
                break;
            case EventLoopScheduler scheduler:
                scheduler.Execute((Task)state!);
                break;
            default:
                ((Action)callback)();
                break;
        }
    }
}

/// <summary>
/// First in, first out: one queue for the loop's own thread, without locks and without allocation once it has grown, and one
/// for everyone else.
/// </summary>
internal sealed class WorkQueue
{
    private readonly ConcurrentQueue<WorkItem> remote = new();
    private int remoteWaits;
    private WorkItem[] items = new WorkItem[64];
    private int head;
    private int count;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => count == 0 && Volatile.Read(ref remoteWaits) == 0;

    /// <summary>Adds work, on the loop's own thread.</summary>
    public void Enqueue(object callback, object? state) => Enqueue(new WorkItem(callback, state));

    /// <summary>Adds work, on any other thread.</summary>
    public void EnqueueRemote(object callback, object? state)
    {
        remote.Enqueue(new WorkItem(callback, state));

        // Release: who sees the mark sees the entry.
        Volatile.Write(ref remoteWaits, 1);
    }

    /// <summary>
    /// Runs what waits now. What it adds meanwhile is left for the next turn, so that work that begets work cannot keep the
    /// loop from its channels.
    /// </summary>
    /// <returns>Whether anything ran.</returns>
    public bool RunPending()
    {
        // Full fence: the mark is taken back before the queue is read; an entry queued meanwhile sets it anew.
        if (remoteWaits != 0 && Interlocked.Exchange(ref remoteWaits, 0) != 0)
        {
            while (remote.TryDequeue(out WorkItem item))
            {
                Enqueue(item);
            }
        }
        int now = count;
        for (int i = 0; i < now; i++)
        {
            WorkItem item = items[head];
            items[head] = default;
            head = (head + 1) & (items.Length - 1);
            count--;
            item.Run();
        }
        return now != 0;
    }

    private void Enqueue(WorkItem item)
    {
        if (count == items.Length)
        {
            WorkItem[] larger = new WorkItem[items.Length * 2];
            for (int i = 0; i < count; i++)
            {
                larger[i] = items[(head + i) & (items.Length - 1)];
            }
            items = larger;
            head = 0;
        }
        items[(head + count++) & (items.Length - 1)] = item;
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel;

/// <summary>What is to be run on the loop: a delegate of one of a few kinds and its argument.</summary>
internal readonly struct WorkItem
{
    private readonly object callback;
    private readonly object? state;
    private readonly Kind kind;

    private enum Kind
    {
        Continuation,
        Posted,
        Scheduled,
        Plain,
    }

    private WorkItem(object callback, object? state, Kind kind)
    {
        this.callback = callback;
        this.state = state;
        this.kind = kind;
    }

    /// <summary>The continuation of an await.</summary>
    public WorkItem(Action<object?> continuation, object? state)
        : this(continuation, state, Kind.Continuation) { }

    /// <summary>What was posted to the synchronization context.</summary>
    public WorkItem(SendOrPostCallback posted, object? state)
        : this(posted, state, Kind.Posted) { }

    /// <summary>A task, and its scheduler.</summary>
    public WorkItem(EventLoopScheduler scheduler, Task task)
        : this(scheduler, task, Kind.Scheduled) { }

    /// <summary>A callback.</summary>
    public WorkItem(Action plain)
        : this(plain, null, Kind.Plain) { }

    /// <summary>Runs it. What it throws ends the loop, and with it the instance: nobody else could handle it.</summary>
    public void Run()
    {
        // The constructors say what is what. Asking the object's type instead is slow where the type is variant.
        switch (kind)
        {
            case Kind.Continuation:
                Unsafe.As<Action<object?>>(callback)(state);
                break;
            case Kind.Posted:
                Unsafe.As<SendOrPostCallback>(callback)(state);
                break;
            case Kind.Scheduled:
                Unsafe.As<EventLoopScheduler>(callback).Execute((Task)state!);
                break;
            default:
                Unsafe.As<Action>(callback)();
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

    /// <summary>Adds work, on any other thread.</summary>
    public void EnqueueRemote(WorkItem item)
    {
        remote.Enqueue(item);

        // Release: who sees the mark sees the entry.
        Volatile.Write(ref remoteWaits, 1);
    }

    /// <summary>
    /// Runs what waits now. What it adds meanwhile is left for the next turn, so that work that begets work cannot keep the
    /// loop from its channels.
    /// </summary>
    public void RunPending()
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
    }

    /// <summary>Adds work, on the loop's own thread.</summary>
    public void Enqueue(WorkItem item)
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

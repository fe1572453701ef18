namespace Cosmos.Multikernel;

/// <summary>What falls due on the loop.</summary>
internal interface ITimed
{
    /// <summary>The time given to <see cref="TimerQueue.Add"/> has come.</summary>
    void Due(long due);
}

/// <summary>
/// The loop's timers: a heap by due time. Timers that are no longer wanted are not removed: whoever is told of one knows
/// whether it still matters.
/// </summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<ITimed, long> heap = new();

    /// <summary>Nanoseconds at which the next one falls due; <see cref="long.MaxValue"/> without one.</summary>
    public long Next { get; private set; } = long.MaxValue;

    /// <summary>Adds one.</summary>
    public void Add(ITimed target, long due)
    {
        heap.Enqueue(target, due);
        Next = Math.Min(Next, due);
    }

    /// <summary>Runs those due at <paramref name="now"/>, earliest first.</summary>
    public bool RunDue(long now)
    {
        bool any = false;
        while (heap.TryPeek(out ITimed? first, out long due) && due <= now)
        {
            heap.Dequeue();
            first.Due(due);
            any = true;
        }
        Next = heap.TryPeek(out _, out long next) ? next : long.MaxValue;
        return any;
    }
}

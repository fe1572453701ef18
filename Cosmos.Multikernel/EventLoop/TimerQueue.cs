namespace Cosmos.Multikernel;

/// <summary>What falls due on the loop. One object may be waiting for one time only.</summary>
internal interface ITimed
{
    /// <summary>The time has come; <paramref name="ticket"/> is the one given to <see cref="TimerQueue.Add"/>.</summary>
    void Due(int ticket);
}

/// <summary>
/// The loop's timers: a heap by due time. Cancelled timers are not removed; their ticket no longer matches and they fall
/// due without effect.
/// </summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<(ITimed Target, int Ticket), long> heap = new();

    /// <summary>Nanoseconds at which the next one falls due; <see cref="long.MaxValue"/> without one.</summary>
    public long Next => heap.TryPeek(out _, out long due) ? due : long.MaxValue;

    /// <summary>Adds one.</summary>
    public void Add(ITimed target, int ticket, long due) => heap.Enqueue((target, ticket), due);

    /// <summary>Runs those due at <paramref name="now"/>, earliest first.</summary>
    public bool RunDue(long now)
    {
        bool any = false;
        while (heap.TryPeek(out (ITimed Target, int Ticket) first, out long due) && due <= now)
        {
            heap.Dequeue();
            first.Target.Due(first.Ticket);
            any = true;
        }
        return any;
    }
}

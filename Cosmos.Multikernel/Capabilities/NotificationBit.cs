namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// A bit by which the CPU driver notifies this instance, and who waits for it. Notifications that come before the last was taken
/// are one. On the loop only.
/// </summary>
/// <param name="loop">The loop that sees it.</param>
/// <param name="number">Which bit.</param>
/// <param name="owner">What it tells of, in words.</param>
internal sealed class NotificationBit(EventLoop loop, int number, string owner)
{
    private PendingOperation<bool>? waiting;
    private bool isRung;

    /// <summary>How often it came.</summary>
    public long Received { get; private set; }

    /// <summary>From now on the loop looks for it.</summary>
    public static NotificationBit Open(int number, string owner)
    {
        EventLoop loop = EventLoop.Current;
        NotificationBit bit = new(loop, number, owner);
        loop.RegisterBit(number, bit);
        return bit;
    }

    /// <summary>The loop saw it.</summary>
    public void Ring()
    {
        Received++;
        if (waiting is { IsCompleted: false } operation)
        {
            operation.Complete(true);
        }
        else
        {
            isRung = true;
        }
    }

    /// <summary>Waits until it comes; at once when it came since the last wait.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public ValueTask WaitAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        if (isRung)
        {
            isRung = false;
            return ValueTask.CompletedTask;
        }
        cancellation.ThrowIfCancellationRequested();
        PendingOperation<bool> operation = waiting ??= new(loop);
        if (!operation.IsCompleted)
        {
            throw new InvalidOperationException($"Somebody else waits for the {owner}.");
        }
        operation.Start(timeout, cancellation);
        return operation.AsValueTask();
    }

    /// <summary>It comes no more: who waits for it learns that its owner is gone.</summary>
    public void Close()
    {
        loop.UnregisterBit(number, this);
        if (waiting is { IsCompleted: false } operation)
        {
            operation.Fail(new ObjectDisposedException(owner));
        }
    }
}

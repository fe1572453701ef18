namespace Cosmos.Multikernel;

/// <summary>Something has changed: whoever waits looks again. Waits are for the next change only, so look first. On the loop only.</summary>
/// <remarks>
/// Not a TaskCompletionSource with Task.WaitAsync: that completes on the thread pool what does not run its continuations
/// inline. Here they go into the loop's queue, on the metal and in virtual time alike.
/// </remarks>
/// <param name="loop">The loop of those who wait.</param>
public sealed class ChangeSignal(EventLoop loop)
{
    private readonly List<PendingOperation<bool>> waiting = [];

    /// <summary>How many wait now.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Waits for the next change.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask WaitAsync(CancellationToken cancellation = default) =>
        Wait(Timeout.InfiniteTimeSpan, cancellation).AsValueTask();

    /// <summary>Waits for the next change, or until a time has passed.</summary>
    /// <returns>Whether there was a change.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan limit, CancellationToken cancellation = default) =>
        Wait(limit, cancellation).AsValueTaskOfT();

    /// <summary>Wakes all who wait now.</summary>
    public void Set()
    {
        foreach (PendingOperation<bool> operation in waiting)
        {
            operation.Complete(true);
        }
        waiting.Clear();
    }

    private PendingOperation<bool> Wait(TimeSpan limit, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PendingOperation<bool>? operation = null;
        operation = new PendingOperation<bool>(loop) { GivenUp = () => waiting.Remove(operation!) };
        operation.Start(limit, cancellation, timeoutIsResult: true);
        waiting.Add(operation);
        return operation;
    }
}

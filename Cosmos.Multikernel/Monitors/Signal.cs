namespace Cosmos.Multikernel.Monitors;

/// <summary>Something has changed: whoever waits looks again. Waits are for the next change only, so look first.</summary>
/// <remarks>
/// Not a TaskCompletionSource with Task.WaitAsync: that completes on the thread pool what does not run its continuations
/// inline. Here they go into the loop's queue, on the metal and in virtual time alike.
/// </remarks>
internal sealed class Signal(EventLoop loop)
{
    private readonly List<PendingOperation<bool>> waiting = [];

    /// <summary>How many wait now.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Waits for the next change.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask WaitAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PendingOperation<bool>? operation = null;
        operation = new PendingOperation<bool>(loop) { GivenUp = () => waiting.Remove(operation!) };
        operation.Start(Timeout.InfiniteTimeSpan, cancellation);
        waiting.Add(operation);
        return operation.AsValueTask();
    }

    /// <summary>Wakes all who wait now.</summary>
    public void Set()
    {
        foreach (PendingOperation<bool> operation in waiting)
        {
            operation.Complete(true);
        }
        waiting.Clear();
    }
}

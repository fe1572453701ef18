namespace Cosmos.Multikernel;

/// <summary>
/// Operations that are used again and again: once there are as many as are ever under way at a time, beginning one allocates nothing.
/// On the loop only.
/// </summary>
/// <param name="loop">The loop of those who await them.</param>
/// <param name="mostIdle">So many are kept for their next use.</param>
public sealed class OperationPool<T>(EventLoop loop, int mostIdle = int.MaxValue)
{
    private readonly Stack<PendingOperation<T>> idle = new();

    /// <summary>Begins one; it is to be awaited once, and comes back by that.</summary>
    /// <param name="timeout">After this it fails with <see cref="TimeoutException"/>.</param>
    /// <param name="cancellation">Has it fail with <see cref="OperationCanceledException"/>.</param>
    /// <param name="timeoutIsResult">It completes with the type's default value instead when the time has passed.</param>
    public PendingOperation<T> Start(
        TimeSpan timeout,
        CancellationToken cancellation = default,
        bool timeoutIsResult = false
    )
    {
        PendingOperation<T> operation = idle.TryPop(out PendingOperation<T>? used) ? used : Make();
        operation.Start(timeout, cancellation, timeoutIsResult);
        return operation;
    }

    private PendingOperation<T> Make()
    {
        PendingOperation<T>? operation = null;
        operation = new PendingOperation<T>(loop)
        {
            Taken = () =>
            {
                if (idle.Count < mostIdle)
                {
                    idle.Push(operation!);
                }
            },
        };
        return operation;
    }
}

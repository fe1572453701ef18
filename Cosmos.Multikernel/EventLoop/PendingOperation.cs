using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Cosmos.Multikernel;

/// <summary>
/// An operation somebody awaits, completed by what happens on the loop: an answer that comes, an interrupt. Reusable, so that the
/// steady state of channels and devices allocates nothing.
/// </summary>
/// <remarks>
/// Each use is begun by <see cref="Start"/>, completed once by <see cref="Complete"/> or <see cref="Fail"/> unless it
/// <see cref="IsCompleted"/> already, and awaited once.
/// The stock ManualResetValueTaskSourceCore posts each continuation through the captured synchronization context and allocates
/// for it. Here the context is always the loop's own, so the continuation goes straight into the loop's queue.
/// Everything but the cancellation callback runs on the loop's thread.
/// </remarks>
/// <param name="loop">The loop of the one who awaits.</param>
public sealed class PendingOperation<T>(EventLoop loop)
    : IValueTaskSource<T>,
        IValueTaskSource,
        ITimed
{
    private static readonly Action<object?> CancelOnLoop = static state =>
    {
        PendingOperation<T> operation = (PendingOperation<T>)state!;

        // The operation may have completed, and even begun anew, since the token was cancelled.
        if (!operation.completed && operation.cancellation.IsCancellationRequested)
        {
            operation.Fail(new OperationCanceledException(operation.cancellation));
        }
    };

    private static readonly Action<object?> OnCancelled = static state =>
        ((PendingOperation<T>)state!).loopOf.Enqueue(new WorkItem(CancelOnLoop, state));

    private readonly EventLoop loopOf = loop;
    private Action<object?>? continuation;
    private object? continuationState;
    private CancellationToken cancellation;
    private CancellationTokenRegistration registration;
    private T result = default!;
    private Exception? error;
    private bool completed = true;
    private bool timeoutIsResult;
    private int ticket;

    // When this use times out, and when the loop's timer for it falls due: it may have been set by an earlier use and is then
    // set anew. So an operation that is used again and again has one timer, not one for each use.
    private long deadline = long.MaxValue;
    private long timerDue = long.MaxValue;

    /// <summary>Whether nobody has to complete it any more.</summary>
    public bool IsCompleted => completed;

    /// <summary>Called on the loop when the operation ends by cancellation or time-out.</summary>
    public Action? GivenUp { get; init; }

    /// <summary>Called when the outcome has been taken: the operation can be used again.</summary>
    public Action? Taken { get; init; }

    /// <summary>Begins. The previous use, if any, must have been awaited.</summary>
    /// <param name="timeout">After this it fails with <see cref="TimeoutException"/>.</param>
    /// <param name="cancellation">Has it fail with <see cref="OperationCanceledException"/>.</param>
    /// <param name="timeoutIsResult">It completes with the type's default value instead when the time has passed.</param>
    public void Start(
        TimeSpan timeout,
        CancellationToken cancellation,
        bool timeoutIsResult = false
    )
    {
        completed = false;
        error = null;
        continuation = null;
        continuationState = null;
        this.timeoutIsResult = timeoutIsResult;
        this.cancellation = cancellation;
        ticket++;
        deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : loopOf.TimeAfter(timeout);
        if (deadline < timerDue)
        {
            SetTimer();
        }
        if (cancellation.CanBeCanceled)
        {
            registration = cancellation.UnsafeRegister(OnCancelled, this);
        }
    }

    /// <summary>Tells this use from earlier ones.</summary>
    internal short Token => (short)ticket;

    /// <summary>What to hand to the one who awaits.</summary>
    public ValueTask<T> AsValueTaskOfT() => new(this, Token);

    /// <summary>What to hand to the one who awaits.</summary>
    public ValueTask AsValueTask() => new(this, Token);

    /// <summary>Ends well.</summary>
    public void Complete(T value)
    {
        result = value;
        End();
    }

    /// <summary>Ends badly.</summary>
    public void Fail(Exception exception)
    {
        error = exception;
        bool givenUp = exception is OperationCanceledException or TimeoutException;
        End();
        if (givenUp)
        {
            GivenUp?.Invoke();
        }
    }

    /// <inheritdoc/>
    void ITimed.Due(long due)
    {
        if (due != timerDue)
        {
            // One that was overtaken by a shorter time.
            return;
        }
        timerDue = long.MaxValue;
        if (completed || deadline == long.MaxValue)
        {
            return;
        }
        if (deadline > due)
        {
            SetTimer();
        }
        else if (timeoutIsResult)
        {
            Complete(default!);
            GivenUp?.Invoke();
        }
        else
        {
            Fail(new TimeoutException("The peer did not get to it in time."));
        }
    }

    /// <inheritdoc/>
    public T GetResult(short token)
    {
        if (!completed || token != (short)ticket)
        {
            throw new InvalidOperationException(
                "The operation is not complete, or was awaited twice."
            );
        }
        T value = result;
        Exception? failure = error;
        result = default!;
        error = null;

        // A second await must not take what may be another's by then.
        ticket++;
        Taken?.Invoke();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        return value;
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) =>
        !completed ? ValueTaskSourceStatus.Pending
        : error is null ? ValueTaskSourceStatus.Succeeded
        : error is OperationCanceledException ? ValueTaskSourceStatus.Canceled
        : ValueTaskSourceStatus.Faulted;

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    )
    {
        if (completed)
        {
            loopOf.Enqueue(new WorkItem(continuation, state));
            return;
        }
        this.continuation = continuation;
        continuationState = state;
    }

    private void SetTimer()
    {
        timerDue = deadline;
        loopOf.AddTimer(this, deadline);
    }

    private void End()
    {
        completed = true;
        if (cancellation.CanBeCanceled)
        {
            registration.Dispose();
            cancellation = default;
        }
        if (continuation is not null)
        {
            loopOf.EnqueueHere(new WorkItem(continuation, continuationState));
        }
    }
}

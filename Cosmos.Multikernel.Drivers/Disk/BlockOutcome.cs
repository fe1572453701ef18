using System.Threading.Tasks.Sources;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>
/// What becomes of a request, for the one who awaits it. Used again and again, so that a request allocates nothing. On the event loop.
/// </summary>
internal sealed class BlockOutcome : IValueTaskSource
{
    private readonly EventLoop loop = EventLoop.Current;
    private readonly Stack<BlockOutcome> idle;
    private readonly Action resume;
    private Action<object?>? continuation;
    private object? state;
    private Exception? failure;
    private bool isCompleted;
    private short version;

    private BlockOutcome(Stack<BlockOutcome> idle)
    {
        this.idle = idle;
        resume = () => continuation!(state);
    }

    /// <summary>One for a new request.</summary>
    /// <param name="idle">Those that are used again.</param>
    public static BlockOutcome Take(Stack<BlockOutcome> idle)
    {
        if (!idle.TryPop(out BlockOutcome? outcome))
        {
            outcome = new BlockOutcome(idle);
        }
        outcome.isCompleted = false;
        outcome.continuation = null;
        return outcome;
    }

    /// <summary>To be awaited, once.</summary>
    public ValueTask AsValueTask() => new(this, version);

    /// <summary>The request is done.</summary>
    /// <param name="failure">What its user is to be told; null when it went well.</param>
    public void Complete(Exception? failure)
    {
        this.failure = failure;
        isCompleted = true;
        if (continuation is not null)
        {
            loop.Post(resume);
        }
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token)
    {
        if (!isCompleted || token != version)
        {
            throw new InvalidOperationException("The request is not done, or was awaited twice.");
        }
        Exception? thrown = failure;
        failure = null;
        version++;
        idle.Push(this);
        if (thrown is not null)
        {
            throw thrown;
        }
    }

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) =>
        !isCompleted ? ValueTaskSourceStatus.Pending
        : failure is null ? ValueTaskSourceStatus.Succeeded
        : failure is OperationCanceledException ? ValueTaskSourceStatus.Canceled
        : ValueTaskSourceStatus.Faulted;

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    )
    {
        this.state = state;
        this.continuation = continuation;
        if (isCompleted)
        {
            loop.Post(resume);
        }
    }
}

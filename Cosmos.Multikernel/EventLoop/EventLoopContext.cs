namespace Cosmos.Multikernel;

/// <summary>Brings the continuations of <c>await</c> back to the loop.</summary>
internal sealed class EventLoopContext(EventLoop loop) : SynchronizationContext
{
    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) =>
        loop.Enqueue(new WorkItem(d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (loop.IsCurrent)
        {
            d(state);
            return;
        }
        loop.InvokeAsync(() =>
            {
                d(state);
                return Task.CompletedTask;
            })
            .GetAwaiter()
            .GetResult();
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}

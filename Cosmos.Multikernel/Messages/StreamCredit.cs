namespace Cosmos.Multikernel.Messages;

/// <summary>How many items of a stream may still be sent.</summary>
internal sealed class StreamCredit(EventLoop loop)
{
    private readonly PendingOperation<bool> waiting = new(loop);

    // Whoever grants more, for ever, would have the loop send without a pause.
    private const uint Most = 1024;

    private uint credit;

    /// <summary>The reader has made room for more.</summary>
    public void Add(uint items)
    {
        credit += Math.Min(items, Most - credit);
        if (credit != 0 && !waiting.IsCompleted)
        {
            waiting.Complete(true);
        }
    }

    /// <summary>Takes one, waiting for it.</summary>
    public async ValueTask TakeAsync(CancellationToken cancellation)
    {
        while (credit == 0)
        {
            waiting.Start(Timeout.InfiniteTimeSpan, cancellation);
            await waiting.AsValueTask();
        }
        credit--;
    }
}

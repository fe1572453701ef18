using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>
/// A stream as its reader sees it: items wait here until they are read. The server may send only as many as it has credit
/// for, so a slow reader holds it back instead of filling memory.
/// </summary>
internal sealed class PendingStream<T>(
    MessageClient client,
    EventLoop loop,
    byte[] call,
    Capability[]? capabilities,
    MessageDecoder<T> decode,
    CancellationToken methodToken
) : PendingCall, IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    /// <summary>Items that may be under way at first; half of them are granted anew when half have been read.</summary>
    public const int Window = 32;

    private readonly Queue<T> items = new();
    private readonly PendingOperation<bool> waiting = new(loop);
    private CancellationToken cancellation;
    private int unread;
    private bool started;
    private bool ended;
    private Exception? failure;

    /// <inheritdoc/>
    public T Current { get; private set; } = default!;

    /// <inheritdoc/>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (started)
        {
            throw new InvalidOperationException(
                "A stream can be read once. Call the method again."
            );
        }
        started = true;
        cancellation = cancellationToken.CanBeCanceled ? cancellationToken : methodToken;
        client.StartStream(this, call, capabilities);
        return this;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync()
    {
        cancellation.ThrowIfCancellationRequested();
        if (items.Count == 0 && !ended)
        {
            waiting.Start(Timeout.InfiniteTimeSpan, cancellation);
            await waiting.AsValueTask();
        }
        if (items.TryDequeue(out T? item))
        {
            Current = item;
            if (++unread == Window / 2 && !ended)
            {
                unread = 0;
                client.Grant(Number, Window / 2);
            }
            return true;
        }
        return failure is null ? false : throw failure;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!ended)
        {
            ended = true;
            client.GiveUp(Number);
        }
        while (items.TryDequeue(out T? unwanted))
        {
            // A capability that nobody will read.
            (unwanted as IDisposable)?.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    public override void Sent() => client.Grant(Number, Window);

    public override void Item(ref MessageReader reader)
    {
        if (items.Count == Window)
        {
            throw new MalformedMessageException("A stream sent more items than it had credit for.");
        }
        items.Enqueue(decode(ref reader));
        reader.End();
        Wake();
    }

    public override void Complete(ref MessageReader reader)
    {
        reader.End();
        ended = true;
        Wake();
    }

    public override void Fail(Exception exception)
    {
        failure = exception;
        ended = true;
        Wake();
    }

    private void Wake()
    {
        if (!waiting.IsCompleted)
        {
            waiting.Complete(true);
        }
    }
}

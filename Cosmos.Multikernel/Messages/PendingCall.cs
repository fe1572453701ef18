namespace Cosmos.Multikernel.Messages;

/// <summary>A call that waits for its reply.</summary>
internal abstract class PendingCall
{
    /// <summary>What the call is numbered while it waits.</summary>
    public uint Number { get; set; }

    /// <summary>The call has gone to the server.</summary>
    public virtual void Sent() { }

    /// <summary>The reply; the reader stands behind the header.</summary>
    public abstract void Complete(ref MessageReader reader);

    /// <summary>The call failed, there or on the way.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>An item, when the call is a stream.</summary>
    public virtual void Item(ref MessageReader reader) =>
        throw new Channels.MalformedMessageException("An item came for a call that is no stream.");
}

/// <summary>A call with a result, used again once its result has been taken.</summary>
internal sealed class PendingCall<T> : PendingCall
{
    private readonly MessageClient client;
    private readonly PendingOperation<T> operation;
    private MessageDecoder<T> decode = null!;
    private Memory<byte>? into;

    public PendingCall(MessageClient client, EventLoop loop)
    {
        this.client = client;
        operation = new PendingOperation<T>(loop)
        {
            GivenUp = GiveUp,
            Taken = () => client.Recycle(this),
        };
    }

    public void Start(MessageDecoder<T> decode, Memory<byte>? into, CancellationToken cancellation)
    {
        this.decode = decode;
        this.into = into;
        operation.Start(Timeout.InfiniteTimeSpan, cancellation);
    }

    public ValueTask<T> AsValueTaskOfT() => operation.AsValueTaskOfT();

    public ValueTask AsValueTask() => operation.AsValueTask();

    public override void Complete(ref MessageReader reader)
    {
        T result = decode(ref reader);
        if (into is not { } memory)
        {
            reader.End();
            operation.Complete(result);
            return;
        }
        ReadOnlySpan<byte> bytes = reader.ReadBytes();
        reader.End();
        if (bytes.Length != memory.Length)
        {
            throw new Channels.MalformedMessageException(
                $"{bytes.Length} bytes came for {memory.Length}."
            );
        }
        into = null;
        try
        {
            bytes.CopyTo(memory.Span);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException)
        {
            // The caller's memory has gone while he waited.
            operation.Fail(exception);
            return;
        }
        operation.Complete(result);
    }

    public override void Fail(Exception exception)
    {
        into = null;
        if (!operation.IsCompleted)
        {
            operation.Fail(exception);
        }
    }

    private void GiveUp() => client.GiveUp(Number);
}

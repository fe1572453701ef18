using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel.Channels;

/// <content>Sending.</content>
public sealed unsafe partial class Channel
{
    private readonly Queue<WaitingSend> waitingSends = new();

    private bool HasWaitingSends => waitingSends.Count != 0;

    /// <summary>Sends a message if there is room for all of it now.</summary>
    /// <param name="message">At most what the ring holds, 56 bytes for each slot; longer ones need <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</param>
    /// <returns>False when the ring is full; then nothing was sent.</returns>
    /// <exception cref="PeerClosedException">The peer closed the channel.</exception>
    /// <exception cref="PeerEndedException">The peer's instance ended.</exception>
    public bool TrySend(ReadOnlySpan<byte> message)
    {
        CheckCanSend();
        if (HasWaitingSends || !ring.HasRoomFor((uint)message.Length))
        {
            return false;
        }
        if (loop.Trace is { } trace)
        {
            uint lines = RingLayout.LinesFor((uint)message.Length);
            trace.Add(TraceKind.Send, this, message.Length, ring.Sender.Head + lines);
        }
        fixed (byte* data = message)
        {
            _ = ring.TrySend(data, (uint)message.Length);
        }
        loop.Owe(this);
        return true;
    }

    /// <summary>Sends a value as it lies in memory, written in place, if there is room now.</summary>
    /// <returns>False when the ring is full; then nothing was sent.</returns>
    /// <exception cref="PeerClosedException">The peer closed the channel.</exception>
    /// <exception cref="PeerEndedException">The peer's instance ended.</exception>
    public bool TrySend<T>(in T message)
        where T : unmanaged
    {
        if (sizeof(T) > RingLayout.PayloadSize)
        {
            fixed (T* data = &message)
            {
                return TrySend(new ReadOnlySpan<byte>(data, sizeof(T)));
            }
        }
        CheckCanSend();
        if (HasWaitingSends)
        {
            return false;
        }
        RingPayload* slot = ring.Sender.TryReserve();
        if (slot == null)
        {
            ring.Counters.FullWaits++;
            return false;
        }
        if (loop.Trace is { } trace)
        {
            trace.Add(TraceKind.Send, this, sizeof(T), ring.Sender.Head + 1);
        }
        *(T*)slot = message;
        ring.CommitLine(RingLineKind.Start, (uint)sizeof(T));
        ring.Counters.MessagesSent++;
        ring.Counters.BytesSent += (uint)sizeof(T);
        loop.Owe(this);
        return true;
    }

    /// <summary>Sends a message; waits while the ring is full. Sends that wait go out in the order they were made.</summary>
    /// <param name="message">Any length up to <see cref="RingControl.MaximumLength"/>; not to be changed until sent.</param>
    /// <param name="cancellation">Gives up; what has gone out already of this message is taken back.</param>
    /// <exception cref="PeerClosedException">The peer closed the channel.</exception>
    /// <exception cref="PeerEndedException">The peer's instance ended.</exception>
    public ValueTask SendAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellation = default
    ) => SendAsync(message, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Sends a message; waits while the ring is full, at most the time given.</summary>
    /// <param name="message">Any length up to <see cref="RingControl.MaximumLength"/>; not to be changed until sent.</param>
    /// <param name="timeout">Longest wait.</param>
    /// <param name="cancellation">Gives up; what has gone out already of this message is taken back.</param>
    /// <exception cref="TimeoutException">There was no room in time.</exception>
    /// <exception cref="PeerClosedException">The peer closed the channel.</exception>
    /// <exception cref="PeerEndedException">The peer's instance ended.</exception>
    public ValueTask SendAsync(
        ReadOnlyMemory<byte> message,
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
    {
        CheckCanSend();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (uint)message.Length,
            RingControl.MaximumLength,
            nameof(message)
        );
        cancellation.ThrowIfCancellationRequested();
        if (!HasWaitingSends)
        {
            loop.Owe(this);
            if (Push(message) == RingStatus.Ok)
            {
                return ValueTask.CompletedTask;
            }
        }
        return Wait(message, timeout, cancellation);
    }

    /// <summary>Sends a value as it lies in memory; waits while the ring is full.</summary>
    /// <exception cref="PeerClosedException">The peer closed the channel.</exception>
    /// <exception cref="PeerEndedException">The peer's instance ended.</exception>
    public ValueTask SendAsync<T>(T message, CancellationToken cancellation = default)
        where T : unmanaged =>
        TrySend(in message)
            ? ValueTask.CompletedTask
            : SendAsync(new ReadOnlySpan<byte>(&message, sizeof(T)).ToArray(), cancellation);

    /// <summary>
    /// Rings the peer now if it sleeps and something was sent. The loop does it at the end of each turn; this is for code
    /// that sends and then computes for long.
    /// </summary>
    public void Flush()
    {
        if (!disposed && ring.OwesDoorbell)
        {
            RingDoorbell.FenceBeforeRinging();
            LookAtPeersDoorbell();
        }
    }

    private void CheckCanSend()
    {
        CheckUsable();
        ChannelState status = ReadState();
        if (status > ChannelState.Connected)
        {
            throw EndException(status);
        }
    }

    private RingStatus Push(ReadOnlyMemory<byte> message)
    {
        fixed (byte* data = message.Span)
        {
            return loop.Trace is { } trace
                ? PushTraced(trace, data, (uint)message.Length)
                : ring.TrySend(data, (uint)message.Length);
        }
    }

    // The time is from before the last line went out: no receive may seem to come before its send.
    private RingStatus PushTraced(TraceBuffer trace, byte* data, uint length)
    {
        long now = trace.Now;
        RingStatus status = ring.TrySend(data, length);
        TraceKind kind = status == RingStatus.Ok ? TraceKind.Send : TraceKind.Full;
        trace.AddAt(now, kind, this, length, ring.Sender.Head);
        return status;
    }

    private ValueTask Wait(
        ReadOnlyMemory<byte> message,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        // Given up, it must still be taken out of the queue, and a message half sent must be aborted: both at the next look.
        PendingOperation<bool> operation = new(loop) { GivenUp = () => loop.MakeHot(this) };
        operation.Start(timeout, cancellation);
        waitingSends.Enqueue(new WaitingSend(message, operation));
        loop.MakeHot(this);
        return operation.AsValueTask();
    }

    private bool PumpSends(ChannelState status)
    {
        if (status > ChannelState.Connected)
        {
            FailSends(EndException(status));
            return true;
        }
        bool worked = false;
        while (waitingSends.TryPeek(out WaitingSend first))
        {
            // Only the first in the queue can have been begun.
            uint before = ring.Sender.Head;
            bool givenUp = first.Operation.IsCompleted;
            RingStatus outcome = givenUp ? ring.TryAbort() : Push(first.Message);
            worked |= ring.Sender.Head != before;
            if (outcome == RingStatus.Full)
            {
                break;
            }
            waitingSends.Dequeue();
            if (!givenUp)
            {
                first.Operation.Complete(true);
            }
            worked = true;
        }
        if (worked)
        {
            loop.Owe(this);
        }
        return worked;
    }

    private void FailSends(Exception exception)
    {
        while (waitingSends.TryDequeue(out WaitingSend waiting))
        {
            if (!waiting.Operation.IsCompleted)
            {
                waiting.Operation.Fail(exception);
            }
        }
    }

    private readonly record struct WaitingSend(
        ReadOnlyMemory<byte> Message,
        PendingOperation<bool> Operation
    );
}

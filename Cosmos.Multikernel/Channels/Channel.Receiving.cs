using System.Numerics;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel.Channels;

/// <content>Receiving.</content>
public sealed partial class Channel
{
    private const int SmallBuffer = 512;

    private readonly PendingOperation<bool> receiving;

    // Pinned, so that the ring's code can keep writing through a pointer; grows to what messages need.
    private byte[] buffer = GC.AllocateUninitializedArray<byte>(SmallBuffer, pinned: true);
    private int ready = -1;
    private int longestMessage;

    private MessageReceiver<ReadOnlyMemory<byte>>? bytesReceiver;
    private object? valueReceiver;

    /// <summary>Receives the next message if it is there.</summary>
    /// <param name="message">This end's own copy; valid until the next receive on this channel.</param>
    /// <returns>False when no complete message is there.</returns>
    /// <exception cref="MalformedMessageException">The peer sent nonsense; it was dropped, the channel goes on.</exception>
    /// <exception cref="PeerClosedException">All is received, and the peer has closed the channel.</exception>
    /// <exception cref="PeerEndedException">All is received, and the peer's instance has ended.</exception>
    public bool TryReceive(out ReadOnlySpan<byte> message)
    {
        bool received = TryTake(out int length);
        message = buffer.AsSpan(0, length);
        return received;
    }

    /// <summary>Receives the next message if it is there.</summary>
    /// <param name="message">This end's own copy; valid until the next receive on this channel.</param>
    /// <returns>False when no complete message is there.</returns>
    /// <exception cref="MalformedMessageException">The peer sent nonsense; it was dropped, the channel goes on.</exception>
    /// <exception cref="PeerClosedException">All is received, and the peer has closed the channel.</exception>
    /// <exception cref="PeerEndedException">All is received, and the peer's instance has ended.</exception>
    public bool TryReceive(out ReadOnlyMemory<byte> message)
    {
        bool received = TryTake(out int length);
        message = buffer.AsMemory(0, length);
        return received;
    }

    /// <summary>Waits until a complete message is there, which <see cref="TryReceive(out ReadOnlyMemory{byte})"/> then gives.</summary>
    /// <exception cref="InvalidOperationException">Somebody else is already waiting on this channel.</exception>
    /// <exception cref="MalformedMessageException">The peer sent nonsense; it was dropped, the channel goes on.</exception>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    /// <exception cref="PeerClosedException">All is received, and the peer has closed the channel.</exception>
    /// <exception cref="PeerEndedException">All is received, and the peer's instance has ended.</exception>
    public ValueTask WaitToReceiveAsync(TimeSpan timeout, CancellationToken cancellation = default)
    {
        CheckUsable();
        StartReceiving(timeout, cancellation);
        BeginWaiting();
        return receiving.AsValueTask();
    }

    /// <summary>Receives the next message; waits for it.</summary>
    /// <returns>This end's own copy; valid until the next receive on this channel.</returns>
    /// <exception cref="MalformedMessageException">The peer sent nonsense; it was dropped, the channel goes on.</exception>
    /// <exception cref="PeerClosedException">All is received, and the peer has closed the channel.</exception>
    /// <exception cref="PeerEndedException">All is received, and the peer's instance has ended.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellation = default) =>
        ReceiveAsync(Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Receives the next message; waits for it, at most the time given.</summary>
    /// <returns>This end's own copy; valid until the next receive on this channel.</returns>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    /// <exception cref="MalformedMessageException">The peer sent nonsense; it was dropped, the channel goes on.</exception>
    /// <exception cref="PeerClosedException">All is received, and the peer has closed the channel.</exception>
    /// <exception cref="PeerEndedException">All is received, and the peer's instance has ended.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) =>
        TryReceive(out ReadOnlyMemory<byte> message)
            ? new(message)
            : ReceiveSlowly(timeout, cancellation);

    /// <summary>Receives the next message as a value that lies in memory as it was sent; waits for it.</summary>
    /// <exception cref="MalformedMessageException">The message has another length, or is nonsense.</exception>
    /// <exception cref="PeerClosedException">All is received, and the peer has closed the channel.</exception>
    /// <exception cref="PeerEndedException">All is received, and the peer's instance has ended.</exception>
    public ValueTask<T> ReceiveAsync<T>(CancellationToken cancellation = default)
        where T : unmanaged =>
        TryTake(out int length)
            ? new(As<T>(buffer.AsSpan(0, length)))
            : ReceiveSlowly<T>(cancellation);

    private ValueTask<ReadOnlyMemory<byte>> ReceiveSlowly(
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        StartReceiving(timeout, cancellation);
        bytesReceiver ??= new MessageReceiver<ReadOnlyMemory<byte>>(
            receiving,
            () => buffer.AsMemory(0, TakeAwaited())
        );
        return new(bytesReceiver, receiving.Token);
    }

    private ValueTask<T> ReceiveSlowly<T>(CancellationToken cancellation)
        where T : unmanaged
    {
        StartReceiving(Timeout.InfiniteTimeSpan, cancellation);
        if (valueReceiver is not MessageReceiver<T> receiver)
        {
            receiver = new MessageReceiver<T>(
                receiving,
                () => As<T>(buffer.AsSpan(0, TakeAwaited()))
            );
            valueReceiver = receiver;
        }
        return new(receiver, receiving.Token);
    }

    // Whoever calls has seen that the channel is open, or looks once: an end that comes later comes with a notification.
    private void StartReceiving(TimeSpan timeout, CancellationToken cancellation)
    {
        if (!receiving.IsCompleted || listener is not null)
        {
            throw new InvalidOperationException(
                $"Somebody else is already receiving from the {this}."
            );
        }
        cancellation.ThrowIfCancellationRequested();
        receiving.Start(timeout, cancellation);
        loop.MakeHot(this);
    }

    /// <summary>Takes the next message if it is there: so many bytes at the buffer's start.</summary>
    private bool TryTake(out int length)
    {
        CheckUsable();
        ChannelState status = ReadState();
        if (Fetch())
        {
            length = ready;
            ready = -1;
            return true;
        }
        if (status > ChannelState.Connected)
        {
            throw EndException(status);
        }
        length = 0;
        return false;
    }

    /// <summary>Takes the message that a receive was completed for: it lies in the buffer already.</summary>
    private int TakeAwaited()
    {
        if (ready < 0 || disposed)
        {
            // Somebody else took it, or closed the channel, before the one who waited had his turn.
            return TryTake(out int other) ? other : throw TakenAway();
        }
        int length = ready;
        ready = -1;
        return length;
    }

    private InvalidOperationException TakenAway() =>
        new($"Two receivers compete for messages of the {this}.");

    private unsafe T As<T>(ReadOnlySpan<byte> message)
        where T : unmanaged
    {
        if (message.Length == sizeof(T))
        {
            return Unsafe.ReadUnaligned<T>(in message[0]);
        }
        ring.Counters.Malformed++;
        throw new MalformedMessageException(
            $"A message of {message.Length} bytes came over the {this} where {typeof(T).Name} has {sizeof(T)}."
        );
    }

    private bool PumpReceive(ChannelState status)
    {
        try
        {
            if (Fetch())
            {
                receiving.Complete(true);
                return true;
            }
        }
        catch (MalformedMessageException exception)
        {
            receiving.Fail(exception);
            return true;
        }
        if (status > ChannelState.Connected)
        {
            receiving.Fail(EndException(status));
            return true;
        }
        return false;
    }

    /// <summary>Puts the next message together in the buffer, as far as its lines are there.</summary>
    private unsafe bool Fetch()
    {
        if (ready >= 0)
        {
            return true;
        }
        if (!ring.HasLine)
        {
            // The usual look of a polling loop: nothing but one load.
            return false;
        }
        while (true)
        {
            RingStatus outcome;
            uint length;
            fixed (byte* start = buffer)
            {
                outcome = ring.TryReceive(start, (uint)buffer.Length, out length);
            }
            if (ring.OwesDoorbell)
            {
                loop.Owe(this);
            }
            switch (outcome)
            {
                case RingStatus.Ok:
                    ready = (int)length;
                    if (loop.Trace is { } trace)
                    {
                        trace.Add(TraceKind.Receive, this, length, ring.Receiver.Tail);
                    }
                    return true;
                case RingStatus.Empty:
                    return false;
                case RingStatus.TooLong when length <= (uint)longestMessage:
                    int size = (int)BitOperations.RoundUpToPowerOf2(length);
                    buffer = GC.AllocateUninitializedArray<byte>(size, pinned: true);
                    break;
                case RingStatus.TooLong:
                    fixed (byte* start = buffer)
                    {
                        beginning = (int)ring.CopyHeld(start);
                    }
                    ring.Skip();
                    throw new MalformedMessageException(
                        $"A message of {length} bytes came over the {this}, which takes {longestMessage}."
                    );
                default:
                    beginning = 0;
                    throw new MalformedMessageException(
                        $"Something that is no message came over the {this}."
                    );
            }
        }
    }
}

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel.Channels;

/// <content>What the event loop does with a channel: look at it, arm it, ring its peer.</content>
public sealed unsafe partial class Channel
{
    private ChannelState lastState;
    private Action<ChannelException>? ended;

    /// <summary>
    /// Raised on the loop, once, when the peer has closed the channel or its instance has ended, whether or not anybody waits
    /// for a message. What the peer sent before can still be received. Not raised by this end's own <see cref="Dispose"/>.
    /// </summary>
    public event Action<ChannelException> Ended
    {
        add
        {
            ended += value;
            if (EndReason is { } reason)
            {
                loop.Post(() => value(reason));
            }
        }
        remove => ended -= value;
    }

    /// <summary>How the peer's side ended, once this side has seen it: still there after this side is closed.</summary>
    public ChannelException? EndReason { get; private set; }

    /// <summary>In the loop's list of channels to look at in every turn.</summary>
    internal bool IsHot { get; set; }

    /// <summary>In the loop's list of channels that owe their peer's doorbell a look.</summary>
    internal bool IsOwing { get; set; }

    /// <summary>How often the loop has looked in vain since something last happened.</summary>
    internal int VainLooks { get; set; }

    /// <summary>Whether the other end was closed or has ended.</summary>
    internal bool HasPeerLeft => State > ChannelState.Connected;

    /// <summary>Whether either end is gone.</summary>
    internal bool HasEnded => disposed || HasPeerLeft;

    /// <summary>Whether somebody waits for something to happen here.</summary>
    internal bool IsWaitedFor =>
        !receiving.IsCompleted
        || listener is not null
        || HasWaitingSends
        || connecting is { IsCompleted: false };

    /// <summary>
    /// Whether a look would find something; changes of state need none, for each comes with a notification.
    /// </summary>
    internal bool HasNews => (ring.HasLine && WantsLines) || (HasWaitingSends && ring.HasRoom);

    /// <summary>Whether the peer runs on this loop's own core.</summary>
    internal bool PeerIsHere { get; }

    private void BeginWaiting()
    {
        loop.MakeHot(this);
        if (ReadState() > ChannelState.Connected)
        {
            loop.LookOnce();
        }
    }

    /// <summary>Notified: something is there, or the state has changed.</summary>
    internal void Rung()
    {
        if (loop.Trace is { } trace)
        {
            trace.Add(TraceKind.Rung, this);
        }
        if (waiting.Count != 0)
        {
            RetryCapabilities();
        }
        if (IsWaitedFor)
        {
            loop.MakeHot(this);
        }
        else
        {
            ReadState();
        }
    }

    /// <summary>Completes what can be completed; true when something was.</summary>
    internal bool Look()
    {
        // Acquire: the state is read before the ring. A peer that sent and then closed is heard to the end.
        ChannelState status = ReadState();
        bool worked = false;
        if (connecting is { IsCompleted: false } && status != ChannelState.Connecting)
        {
            FinishConnecting(status);
            worked = true;
        }
        if (HasWaitingSends)
        {
            worked |= PumpSends(status);
        }
        if (!receiving.IsCompleted)
        {
            worked |= PumpReceive(status);
        }
        if (listener is not null)
        {
            worked |= PumpListener(status);
        }
        return worked;
    }

    /// <summary>
    /// Arms the doorbell; true when there is nothing to do here until it rings. The state needs no look: whoever changes it
    /// notifies, armed or not.
    /// </summary>
    internal bool Arm() => ring.ArmAndRecheck(wantsLines: WantsLines, wantsRoom: HasWaitingSends);

    /// <summary>Looked at from now on: the peer need not ring.</summary>
    internal void Disarm() => ring.Doorbell.Disarm();

    /// <summary>After the loop's fence: rings the peer if it sleeps.</summary>
    internal void LookAtPeersDoorbell()
    {
        if (!disposed && ring.LookAtDoorbell())
        {
            if (loop.Trace is { } trace)
            {
                trace.Add(TraceKind.Ring, this);
            }
            loop.Platform.Notify(Handle);
        }
    }

    private ChannelState ReadState()
    {
        ChannelState status = (ChannelState)Volatile.Read(ref *state);
        if (status != lastState)
        {
            lastState = status;
            if (status is ChannelState.PeerClosed or ChannelState.PeerEnded)
            {
                EndReason = EndException(status);
                loop.Post(() => ended?.Invoke(EndReason));
            }
        }
        return status;
    }

    private void FinishConnecting(ChannelState status)
    {
        PendingOperation<Channel> operation = connecting!;

        // The peer may have accepted, sent and left again before this loop got to look: what it sent is still heard.
        if (status is ChannelState.Connected or ChannelState.PeerClosed || ring.HasLine)
        {
            operation.Complete(this);
            return;
        }
        operation.Fail(EndException(status));
        Dispose();
    }

    private void FailAll(Exception exception)
    {
        if (connecting is { IsCompleted: false })
        {
            connecting.Fail(exception);
        }
        if (!receiving.IsCompleted)
        {
            receiving.Fail(exception);
        }
        StopListening(exception);
        FailSends(exception);
        FailCapabilities(exception);
    }
}

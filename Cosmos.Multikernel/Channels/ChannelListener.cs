namespace Cosmos.Multikernel.Channels;

/// <summary>
/// Takes each message of a channel in the turn of the event loop that finds it: no await, no continuation, nothing queued
/// between the ring and whoever handles the message.
/// </summary>
/// <remarks>
/// A class and no interface: most instances have two kinds of listener, and a call through an interface that meets both is
/// looked up in a table each time, several times a message.
/// </remarks>
public abstract class ChannelListener
{
    // Users of the library receive by Channel.ReceiveAsync.
    private protected ChannelListener(bool readsWhileSending)
    {
        ReadsWhileSending = readsWhileSending;
    }

    /// <summary>
    /// Whether messages are taken while sends of this end wait for room. A server says no, so that a client that does not
    /// read its replies holds back itself; were both ends to say no, each could wait for the other for ever.
    /// </summary>
    internal bool ReadsWhileSending { get; }

    /// <summary>Takes no message just now; <see cref="Channel.ListenOn"/> says when it does again.</summary>
    internal abstract bool IsBusy { get; }

    /// <summary>A message came: this end's own copy, valid until the method returns.</summary>
    internal abstract void Received(ReadOnlySpan<byte> message);

    /// <summary>A message came that is longer than this end takes: what of it is known, at most a line.</summary>
    internal abstract void Dropped(
        ReadOnlySpan<byte> beginning,
        MalformedMessageException exception
    );

    /// <summary>Nothing will come any more; called once.</summary>
    internal abstract void Ended(Exception exception);
}

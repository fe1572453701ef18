using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Channels;

/// <content>Listening: messages handed to a listener as the loop finds them, instead of being awaited.</content>
public sealed partial class Channel
{
    // Then the loop's other channels have their turn.
    private const int MostMessagesInALook = 64;

    private ChannelListener? listener;

    // Bytes in the buffer of a message that was dropped for its length; 0 when another reason leaves nothing to go by.
    private int beginning;

    /// <summary>Whether somebody wants the lines that come.</summary>
    private bool WantsLines =>
        !receiving.IsCompleted
        || (listener is { IsBusy: false } && (listener.ReadsWhileSending || !HasWaitingSends));

    /// <summary>Hands every message from now on to the listener; nobody may receive here any more.</summary>
    internal void Listen(ChannelListener listener)
    {
        CheckUsable();
        this.listener = listener;
        BeginWaiting();
    }

    /// <summary>The listener takes messages again.</summary>
    internal void ListenOn()
    {
        if (listener is not null)
        {
            BeginWaiting();
        }
    }

    private bool PumpListener(ChannelState status)
    {
        for (int taken = 0; taken < MostMessagesInALook; taken++)
        {
            if (listener is null || !WantsLines)
            {
                return taken != 0;
            }
            try
            {
                if (!Fetch())
                {
                    return EndListening(status) || taken != 0;
                }
            }
            catch (MalformedMessageException exception)
            {
                // Counted. The next message may be a good one.
                int known = beginning;
                beginning = 0;
                if (known != 0)
                {
                    listener.Dropped(buffer.AsSpan(0, known), exception);
                }
                continue;
            }
            int length = ready;
            ready = -1;
            listener.Received(buffer.AsSpan(0, length));
        }
        return true;
    }

    private bool EndListening(ChannelState status)
    {
        if (status <= ChannelState.Connected)
        {
            return false;
        }
        StopListening(EndException(status));
        return true;
    }

    private void StopListening(Exception exception)
    {
        ChannelListener? ended = listener;
        listener = null;
        ended?.Ended(exception);
    }
}

using System.Threading.Tasks.Sources;

namespace Cosmos.Multikernel.Channels;

/// <summary>
/// What awaits on a channel's next message as a value. It only passes on to the channel's one pending receive and takes the
/// message when that is complete, so one for each channel and type serves all receives: none allocates.
/// </summary>
internal sealed class MessageReceiver<T>(PendingOperation<bool> receiving, Func<T> take)
    : IValueTaskSource<T>
{
    /// <inheritdoc/>
    public T GetResult(short token)
    {
        receiving.GetResult(token);
        return take();
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => receiving.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => receiving.OnCompleted(continuation, state, token, flags);
}

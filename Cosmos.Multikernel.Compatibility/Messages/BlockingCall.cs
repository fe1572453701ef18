namespace Cosmos.Multikernel.Compatibility.Messages;

/// <summary>
/// Asks other instances from code that waits for the answer, as all code of a kernel in Cosmos's style does: messages come on the
/// event loop, beside the kernel's own thread.
/// </summary>
internal static class BlockingCall
{
    /// <summary>How long an instance that the image has may take to start, under an emulator as well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // For the call itself, after its server was found.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    /// <summary>Runs asynchronous code on the event loop and waits for what comes of it.</summary>
    /// <param name="caller">The member that waits, for the errors.</param>
    /// <param name="call">The code; it gives up by itself when nobody is there to answer.</param>
    /// <param name="work">How long the call takes when all is well, beside the messages.</param>
    /// <exception cref="InvalidOperationException">This is the event loop, which must not wait; or it does not run.</exception>
    public static T Run<T>(string caller, Func<Task<T>> call, TimeSpan work = default)
    {
        EventLoop loop = EventLoop.Instance;
        if (loop.IsCurrent)
        {
            throw new InvalidOperationException(
                $"{caller} waits for an answer that comes on the event loop: call it elsewhere, or ask by message."
            );
        }
        Task<T> answer = loop.InvokeAsync(call);
        if (((IAsyncResult)answer).AsyncWaitHandle.WaitOne(Patience + AnswerPatience + work))
        {
            return answer.GetAwaiter().GetResult();
        }
        throw new InvalidOperationException(
            $"{caller} gets no answer: the event loop does not run, or is stuck."
        );
    }
}

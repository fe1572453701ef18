namespace Cosmos.Multikernel.Drivers.FileSystems;

/// <summary>
/// Lets any number of readers in, or one writer alone, in the order they came. No lock: everybody is on one event loop, and
/// what is kept apart are operations that wait for the disk in their middle.
/// </summary>
internal sealed class ReaderWriterGate
{
    private readonly Queue<(bool IsWriter, TaskCompletionSource Turn)> waiting = [];
    private int readers;
    private bool isWriting;

    /// <summary>Comes in as a reader.</summary>
    public ValueTask EnterSharedAsync()
    {
        if (isWriting || waiting.Count > 0)
        {
            return WaitAsync(isWriter: false);
        }
        readers++;
        return ValueTask.CompletedTask;
    }

    /// <summary>Comes in alone.</summary>
    public ValueTask EnterAloneAsync()
    {
        if (isWriting || readers > 0 || waiting.Count > 0)
        {
            return WaitAsync(isWriter: true);
        }
        isWriting = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>A reader leaves.</summary>
    public void ExitShared()
    {
        readers--;
        LetIn();
    }

    /// <summary>The writer leaves.</summary>
    public void ExitAlone()
    {
        isWriting = false;
        LetIn();
    }

    private ValueTask WaitAsync(bool isWriter)
    {
        TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Enqueue((isWriter, turn));
        return new ValueTask(turn.Task);
    }

    private void LetIn()
    {
        while (!isWriting && waiting.TryPeek(out (bool IsWriter, TaskCompletionSource Turn) next))
        {
            if (next.IsWriter && readers > 0)
            {
                return;
            }
            waiting.Dequeue();
            isWriting = next.IsWriter;
            readers += next.IsWriter ? 0 : 1;
            next.Turn.SetResult();
        }
    }
}

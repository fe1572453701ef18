namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>Waiting for hardware.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Looks now and then whether a condition has come true, until a time has passed: for what a device does without telling by an
    /// interrupt.
    /// </summary>
    public static async Task<bool> ComesTrueAsync(Func<bool> condition, TimeSpan limit)
    {
        for (TimeSpan waited = default; !condition(); waited += Pause)
        {
            if (waited >= limit)
            {
                return false;
            }
            await EventLoop.Current.Delay(Pause);
        }
        return true;
    }

    /// <summary>Whether a task has completed, in whichever way, before a time has passed.</summary>
    public static async Task<bool> CompletesAsync(Task task, TimeSpan limit)
    {
        // Not by Task.WhenAny, which goes by way of the thread pool where tasks do not want their continuations inline.
        CancellationTokenSource isComplete = new();
        _ = CancelBehindAsync(task, isComplete);
        try
        {
            await EventLoop.Current.Delay(limit, isComplete.Token);
        }
        catch (OperationCanceledException) when (isComplete.IsCancellationRequested) { }
        return task.IsCompleted;
    }

    private static async Task CancelBehindAsync(Task task, CancellationTokenSource source)
    {
        await task.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
        source.Cancel();
    }
}

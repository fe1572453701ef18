using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel;

/// <content>Waiting for time and for tasks.</content>
/// <remarks>
/// What .NET has for this (Task.Delay, Task.WaitAsync, Task.WhenAny) goes by way of timers and the thread pool: the event loop would be
/// woken by another thread, and in the simulator there is no other. Here all happens on the loop.
/// </remarks>
public sealed partial class EventLoop
{
    // So many delays that were awaited are kept for their next use.
    private const int IdleDelays = 64;

    private readonly OperationPool<bool> delays;

    /// <summary>Completes after the time has passed.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask Delay(TimeSpan time, CancellationToken cancellation = default) =>
        delays.Start(time, cancellation, timeoutIsResult: true).AsValueTask();

    /// <summary>Whether a task completes, in whichever way, before a time has passed.</summary>
    public async Task<bool> CompletesAsync(Task task, TimeSpan limit)
    {
        PendingOperation<bool> end = new(this);
        end.Start(limit, CancellationToken.None, timeoutIsResult: true);
        CompleteBehind(task, end);
        return await end.AsValueTaskOfT() || task.IsCompleted;
    }

    /// <summary>The first of some tasks that completes, in whichever way.</summary>
    /// <exception cref="ArgumentException">There are no tasks.</exception>
    public static Task<Task> WhenAny(params IReadOnlyCollection<Task> tasks)
    {
        if (tasks.Count == 0)
        {
            throw new ArgumentException("Of no tasks none is the first.", nameof(tasks));
        }
        TaskCompletionSource<Task> first = new();
        foreach (Task task in tasks)
        {
            SetBehind(task, first);
        }
        return first.Task;
    }

    private static async void CompleteBehind(Task task, PendingOperation<bool> end)
    {
        await EndOf(task);
        if (!end.IsCompleted)
        {
            end.Complete(true);
        }
    }

    private static async void SetBehind(Task task, TaskCompletionSource<Task> first)
    {
        await EndOf(task);
        first.TrySetResult(task);
    }

    private static ConfiguredTaskAwaitable EndOf(Task task) =>
        task.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
}

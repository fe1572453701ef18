namespace Cosmos.Multikernel;

/// <summary>Runs tasks on the loop, for code that schedules tasks rather than awaits.</summary>
internal sealed class EventLoopScheduler(EventLoop loop) : TaskScheduler
{
    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Called by the loop when the task's turn has come.</summary>
    public void Execute(Task task) => TryExecuteTask(task);

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => loop.Enqueue(new WorkItem(this, task));

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && loop.IsCurrent && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [];
}

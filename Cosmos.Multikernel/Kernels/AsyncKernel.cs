using Cosmos.Multikernel.Kernels;
using Cosmos.Multikernel.Services;

namespace Cosmos.System;

/// <summary>
/// A kernel that lives on its instance's event loop: it awaits messages instead of blocking, and because everything
/// runs on that one thread, it needs no locks.
/// </summary>
/// <remarks>
/// <see cref="Kernel.OnBoot"/>, <see cref="BeforeRunAsync"/>, then <see cref="RunAsync"/> again and again until
/// <see cref="Kernel.Stop()"/>, then <see cref="AfterRunAsync"/>. Nothing here may block; blocking work belongs in
/// <c>Task.Run</c>.
/// </remarks>
public abstract class AsyncKernel : Kernel
{
    /// <summary>Called once, before the first <see cref="RunAsync"/>.</summary>
    protected virtual Task BeforeRunAsync() => Task.CompletedTask;

    /// <summary>Called again and again, each time the previous call's task has completed, until <see cref="Kernel.Stop()"/>.</summary>
    /// <param name="stopping">Cancelled by <see cref="Kernel.Stop()"/>; ending by its cancellation is a normal end.</param>
    protected abstract Task RunAsync(CancellationToken stopping);

    /// <summary>Called once, after the last <see cref="RunAsync"/>.</summary>
    protected virtual Task AfterRunAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public sealed override void Start()
    {
        CallOnBoot();
        InstanceHost.RunOnLoop(LiveAsync);
    }

    /// <summary>Unused: an asynchronous kernel runs <see cref="RunAsync"/>.</summary>
    protected sealed override void Run() { }

    /// <summary>Unused: an asynchronous kernel runs <see cref="BeforeRunAsync"/>.</summary>
    protected sealed override void BeforeRun() { }

    /// <summary>Unused: an asynchronous kernel runs <see cref="AfterRunAsync"/>.</summary>
    protected sealed override void AfterRun() { }

    /// <summary>The kernel's life on the loop, after <see cref="Kernel.OnBoot"/>.</summary>
    internal async Task LiveAsync()
    {
        InstanceHost.Enter(InstanceState.Running);
        await BeforeRunAsync();
        try
        {
            while (!IsStopping)
            {
                Task run = RunAsync(Stopping);
                if (run.IsCompleted)
                {
                    // It awaited nothing: without this the loop would never get to its channels.
                    await Task.Yield();
                }
                await run;
            }
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            // Stop() cancels whatever RunAsync was waiting for: that is how an asynchronous kernel ends.
        }

        InstanceHost.Enter(InstanceState.Stopping);
        await AfterRunAsync();
    }
}

using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel;

/// <content>Starting instances that have ended.</content>
public static partial class Machine
{
    /// <summary>
    /// Starts a declared instance that has ended and is not started again by itself, or no longer. On the event loop only.
    /// </summary>
    /// <param name="core">Its core.</param>
    /// <param name="instance">Its name.</param>
    /// <param name="timeout">Longest wait: the memory of its last life may be on the way back.</param>
    /// <param name="cancellation">Gives up; it may be started all the same.</param>
    /// <returns>False when it runs already.</returns>
    /// <exception cref="ChannelRefusedException">There is no such instance.</exception>
    /// <exception cref="StartFailedException">Its core has no memory for it, its image cannot run, or a hosted machine has no launcher.</exception>
    /// <exception cref="MonitorUnavailableException">This core's or its core's monitor has ended.</exception>
    /// <exception cref="InvalidOperationException">No monitor is declared for this core.</exception>
    /// <exception cref="TimeoutException">It was not started in time.</exception>
    public static async Task<bool> StartInstanceAsync(
        int core,
        string instance,
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
    {
        EventLoop loop = EventLoop.Current;
        MonitorConnection connection =
            loop.Monitor
            ?? throw new InvalidOperationException($"No monitor is declared for core {loop.Core}.");
        using Deadline deadline = new(loop, timeout, cancellation);
        return await connection.StartAsync(core, instance, deadline) switch
        {
            StartVerdict.Started => true,
            StartVerdict.Running => false,
            StartVerdict.NoInstance => throw new ChannelRefusedException(
                $"There is no instance '{instance}' on core {core}."
            ),
            StartVerdict.NoMonitor => throw new MonitorUnavailableException(
                core,
                $"Instance '{instance}' on core {core} cannot be started: the monitor of its core has ended."
            ),
            StartVerdict.NoLauncher => throw new StartFailedException(
                $"Instance '{instance}' on core {core} cannot be started: this machine has no launcher."
            ),
            _ => throw new StartFailedException(
                $"Instance '{instance}' on core {core} could not be started: its core's log says why."
            ),
        };
    }
}

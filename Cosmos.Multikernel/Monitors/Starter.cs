using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// Starts instances that have ended because somebody wants it: this core's through its CPU driver, others' through their monitors.
/// Restarts that the boot medium asks for are no affair of monitors (docs/kernel-instances.md).
/// </summary>
internal sealed class Starter(CoreMonitor monitor)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(10);

    /// <summary>Starts an instance on whichever core.</summary>
    public async Task<StartVerdict> StartAsync(
        int core,
        string instance,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (!monitor.Loop.Platform.IsDeclared(core, instance))
        {
            return StartVerdict.NoInstance;
        }
        if (core == monitor.Core)
        {
            using Deadline deadline = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
            return await StartAsync(instance, deadline);
        }
        if (monitor.Declared.On(core) is null)
        {
            return StartVerdict.NoMonitor;
        }
        using Deadline reply = Deadline.OfReply(monitor.Loop, milliseconds, cancellation);
        try
        {
            return await monitor.Peers.AskAsync(
                core,
                peer => peer.StartAsync(instance, milliseconds, reply.Token),
                reply.Token
            );
        }
        catch (ChannelRefusedException)
        {
            return StartVerdict.NoMonitor;
        }
        catch (OperationCanceledException)
        {
            return StartVerdict.NotYet;
        }
    }

    /// <summary>Starts an instance of this core.</summary>
    public async Task<StartVerdict> StartAsync(string instance, Deadline deadline)
    {
        bool waited = false;
        while (true)
        {
            StartVerdict verdict = monitor.Loop.Platform.Start(instance);
            if (verdict != StartVerdict.NotYet)
            {
                // What runs now and did not before has been started, by whomever.
                return waited && verdict == StartVerdict.Running ? StartVerdict.Started : verdict;
            }
            waited = true;
            try
            {
                await monitor.Loop.Delay(Retry, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return StartVerdict.NotYet;
            }
        }
    }
}

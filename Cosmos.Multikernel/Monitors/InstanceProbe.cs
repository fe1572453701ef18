using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// Finds out about an instance that is not connected to its monitor: a channel is offered to it, and either its event loop
/// takes it (then it connects any moment) or its CPU driver says that it has ended.
/// </summary>
internal sealed class InstanceProbe(CoreMonitor monitor)
{
    /// <summary>What a probing channel is for; every event loop closes it at once.</summary>
    public const string Service = "probe";

    private readonly Dictionary<string, Task<BindingAnswer?>> probes = [];

    /// <summary>Waits until the instance is connected or known to have ended, or the deadline has passed.</summary>
    /// <returns>How it ended; null otherwise.</returns>
    public async Task<BindingAnswer?> FindEndAsync(string instance, Deadline deadline)
    {
        if (!probes.TryGetValue(instance, out Task<BindingAnswer?>? probe))
        {
            // One at a time for each instance, however many ask.
            probe = ProbeAsync(instance);
            probes[instance] = probe;
            RemoveWhenDone(instance, probe);
        }
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token
        );
        try
        {
            Task changed = monitor.ClientsChanged.WaitAsync(over.Token).AsTask();
            Task first = await EventLoop.WhenAny(probe, changed);
            if (first == probe && await probe is { } end)
            {
                // Who waits for the next change would wait on, and be one more for each question about a dead instance.
                over.Cancel();
                return end;
            }
            await changed;
        }
        catch (OperationCanceledException)
        {
            // The deadline: the caller sees it.
        }
        return null;
    }

    private async Task<BindingAnswer?> ProbeAsync(string instance)
    {
        try
        {
            using Channel channel = await Channel.ConnectAsync(
                monitor.Core,
                instance,
                new ChannelOptions { Slots = 8, Service = Service }
            );
            return null;
        }
        catch (PeerEndedException end)
        {
            return new BindingAnswer(BindingVerdict.Ended, end.WaitStatus);
        }
        catch (ChannelRefusedException refused) when (refused.IsAbsent)
        {
            // It has ended before: how, the board may know.
            return
                monitor.Board.Find(monitor.Core, instance)
                    is { Condition: InstanceCondition.Ended } ended
                ? new BindingAnswer(BindingVerdict.Ended, ended.WaitStatus)
                : new BindingAnswer(BindingVerdict.NoInstance);
        }
        catch (ChannelException)
        {
            return null;
        }
    }

    private async void RemoveWhenDone(string instance, Task<BindingAnswer?> probe)
    {
        await probe;
        probes.Remove(instance);
    }
}

using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// Binding: a client's wish goes to the server's monitor, from there to the server, and the answer back; then the client's
/// monitor lets the client connect, once.
/// </summary>
internal sealed class Binder(CoreMonitor monitor)
{
    private readonly InstanceProbe probe = new(monitor);

    /// <summary>A wish of an instance of this core.</summary>
    public async Task<BindingAnswer> BindAsync(
        ClientDesk client,
        int core,
        string instance,
        string service,
        ulong interfaceHash,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        BindingAnswer answer;
        if (!monitor.Loop.Platform.IsDeclared(core, instance))
        {
            answer = new BindingAnswer(BindingVerdict.NoInstance);
        }
        else if (core == monitor.Core)
        {
            using Deadline deadline = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
            answer = await AskAsync(
                core,
                client.Instance,
                instance,
                service,
                interfaceHash,
                deadline
            );
        }
        else if (monitor.Declared.On(core) is null)
        {
            // Nobody there to ask: the server's CPU driver and event loop decide alone.
            answer = new BindingAnswer(BindingVerdict.Accepted);
        }
        else
        {
            answer = await AskPeerAsync(
                client.Instance,
                core,
                instance,
                service,
                interfaceHash,
                milliseconds,
                cancellation
            );
        }
        bool permitted =
            answer.Verdict != BindingVerdict.Accepted
            || client.HasLeft
            || monitor.Loop.Platform.Permit(client.Handle, core, instance);
        return permitted ? answer : new BindingAnswer(BindingVerdict.Busy);
    }

    /// <summary>Asks an instance of this core.</summary>
    public async Task<BindingAnswer> AskAsync(
        int clientCore,
        string client,
        string instance,
        string service,
        ulong interfaceHash,
        Deadline deadline
    )
    {
        if (monitor.Declared.Contains(monitor.Core, instance))
        {
            // This monitor itself: its own services look at their clients when they accept, the rest is anybody's.
            return new BindingAnswer(BindingVerdict.Accepted);
        }
        while (monitor.FindClient(instance) is null)
        {
            // It may be about to start, or it may never come: a program without an event loop, or one that has ended.
            if (await probe.FindEndAsync(instance, deadline) is { } end)
            {
                return end;
            }
            if (deadline.Token.IsCancellationRequested)
            {
                return new BindingAnswer(BindingVerdict.NotYet);
            }
        }
        return await monitor
            .FindClient(instance)!
            .AskAsync(clientCore, client, service, interfaceHash, deadline);
    }

    private async Task<BindingAnswer> AskPeerAsync(
        string client,
        int core,
        string instance,
        string service,
        ulong interfaceHash,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        using Deadline deadline = Deadline.OfReply(monitor.Loop, milliseconds, cancellation);
        try
        {
            return await monitor.Peers.AskAsync(
                core,
                peer =>
                    peer.BindAsync(
                        client,
                        instance,
                        service,
                        interfaceHash,
                        milliseconds,
                        deadline.Token
                    ),
                deadline.Token
            );
        }
        catch (ChannelRefusedException)
        {
            return new BindingAnswer(BindingVerdict.NoMonitor);
        }
        catch (OperationCanceledException)
        {
            return new BindingAnswer(BindingVerdict.NotYet);
        }
    }
}

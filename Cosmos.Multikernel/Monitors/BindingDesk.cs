using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// Where an instance says whether it takes a channel, before the channel exists: it sees who asks, for which service and
/// with which version of the interface.
/// </summary>
internal sealed class BindingDesk(EventLoop loop)
{
    /// <summary>Answers a request when it can; a service that nobody serves yet is waited for, as long as the client waits.</summary>
    public async void Answer(MonitorProxy monitor, MonitorRequest request)
    {
        BindingAnswer answer;
        using (Deadline deadline = Deadline.OfSlice(loop, request.Milliseconds, default))
        {
            answer = await DecideAsync(request, deadline);
        }
        try
        {
            await monitor.AnswerAsync(request.Number, answer);
        }
        catch (Exception exception) when (exception is ChannelException or ObjectDisposedException)
        {
            // The monitor has ended: the client hears of that instead.
        }
    }

    private async Task<BindingAnswer> DecideAsync(MonitorRequest request, Deadline deadline)
    {
        string service = request.Text.ToString();
        while (!loop.IsServed(service))
        {
            // Bytes without a version may wait in the ring until somebody accepts; a version must be compared first.
            if (request.InterfaceHash == 0)
            {
                return new BindingAnswer(BindingVerdict.Accepted);
            }
            try
            {
                await loop.ServicesChanged.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return new BindingAnswer(BindingVerdict.NotYet);
            }
        }
        return loop.Admit(
            service,
            new BindingRequest(
                request.Core,
                request.Instance.ToString(),
                service,
                request.InterfaceHash
            )
        );
    }
}

/// <summary>Who wants to bind to what: what a server sees before it takes a channel.</summary>
/// <param name="Core">The client's core.</param>
/// <param name="Instance">The client's name. Core and name come from its CPU driver, not from itself.</param>
/// <param name="Service">The service wanted.</param>
/// <param name="InterfaceHash">The client's version of the interface; 0 for bytes without one.</param>
public sealed record BindingRequest(int Core, string Instance, string Service, ulong InterfaceHash);

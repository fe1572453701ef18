using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;

namespace Cosmos.Multikernel;

/// <content>
/// Accepting channels: each is taken as soon as it is offered, says in its opening which service it is for, and waits here
/// for somebody who accepts that.
/// </content>
public sealed partial class EventLoop
{
    // An opening is sent before the offer is seen; a peer that has not done so by now never will.
    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(10);

    // Of channels for services that nobody has ever accepted, as many are kept in all; more are closed. Where somebody
    // accepts, a burst (every core of a large machine at boot) waits its turn.
    private const int MostUnaccepted = 64;

    private readonly Dictionary<string, ServiceQueue> services = [];
    private readonly List<Channel> unaccepted = [];
    private bool acceptsOffers;

    /// <summary>Channels closed because their opening meant nothing, or because too many wait that nobody accepts.</summary>
    public int TurnedAway { get; private set; }

    internal ValueTask<Channel> AcceptAsync(
        string service,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        acceptsOffers = true;
        if (!services.TryGetValue(service, out ServiceQueue? queue))
        {
            queue = Serve(service);
        }
        PendingOperation<Channel> operation = new(this);
        operation.Start(timeout, cancellation);
        queue.Accepting.Enqueue(operation);
        queue.Match();
        AcceptOffers();
        return operation.AsValueTaskOfT();
    }

    private bool AcceptOffers()
    {
        bool any = false;
        while (
            acceptsOffers
            && platform.PendingOffers != 0
            && platform.TryAccept(out ChannelBinding binding)
        )
        {
            Open(new Channel(this, binding, ChannelOptions.Default, ChannelState.Connected));
            any = true;
        }
        return any;
    }

    private async void Open(Channel channel)
    {
        try
        {
            await channel.ReceiveOpeningAsync(OpeningLimit);
        }
        catch (Exception exception) when (exception is ChannelException or TimeoutException)
        {
            TurnedAway++;
            channel.Dispose();
            return;
        }
        if (services.TryGetValue(channel.Service, out ServiceQueue? queue))
        {
            queue.Offered.Enqueue(channel);
            queue.Match();
            return;
        }
        if (unaccepted.Count == MostUnaccepted)
        {
            ForgetThoseWhoLeft();
        }
        if (unaccepted.Count == MostUnaccepted)
        {
            TurnedAway++;
            channel.Dispose();
            return;
        }
        unaccepted.Add(channel);
    }

    /// <summary>Somebody accepts a service for the first time: the channels that waited for that are its own.</summary>
    private ServiceQueue Serve(string service)
    {
        ServiceQueue queue = new();
        services.Add(service, queue);
        foreach (Channel channel in unaccepted.Where(channel => channel.Service == service))
        {
            queue.Offered.Enqueue(channel);
        }
        unaccepted.RemoveAll(channel => channel.Service == service);
        return queue;
    }

    private void ForgetThoseWhoLeft()
    {
        foreach (Channel channel in unaccepted.Where(channel => channel.HasPeerLeft))
        {
            channel.Dispose();
        }
        unaccepted.RemoveAll(channel => channel.HasPeerLeft);
    }

    /// <summary>Who waits for channels of a service, and the channels that wait for somebody. One of the two is empty.</summary>
    private sealed class ServiceQueue
    {
        public Queue<PendingOperation<Channel>> Accepting { get; } = new();

        public Queue<Channel> Offered { get; } = new();

        public void Match()
        {
            while (Accepting.Count != 0 && Offered.Count != 0)
            {
                // One that was cancelled or timed out is still in the queue.
                PendingOperation<Channel> operation = Accepting.Dequeue();
                if (!operation.IsCompleted)
                {
                    operation.Complete(Offered.Dequeue());
                }
            }
        }
    }
}

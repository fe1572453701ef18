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

    // Of channels for a service that nobody has ever accepted, as many are kept; more are closed. Where somebody accepts,
    // a burst (every core of a large machine at boot) waits its turn.
    private const int MostUnaccepted = 64;

    private readonly Dictionary<string, ServiceQueue> services = [];
    private bool acceptsOffers;

    /// <summary>Channels closed because their opening meant nothing or nobody wanted so many of their service.</summary>
    public int TurnedAway { get; private set; }

    internal ValueTask<Channel> AcceptAsync(
        string service,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        acceptsOffers = true;
        var queue = QueueOf(service);
        PendingOperation<Channel> operation = new(this);
        operation.Start(timeout, cancellation);
        queue.IsServed = true;
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
        var queue = QueueOf(channel.Service);
        if (!queue.IsServed && queue.Offered.Count == MostUnaccepted)
        {
            TurnedAway++;
            channel.Dispose();
            return;
        }
        queue.Offered.Enqueue(channel);
        queue.Match();
    }

    private ServiceQueue QueueOf(string service)
    {
        if (!services.TryGetValue(service, out ServiceQueue? queue))
        {
            queue = new ServiceQueue();
            services.Add(service, queue);
        }
        return queue;
    }

    /// <summary>Who waits for channels of a service, and the channels that wait for somebody. One of the two is empty.</summary>
    private sealed class ServiceQueue
    {
        public Queue<PendingOperation<Channel>> Accepting { get; } = new();

        /// <summary>Somebody has accepted this service before: it has a server.</summary>
        public bool IsServed { get; set; }

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

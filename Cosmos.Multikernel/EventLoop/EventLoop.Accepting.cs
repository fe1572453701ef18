using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Monitors;

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

    /// <summary>Clients refused because the server's <c>admit</c> threw.</summary>
    public int AdmitFailures { get; private set; }

    /// <summary>Changes when a service gets its first server.</summary>
    internal ChangeSignal ServicesChanged { get; }

    /// <summary>Whether somebody accepts, or has accepted, channels for a service.</summary>
    internal bool IsServed(string service) => services.ContainsKey(service);

    /// <summary>Says which version of an interface a service has, and whom it takes.</summary>
    internal void Declare(string service, ulong interfaceHash, Predicate<BindingRequest>? admit)
    {
        if (!services.TryGetValue(service, out ServiceQueue? queue))
        {
            queue = Serve(service);
        }
        queue.InterfaceHash = interfaceHash;
        queue.Admit = admit;
    }

    /// <summary>Whether a service that is served takes a client.</summary>
    internal BindingAnswer Admit(string service, BindingRequest request)
    {
        ServiceQueue queue = services[service];
        bool differs =
            queue.InterfaceHash != 0
            && request.InterfaceHash != 0
            && queue.InterfaceHash != request.InterfaceHash;
        if (differs)
        {
            return new BindingAnswer(BindingVerdict.Mismatch, InterfaceHash: queue.InterfaceHash);
        }
        return new BindingAnswer(
            IsAdmitted(queue, request) ? BindingVerdict.Accepted : BindingVerdict.Refused
        );
    }

    // What the server's author wrote may throw: that is this client's misfortune and nobody else's.
    private bool IsAdmitted(ServiceQueue queue, BindingRequest request)
    {
        try
        {
            return queue.Admit?.Invoke(request) ?? true;
        }
        catch (Exception)
        {
            AdmitFailures++;
            return false;
        }
    }

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
        queue.ForgetGivenUp();
        queue.Accepting.Enqueue(operation);
        queue.Match();
        AcceptOffers();
        return operation.AsValueTaskOfT();
    }

    private void AcceptOffers()
    {
        while (
            acceptsOffers
            && platform.PendingOffers != 0
            && platform.TryAccept(out ChannelBinding binding)
        )
        {
            Open(new Channel(this, binding, ChannelOptions.Default, ChannelState.Connected));
        }
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
        if (channel.Service == InstanceProbe.Service)
        {
            // A monitor only wanted to know whether anybody is here.
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
        ServicesChanged.Set();
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

        /// <summary>Version of the interface served; 0 when it has none or nobody said.</summary>
        public ulong InterfaceHash { get; set; }

        /// <summary>Whom the server takes; null for everybody.</summary>
        public Predicate<BindingRequest>? Admit { get; set; }

        public Queue<Channel> Offered { get; } = new();

        /// <summary>Whoever accepts again and again with a time limit leaves no trail.</summary>
        public void ForgetGivenUp()
        {
            while (Accepting.TryPeek(out PendingOperation<Channel>? first) && first.IsCompleted)
            {
                Accepting.Dequeue();
            }
        }

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

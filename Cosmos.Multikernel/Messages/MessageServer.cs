using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Messages;

/// <summary>Serves a message interface to whoever connects. On the event loop only.</summary>
public static class MessageServer
{
    /// <summary>Accepts channels for the service and serves each, until cancelled.</summary>
    /// <param name="dispatcher">The interface's generated dispatcher around an implementation; it serves all clients.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="cancellation">Stops accepting; clients already connected are disconnected.</param>
    public static Task ServeAsync(
        IMessageDispatcher dispatcher,
        string? service = null,
        CancellationToken cancellation = default
    ) => ServeAsync(dispatcher, service, admit: null, cancellation);

    /// <summary>Accepts channels for the service from clients of the server's choice and serves each, until cancelled.</summary>
    /// <param name="dispatcher">The interface's generated dispatcher around an implementation; it serves all clients.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="admit">Asked for each client before it can connect, on the loop; null takes all. A client for which it throws is refused and counted (<see cref="EventLoop.AdmitFailures"/>).</param>
    /// <param name="cancellation">Stops accepting; clients already connected are disconnected.</param>
    public static async Task ServeAsync(
        IMessageDispatcher dispatcher,
        string? service,
        Predicate<BindingRequest>? admit,
        CancellationToken cancellation = default
    )
    {
        service ??= dispatcher.Service;
        EventLoop.Current.Declare(service, dispatcher.InterfaceHash, admit);
        while (true)
        {
            Channel channel = await Channel.AcceptAsync(service, cancellation);
            Serve(channel, dispatcher, cancellation);
        }
    }

    /// <summary>Serves one client until it leaves.</summary>
    public static Task ServeAsync(
        Channel channel,
        IMessageDispatcher dispatcher,
        CancellationToken cancellation = default
    ) => ServeAsync(channel, dispatcher, static () => ValueTask.CompletedTask, cancellation);

    /// <summary>Serves one client until it leaves, and does something before it closes the channel.</summary>
    /// <param name="channel">The client's.</param>
    /// <param name="dispatcher">The interface's generated dispatcher around an implementation.</param>
    /// <param name="before">
    /// What to do. While the channel is open, the CPU driver keeps the frames of a client that has ended and that was given devices
    /// through it.
    /// </param>
    /// <param name="cancellation">Disconnects the client.</param>
    public static Task ServeAsync(
        Channel channel,
        IMessageDispatcher dispatcher,
        Func<ValueTask> before,
        CancellationToken cancellation = default
    ) => new MessageSession(channel, dispatcher).RunAsync(before, cancellation);

    // Not awaited: a client's end concerns nobody but its session.
    private static void Serve(
        Channel channel,
        IMessageDispatcher dispatcher,
        CancellationToken cancellation
    ) => _ = ServeAsync(channel, dispatcher, cancellation);
}

using System.Runtime.CompilerServices;
using System.Text;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Naming;

/// <summary>
/// The name service: a server registers an interface under a name, a client finds it wherever it runs. On the event loop
/// only.
/// </summary>
/// <remarks>
/// A name has one holder on the machine. It is free again when it is given back, when its holder ends, or when its holder's
/// monitor does; a client that waits for it hears of the next holder. docs/monitor.md says how.
/// </remarks>
public static class Names
{
    /// <summary>Longest name, bytes of UTF-8.</summary>
    public const int MaximumLength = Channel.MaximumServiceLength - 1;

    // A second server under another name must not take the first one's channels: each name is a service of its own.
    private const string ServicePrefix = "@";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMilliseconds(250);

    /// <summary>Registers an interface under a name and serves all who bind to it, until cancelled.</summary>
    /// <param name="name">Unique on the machine.</param>
    /// <param name="dispatcher">The interface's generated dispatcher around an implementation.</param>
    /// <param name="admit">Whether to take a client; null takes all. Refused ones see <see cref="BindingRefusedException"/>.</param>
    /// <param name="cancellation">Gives the name back and disconnects the clients.</param>
    /// <exception cref="NameTakenException">Somebody living has the name, or has it now after its home died.</exception>
    /// <exception cref="MonitorUnavailableException">The core's monitor has ended.</exception>
    public static async Task ServeAsync(
        string name,
        IMessageDispatcher dispatcher,
        Predicate<BindingRequest>? admit = null,
        CancellationToken cancellation = default
    )
    {
        string service = ServicePrefix + name;
        await HoldAsync(
            name,
            service,
            dispatcher.InterfaceHash,
            stop => MessageServer.ServeAsync(dispatcher, service, admit, stop),
            cancellation
        );
    }

    /// <summary>
    /// Registers an interface under a name and gives each client a session of its own, until cancelled: for servers that
    /// must know who calls.
    /// </summary>
    /// <param name="name">Unique on the machine.</param>
    /// <param name="interfaceHash">The proxy's or dispatcher's.</param>
    /// <param name="serve">Serves one client until it leaves. What it throws concerns nobody but that client.</param>
    /// <param name="admit">Whether to take a client; null takes all. Refused ones see <see cref="BindingRefusedException"/>.</param>
    /// <param name="cancellation">Gives the name back and accepts nobody any more.</param>
    /// <exception cref="NameTakenException">Somebody living has the name, or has it now after its home died.</exception>
    /// <exception cref="MonitorUnavailableException">The core's monitor has ended.</exception>
    public static Task ServeEachAsync(
        string name,
        ulong interfaceHash,
        Func<Channel, Task> serve,
        Predicate<BindingRequest>? admit = null,
        CancellationToken cancellation = default
    )
    {
        string service = ServicePrefix + name;
        return HoldAsync(name, service, interfaceHash, AcceptAsync, cancellation);

        async Task AcceptAsync(CancellationToken stop)
        {
            EventLoop.Current.Declare(service, interfaceHash, admit);
            while (true)
            {
                _ = serve(await Channel.AcceptAsync(service, stop));
            }
        }
    }

    // Serves under a name until that fails, is cancelled, or the name is lost.
    private static async Task HoldAsync(
        string name,
        string service,
        ulong interfaceHash,
        Func<CancellationToken, Task> serve,
        CancellationToken cancellation
    )
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation
        );
        await using NameRegistration registration = await RegisterAsync(
            name,
            service,
            interfaceHash,
            Timeout.InfiniteTimeSpan,
            cancellation
        );
        Task serving = serve(stop.Token);
        if (await EventLoop.WhenAny(serving, registration.Lost) == registration.Lost)
        {
            stop.Cancel();
            throw await registration.Lost;
        }
        await serving;
    }

    /// <summary>Registers a service of this instance under a name, without serving it.</summary>
    /// <param name="name">Unique on the machine.</param>
    /// <param name="service">What <see cref="Channel.AcceptAsync(string, CancellationToken)"/> or <see cref="MessageServer"/> serves.</param>
    /// <param name="interfaceHash">Version of the interface; 0 for bytes without one.</param>
    /// <param name="timeout">Longest wait.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Dispose it to give the name back.</returns>
    /// <exception cref="NameTakenException">Somebody living has the name.</exception>
    /// <exception cref="TimeoutException">The name's home did not answer in time.</exception>
    /// <exception cref="MonitorUnavailableException">The core's monitor has ended.</exception>
    public static async Task<NameRegistration> RegisterAsync(
        string name,
        string service,
        ulong interfaceHash,
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
    {
        Check(name);
        MonitorConnection connection = Connection;
        NameRegistration registration = new(connection, name, service, interfaceHash);
        using Deadline deadline = new(EventLoop.Current, timeout, cancellation);
        await connection.RegisterAsync(registration, deadline);
        return registration;
    }

    /// <summary>Binds to whoever serves an interface under a name; waits for somebody who does.</summary>
    /// <typeparam name="TProxy">The interface's generated proxy.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="timeout">Longest wait.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TimeoutException">Nobody served it in time.</exception>
    /// <exception cref="InterfaceMismatchException">The server has another version of the interface.</exception>
    /// <exception cref="BindingRefusedException">The server does not want this client.</exception>
    /// <exception cref="MonitorUnavailableException">This core's monitor has ended.</exception>
    public static Task<TProxy> BindAsync<TProxy>(
        string name,
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
        where TProxy : IMessageProxy<TProxy> =>
        BindAsync<TProxy>(name, timeout, ChannelOptions.Default, cancellation);

    /// <summary>The same, with a ring of one's choice; service and time limit of the options do not count.</summary>
    public static async Task<TProxy> BindAsync<TProxy>(
        string name,
        TimeSpan timeout,
        ChannelOptions options,
        CancellationToken cancellation = default
    )
        where TProxy : IMessageProxy<TProxy>
    {
        Check(name);
        using Deadline deadline = new(EventLoop.Current, timeout, cancellation);
        try
        {
            return await BindAsync<TProxy>(name, options, deadline);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw Late(name);
        }
    }

    private static async Task<TProxy> BindAsync<TProxy>(
        string name,
        ChannelOptions options,
        Deadline deadline
    )
        where TProxy : IMessageProxy<TProxy>
    {
        EventLoop loop = EventLoop.Current;
        TimeSpan retry = FirstRetry;
        while (true)
        {
            NameRecord found =
                await Connection.LookupAsync(name, waits: true, deadline) ?? throw Late(name);
            try
            {
                return await MessageClient.ConnectAsync<TProxy>(
                    found.Core,
                    found.Instance.ToString(),
                    options with
                    {
                        Service = found.Service.ToString(),
                        ConnectTimeout = deadline.Remaining,
                    },
                    deadline.Token
                );
            }
            catch (ChannelException exception)
                when (exception
                        is PeerEndedException
                            or PeerClosedException
                            or ChannelRefusedException
                    || exception is MonitorUnavailableException lost && lost.Core != loop.Core
                )
            {
                // The holder has just ended; its name is free as soon as its monitor has told the name's home.
                await loop.Delay(retry, deadline.Token);
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }
        }
    }

    /// <summary>Finds who has a name now, without waiting for somebody.</summary>
    /// <returns>Null when nobody has it.</returns>
    /// <exception cref="TimeoutException">The name's home did not answer in time.</exception>
    /// <exception cref="MonitorUnavailableException">This core's monitor has ended.</exception>
    public static async Task<NameRecord?> FindAsync(
        string name,
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
    {
        Check(name);
        using Deadline deadline = new(EventLoop.Current, timeout, cancellation);
        return await Connection.LookupAsync(name, waits: false, deadline);
    }

    /// <summary>All names that living monitors hold, in no order.</summary>
    /// <exception cref="MonitorUnavailableException">This core's monitor has ended.</exception>
    public static async IAsyncEnumerable<NameRecord> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        MonitorProxy monitor = await Connection.GetAsync(cancellation);
        await foreach (NameRecord record in monitor.NamesAsync().WithCancellation(cancellation))
        {
            yield return record;
        }
    }

    private static MonitorConnection Connection =>
        EventLoop.Current.Monitor
        ?? throw new InvalidOperationException(
            $"Names need a monitor, and none is declared for core {EventLoop.Current.Core}."
        );

    private static TimeoutException Late(string name) => new($"Nobody served '{name}' in time.");

    private static void Check(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaximumLength)
        {
            throw new ArgumentException(
                $"'{name}': a name has 1 to {MaximumLength} bytes.",
                nameof(name)
            );
        }
    }
}

using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// An instance's connection to the monitor of its core: made when the event loop starts, kept, made anew when the monitor
/// comes back. Names that the instance has registered follow.
/// </summary>
internal sealed class MonitorConnection
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(1);

    private readonly EventLoop loop;
    private readonly string name;
    private readonly BindingDesk desk;
    private readonly List<NameRegistration> registrations = [];
    private readonly ChangeSignal changed;
    private MonitorProxy? monitor;
    private ChannelException? failure;

    public MonitorConnection(EventLoop loop, string name)
    {
        this.loop = loop;
        this.name = name;
        changed = new ChangeSignal(loop);
        desk = new BindingDesk(loop);
    }

    /// <summary>Connects, and serves what the monitor asks, for as long as the loop runs.</summary>
    public async void Run()
    {
        TimeSpan retry = FirstRetry;
        while (true)
        {
            try
            {
                MonitorProxy proxy = await MessageClient.ConnectAsync<MonitorProxy>(
                    loop.Core,
                    name,
                    new ChannelOptions
                    {
                        Slots = loop.Platform.MonitorSlots,
                        Service = loop.Platform.MonitorService,
                    }
                );
                (monitor, failure, retry) = (proxy, null, FirstRetry);
                changed.Set();
                foreach (NameRegistration registration in registrations.ToArray())
                {
                    RenewLater(registration);
                }
                await ServeAsync(proxy);
                failure = new PeerClosedException($"{Describe()} has closed its channel.");
            }
            catch (ChannelException exception)
            {
                failure = exception;
            }
            catch (Exception exception)
                when (exception is RemoteException or OperationCanceledException)
            {
                failure = new ChannelException($"{Describe()} gave up: {exception.Message}");
            }
            monitor?.Dispose();
            monitor = null;
            changed.Set();
            await loop.Delay(retry);
            retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
        }
    }

    /// <summary>Asks for leave to connect; then the CPU driver lets this instance connect once.</summary>
    /// <exception cref="ChannelRefusedException">There is no such instance.</exception>
    /// <exception cref="PeerEndedException">It has ended.</exception>
    /// <exception cref="BindingRefusedException">It does not want this client.</exception>
    /// <exception cref="InterfaceMismatchException">It has another version of the interface.</exception>
    /// <exception cref="MonitorUnavailableException">Its core's or this core's monitor has ended.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task BindAsync(
        int core,
        string instance,
        string service,
        ulong interfaceHash,
        Deadline deadline
    )
    {
        BindingAnswer answer = await AskAsync(
            proxy =>
                proxy.BindAsync(
                    core,
                    instance,
                    service,
                    interfaceHash,
                    deadline.Milliseconds,
                    deadline.Token
                ),
            static answer => answer.Verdict is BindingVerdict.NotYet,
            static answer => answer.Verdict is BindingVerdict.Busy,
            () => $"Instance '{instance}' on core {core} did not answer in time.",
            deadline
        );
        string server = $"Instance '{instance}' on core {core}";
        switch (answer.Verdict)
        {
            case BindingVerdict.Accepted:
                return;
            case BindingVerdict.NoInstance:
                throw new ChannelRefusedException(
                    $"There is no instance '{instance}' on core {core}."
                );
            case BindingVerdict.Ended:
                throw Channel.EndedBy(instance, core, answer.WaitStatus);
            case BindingVerdict.Mismatch:
                throw new InterfaceMismatchException(
                    $"{service} of {instance} on core {core} has version {answer.InterfaceHash:x16}, this program {interfaceHash:x16}: build both from the same interface."
                );
            case BindingVerdict.NoMonitor:
                throw new MonitorUnavailableException(
                    core,
                    $"{server} cannot be bound to: the monitor of its core has ended."
                );
            default:
                throw new BindingRefusedException(
                    $"{server} refused to bind {(service.Length == 0 ? "a channel" : service)}."
                );
        }
    }

    /// <summary>Has an instance started that has ended.</summary>
    /// <exception cref="TimeoutException">It was not in time.</exception>
    public Task<StartVerdict> StartAsync(int core, string instance, Deadline deadline) =>
        AskAsync(
            proxy => proxy.StartAsync(core, instance, deadline.Milliseconds, deadline.Token),
            static verdict => verdict is StartVerdict.NotYet,
            static verdict => verdict is StartVerdict.Busy,
            () => $"Instance '{instance}' on core {core} was not started in time.",
            deadline
        );

    /// <summary>Registers a name and keeps it registered.</summary>
    /// <exception cref="NameTakenException">Somebody living has it.</exception>
    public async Task RegisterAsync(NameRegistration registration, Deadline deadline)
    {
        NameAnswer answer;
        try
        {
            answer = await RegisterOnceAsync(registration, isRenewal: false, deadline);
        }
        catch (Exception exception)
            when (exception is TimeoutException or OperationCanceledException)
        {
            // The answer may be on its way: a name that nobody holds here must not stay registered.
            if (!registrations.Exists(other => other.Name == registration.Name))
            {
                UnregisterLater(registration.Name);
            }
            throw;
        }
        if (answer.Verdict == NameVerdict.Taken)
        {
            throw new NameTakenException(registration.Name, answer.Record);
        }
        registrations.Add(registration);
    }

    /// <summary>Gives a name back. Waits at most a slice for a monitor that is stuck: it hears of it when it goes on.</summary>
    public async Task UnregisterAsync(NameRegistration registration)
    {
        if (!registrations.Remove(registration))
        {
            return;
        }
        await loop.CompletesAsync(UnregisterAsync(registration.Name), Deadline.Slice);
    }

    /// <summary>Finds the holder of a name, waiting until the deadline.</summary>
    /// <param name="waits">False: what is not there now is not waited for.</param>
    /// <param name="name">The name.</param>
    /// <param name="deadline">Limit of the whole.</param>
    /// <returns>Null when there is none.</returns>
    public async Task<NameRecord?> LookupAsync(string name, bool waits, Deadline deadline)
    {
        while (true)
        {
            NameAnswer answer = await AskAsync(
                proxy => proxy.LookupAsync(name, waits ? deadline.Milliseconds : 0, deadline.Token),
                static answer => answer.Verdict is NameVerdict.NotYet,
                static answer => answer.Verdict is NameVerdict.Busy,
                () => $"The name service did not answer for '{name}' in time.",
                deadline
            );
            if (answer.Verdict == NameVerdict.Done)
            {
                return answer.Record;
            }
            if (!waits || deadline.HasPassed)
            {
                return null;
            }
        }
    }

    /// <summary>The connected monitor.</summary>
    /// <exception cref="MonitorUnavailableException">It has ended and has not come back.</exception>
    public async ValueTask<MonitorProxy> GetAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (monitor is { } connected)
            {
                return connected;
            }
            if (failure is not null)
            {
                throw Unavailable(failure);
            }
            await changed.WaitAsync(cancellation);
        }
    }

    public MonitorUnavailableException Unavailable(Exception cause) =>
        new(loop.Core, $"{Describe()} is not there: {cause.Message}");

    private string Describe() => $"The monitor of core {loop.Core}";

    /// <summary>Asks until there is an answer, slice by slice, or the deadline has passed.</summary>
    private async Task<T> AskAsync<T>(
        Func<MonitorProxy, ValueTask<T>> ask,
        Func<T, bool> isNotYet,
        Func<T, bool> isBusy,
        Func<string> late,
        Deadline deadline
    )
    {
        TimeSpan retry = FirstRetry;
        try
        {
            while (true)
            {
                T answer = await ask(await GetAsync(deadline.Token));
                bool busy = isBusy(answer);
                if (!busy && !isNotYet(answer))
                {
                    return answer;
                }
                if (deadline.HasPassed)
                {
                    throw new TimeoutException(late());
                }
                if (busy)
                {
                    await loop.Delay(retry, deadline.Token);
                    retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
                }
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new TimeoutException(late());
        }
        catch (Exception exception)
            when (exception is RemoteException or ObjectDisposedException
                || exception is ChannelException and not MonitorUnavailableException
            )
        {
            throw Unavailable(exception);
        }
    }

    private async Task ServeAsync(MonitorProxy proxy)
    {
        await foreach (MonitorRequest request in proxy.RequestsAsync())
        {
            switch (request.Kind)
            {
                case MonitorRequestKind.Bind:
                    desk.Answer(proxy, request);
                    break;
                case MonitorRequestKind.NameLost:
                    Lose(
                        request.Text.ToString(),
                        new NameRecord(request.Core, 0, request.Text, request.Instance, default)
                    );
                    break;
                default:
                    // A newer monitor's message: nothing this instance could do about it.
                    break;
            }
        }
    }

    private Task<NameAnswer> RegisterOnceAsync(
        NameRegistration registration,
        bool isRenewal,
        Deadline deadline
    ) =>
        AskAsync(
            proxy =>
                proxy.RegisterAsync(
                    registration.Name,
                    registration.Service,
                    registration.InterfaceHash,
                    isRenewal,
                    deadline.Milliseconds,
                    deadline.Token
                ),
            static answer => answer.Verdict is NameVerdict.NotYet,
            static answer => answer.Verdict is NameVerdict.Busy,
            () => $"The name service did not register '{registration.Name}' in time.",
            deadline
        );

    private async void UnregisterLater(string name) => await UnregisterAsync(name);

    private async Task UnregisterAsync(string name)
    {
        if (monitor is not { } proxy)
        {
            return;
        }
        try
        {
            await proxy.UnregisterAsync(name);
        }
        catch (Exception exception) when (exception is ChannelException or ObjectDisposedException)
        {
            // The monitor has ended, and the registration with it.
        }
    }

    /// <summary>After the monitor came back: it knows nothing of the names this instance has.</summary>
    private async void RenewLater(NameRegistration registration)
    {
        while (registrations.Contains(registration))
        {
            using Deadline deadline = new(loop, Deadline.Slice);
            try
            {
                NameAnswer answer = await RegisterOnceAsync(
                    registration,
                    isRenewal: true,
                    deadline
                );
                if (answer.Verdict == NameVerdict.Taken)
                {
                    Lose(registration.Name, answer.Record);
                }
                return;
            }
            catch (TimeoutException)
            {
                // Again: a name is kept until it is given back or lost.
            }
            catch (MonitorUnavailableException)
            {
                // It ended again: its next life begins a renewal of its own.
                return;
            }
        }
    }

    private void Lose(string name, NameRecord holder)
    {
        foreach (
            NameRegistration lost in registrations
                .Where(registration => registration.Name == name)
                .ToArray()
        )
        {
            registrations.Remove(lost);
            lost.Lose(new NameTakenException(name, holder));
        }
    }
}

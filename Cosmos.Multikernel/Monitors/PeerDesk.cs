using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>Another core's monitor as this one serves it.</summary>
internal sealed class PeerDesk(CoreMonitor monitor, Channel channel) : IMonitorPeer
{
    // Each of the peer's instances may have 64 calls under way, most of which wait for somebody; more than this is Busy.
    private const int MostCalls = 1024;

    private bool greeted;
    private int calls;

    public int Core => channel.PeerCore;

    /// <summary>A later connection of the same monitor has taken this one's place; what still comes over it is too late.</summary>
    public bool IsSuperseded { get; set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        await MessageServer.ServeAsync(channel, new MonitorPeerDispatcher(this), stopping);
        monitor.Leave(this);
    }

    /// <inheritdoc/>
    public ValueTask<uint> HelloAsync(uint life)
    {
        if (greeted || !monitor.Enter(this, life))
        {
            throw new InvalidOperationException(
                $"A monitor of core {Core} says it is in life {life}, which is over."
            );
        }
        greeted = true;
        return ValueTask.FromResult(monitor.Loop.Platform.Life);
    }

    /// <inheritdoc/>
    public async ValueTask<BindingAnswer> BindAsync(
        string client,
        string instance,
        string service,
        ulong interfaceHash,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (!IsCurrent)
        {
            return new BindingAnswer(BindingVerdict.NotYet);
        }
        if (calls == MostCalls)
        {
            return new BindingAnswer(BindingVerdict.Busy);
        }
        calls++;
        try
        {
            using Deadline deadline = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
            return await monitor.Binder.AskAsync(
                Core,
                client,
                instance,
                service,
                interfaceHash,
                deadline
            );
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StartVerdict> StartAsync(
        string instance,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (!IsCurrent)
        {
            return StartVerdict.NotYet;
        }
        if (calls == MostCalls)
        {
            return StartVerdict.Busy;
        }
        calls++;
        try
        {
            using Deadline deadline = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
            return await monitor.Starter.StartAsync(instance, deadline);
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<NameAnswer> RegisterAsync(
        NameRecord record,
        ulong number,
        bool isRenewal,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (!IsCurrent)
        {
            return new NameAnswer(NameVerdict.NotYet);
        }
        if (calls == MostCalls)
        {
            return new NameAnswer(NameVerdict.Busy);
        }
        calls++;
        try
        {
            using Deadline deadline = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
            return await monitor.Home.RegisterAsync(
                this,
                record with
                {
                    Core = Core,
                },
                number,
                isRenewal,
                deadline
            );
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public ValueTask UnregisterAsync(string name, ulong number)
    {
        if (IsCurrent)
        {
            monitor.Home.Unregister(Core, name, number);
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<NameAnswer> LookupAsync(
        string name,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (!IsCurrent)
        {
            return new NameAnswer(NameVerdict.NotYet);
        }
        if (calls == MostCalls)
        {
            return new NameAnswer(NameVerdict.Busy);
        }
        calls++;
        try
        {
            using Deadline deadline = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
            return await monitor.Home.LookupAsync(name, deadline);
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<NameRecord> NamesAsync() => monitor.Home.AllAsync();

    /// <inheritdoc/>
    public IAsyncEnumerable<InstanceEvent> WatchAsync() => monitor.Board.WatchAsync();

    /// <summary>Of a connection that has not said which life it is from, or that another has replaced, nothing counts.</summary>
    private bool IsCurrent => greeted && !IsSuperseded;
}

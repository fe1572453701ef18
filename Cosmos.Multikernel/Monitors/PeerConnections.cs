using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>This monitor's connections to others: made when first needed, shared, kept until either end dies.</summary>
internal sealed class PeerConnections(CoreMonitor monitor)
{
    // How soon to try again what failed for another reason than a death.
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<int, Task<MonitorPeerProxy>> connections = [];
    private readonly Dictionary<int, int> ends = [];
    private readonly Dictionary<int, uint> lives = [];

    /// <summary>The connection to a core's monitor.</summary>
    /// <exception cref="ChannelRefusedException">It is dead, when <see cref="ChannelRefusedException.IsAbsent"/>.</exception>
    /// <exception cref="ChannelException">It has just ended, or something was lacking for the connection: ask again.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time; it may be slow.</exception>
    public async Task<MonitorPeerProxy> GetAsync(int core, CancellationToken cancellation)
    {
        if (!connections.TryGetValue(core, out Task<MonitorPeerProxy>? connection))
        {
            connection = ConnectAsync(core);
            connections[core] = connection;
            Watch(core, connection);
        }
        return await connection.WaitAsync(cancellation);
    }

    /// <summary>Asks a core's monitor until it answers, in whichever of its lives; only its death ends that.</summary>
    /// <exception cref="ChannelRefusedException">It is dead: its CPU driver says that it does not run.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time; it may be slow.</exception>
    public async Task<T> AskAsync<T>(
        int core,
        Func<MonitorPeerProxy, ValueTask<T>> ask,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            try
            {
                MonitorPeerProxy peer = await GetAsync(core, cancellation);
                T answer = await ask(peer);
                if (IsCurrent(core, peer))
                {
                    return answer;
                }
                // It has died since it answered, and what it answered with it.
            }
            catch (ChannelException exception)
                when (exception is not ChannelRefusedException { IsAbsent: true })
            {
                // A life of it is over, or memory for a channel was lacking: that no other life follows nobody has said.
                await monitor.Loop.Delay(Retry, cancellation);
            }
        }
    }

    /// <summary>Whether a connection still is the one to its core: what was arranged over it holds.</summary>
    private bool IsCurrent(int core, MonitorPeerProxy proxy) =>
        connections.TryGetValue(core, out Task<MonitorPeerProxy>? connection)
        && connection.IsCompletedSuccessfully
        && connection.Result == proxy
        && proxy.Client.Channel.EndReason is null;

    /// <summary>The connection if there is one.</summary>
    public MonitorPeerProxy? Find(int core) =>
        connections.TryGetValue(core, out Task<MonitorPeerProxy>? connection)
        && connection.IsCompletedSuccessfully
            ? connection.Result
            : null;

    /// <summary>How a core's monitor ended last, as Linux's wait status; 0 when that is not known.</summary>
    public int FindEnd(int core) => ends.GetValueOrDefault(core);

    /// <summary>Which of its lives a core's monitor was in when it was connected last; 0 when it never was.</summary>
    public uint FindLife(int core) => lives.GetValueOrDefault(core);

    /// <summary>After a restart: tells all others, so that they bring back the names whose first home this is.</summary>
    /// <remarks>A dead one has no names to bring; a slow one hears of it when the connection stands.</remarks>
    public async void AnnounceAll()
    {
        foreach (int core in monitor.Declared.Cores.Where(core => core != monitor.Core))
        {
            await IsThereAsync(core);
        }
    }

    /// <summary>Whether a core's monitor can be reached, within a slice of time.</summary>
    public async Task<bool> IsThereAsync(int core)
    {
        using Deadline deadline = new(monitor.Loop, Deadline.Slice);
        try
        {
            await GetAsync(core, deadline.Token);
            return true;
        }
        catch (Exception exception)
            when (exception is ChannelException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<MonitorPeerProxy> ConnectAsync(int core)
    {
        MonitorPeerProxy proxy = await MessageClient.ConnectAsync<MonitorPeerProxy>(
            core,
            monitor.Declared.On(core)!,
            new ChannelOptions { Slots = monitor.Loop.Platform.MonitorSlots }
        );
        try
        {
            lives[core] = await proxy.HelloAsync(monitor.Loop.Platform.Life);
            return proxy;
        }
        catch (Exception exception) when (exception is not ChannelException)
        {
            proxy.Dispose();
            throw new ChannelException($"The monitor of core {core}: {exception.Message}");
        }
    }

    private async void Watch(int core, Task<MonitorPeerProxy> connection)
    {
        try
        {
            MonitorPeerProxy proxy = await connection;
            proxy.Client.Channel.Ended += _ => Drop(core, proxy);
        }
        catch (ChannelException)
        {
            // Refused or ended: the next who needs it tries again.
            connections.Remove(core);
        }
    }

    private void Drop(int core, MonitorPeerProxy proxy)
    {
        if (proxy.Client.Channel.EndReason is PeerEndedException end)
        {
            ends[core] = end.WaitStatus;
        }
        connections.Remove(core);
        proxy.Dispose();
        monitor.Registrar.PeerEnded(core);
    }
}

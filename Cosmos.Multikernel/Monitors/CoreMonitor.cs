using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// The monitor of a core: the trusted instance that binds channels for the others, keeps names, and tells who starts and
/// ends. docs/monitor.md explains the protocols.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Death is told by the CPU driver (a channel's end), never guessed from silence: a slow monitor is asked again, and
/// only a dead one is passed over. So all monitors agree on who is dead as soon as they have been told.</item>
/// <item>No wait without a limit: each call carries its longest wait, at most a slice; whoever wants to wait longer asks
/// again, and finds whatever has changed meanwhile.</item>
/// <item>Nothing grows without bound: calls under way, names, and those who wait for names have limits, and whoever
/// exceeds them hears Busy. Changes are versions of a table, not a queue of events.</item>
/// <item>Who asks is known from the channel (the CPU drivers say who is at its ends), never from what is sent.</item>
/// <item>Each monitor keeps the registrations of its own core's instances; a name's home only holds what they tell it. What
/// a dead home knew is known, and told again to the next one.</item>
/// </list>
/// Everything runs on the monitor's event loop.
/// </remarks>
public sealed class CoreMonitor
{
    /// <summary>
    /// The service for a second event loop of an instance (its file client's): it may ask what any client may, but is not the one
    /// that tells of the instance's start and end and is asked about bindings.
    /// </summary>
    internal const string AssistantService = "assistant";

    private readonly Dictionary<string, ClientDesk> clients = [];
    private readonly Dictionary<int, PeerDesk> peerDesks = [];
    private readonly Dictionary<int, uint> lives = [];

    internal CoreMonitor(EventLoop loop)
    {
        Loop = loop;
        ClientsChanged = new ChangeSignal(loop);
        Peers = new PeerConnections(this);
        Home = new NameHome(this);
        Registrar = new NameRegistrar(this);
        Binder = new Binder(this);
        Starter = new Starter(this);
        Board = new InstanceBoard(loop);
        Machine = new MachineBoard(this);
    }

    internal EventLoop Loop { get; }

    /// <summary>Connections to other monitors.</summary>
    internal PeerConnections Peers { get; }

    /// <summary>The names whose home this is.</summary>
    internal NameHome Home { get; }

    /// <summary>The names of this core's instances.</summary>
    internal NameRegistrar Registrar { get; }

    internal Binder Binder { get; }

    internal Starter Starter { get; }

    /// <summary>This core's instances.</summary>
    internal InstanceBoard Board { get; }

    /// <summary>All cores' instances, while somebody watches.</summary>
    internal MachineBoard Machine { get; }

    /// <summary>Changes when an instance of this core comes or goes.</summary>
    internal ChangeSignal ClientsChanged { get; }

    internal int Core => Loop.Core;

    internal DeclaredMonitors Declared => Loop.Platform.Monitors;

    /// <summary>Whether this monitor has lived before: names may be on their way back to it.</summary>
    internal bool IsRestarted => Loop.Platform.Life != 0;

    /// <summary>Is the monitor of the current event loop's core, until the loop ends.</summary>
    public static Task RunAsync(CancellationToken stopping = default) =>
        new CoreMonitor(EventLoop.Current).ServeAsync(stopping);

    internal async Task ServeAsync(CancellationToken stopping)
    {
        Task clients = AcceptClientsAsync(MonitorProxy.Service, stopping);
        Task assistants = AcceptClientsAsync(AssistantService, stopping);
        Task peers = AcceptPeersAsync(stopping);
        if (IsRestarted)
        {
            Peers.AnnounceAll();
        }
        await Task.WhenAll(clients, assistants, peers);
    }

    /// <summary>The instance of this core with this name, while it is connected.</summary>
    internal ClientDesk? FindClient(string instance) => clients.GetValueOrDefault(instance);

    internal void Enter(ClientDesk client)
    {
        if (clients.TryGetValue(client.Instance, out ClientDesk? before))
        {
            // A new life of it; the news of the old one's end is still on its way.
            Leave(before);
        }
        clients.Add(client.Instance, client);
        Board.Set(Core, client.Instance, client.Life, InstanceCondition.Running, 0);
        ClientsChanged.Set();
    }

    internal void Leave(ClientDesk client)
    {
        if (client.HasLeft)
        {
            return;
        }
        client.HasLeft = true;
        clients.Remove(client.Instance);
        Registrar.Left(client);
        int? waitStatus = (client.EndReason as PeerEndedException)?.WaitStatus;
        Board.Set(
            Core,
            client.Instance,
            client.Life,
            waitStatus is null ? InstanceCondition.Left : InstanceCondition.Ended,
            waitStatus ?? 0
        );
        ClientsChanged.Set();
    }

    /// <summary>Another monitor says which of its lives this connection is from.</summary>
    /// <returns>False when it is from an earlier one than is known: fenced off.</returns>
    internal bool Enter(PeerDesk peer, uint life)
    {
        bool known = lives.TryGetValue(peer.Core, out uint latest);
        if (known && life < latest)
        {
            return false;
        }
        if (peerDesks.TryGetValue(peer.Core, out PeerDesk? before) && before != peer)
        {
            before.IsSuperseded = true;
            if (life > latest)
            {
                Home.Forget(before);
            }
        }
        peerDesks[peer.Core] = peer;
        lives[peer.Core] = life;
        if (life != 0 && (!known || life > latest))
        {
            Registrar.PeerReturned(peer.Core);
        }
        return true;
    }

    internal void Leave(PeerDesk peer)
    {
        Home.Forget(peer);
        if (peerDesks.GetValueOrDefault(peer.Core) == peer)
        {
            peerDesks.Remove(peer.Core);
        }
    }

    private async Task AcceptClientsAsync(string service, CancellationToken stopping)
    {
        while (true)
        {
            Channel channel = await Channel.AcceptAsync(service, stopping);
            if (channel.PeerCore == Core)
            {
                _ = new ClientDesk(this, channel).RunAsync(stopping);
            }
            else
            {
                // An instance is known by its own core's monitor only.
                channel.Dispose();
            }
        }
    }

    private async Task AcceptPeersAsync(CancellationToken stopping)
    {
        while (true)
        {
            Channel channel = await Channel.AcceptAsync(MonitorPeerProxy.Service, stopping);
            if (Declared.Contains(channel.PeerCore, channel.PeerName))
            {
                _ = new PeerDesk(this, channel).RunAsync(stopping);
            }
            else
            {
                channel.Dispose();
            }
        }
    }
}

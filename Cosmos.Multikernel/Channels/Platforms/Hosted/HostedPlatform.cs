using System.Diagnostics;
using System.Globalization;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// A multikernel on Linux: a machine is a directory in shared memory, an instance a process (or a thread of one, for tests),
/// a channel a shared file, a notification a futex.
/// </summary>
/// <remarks>
/// The same rings, doorbells and event loop run as on the metal; only what the CPU driver does there is done here by the
/// processes themselves: offering (a file moved into the other's directory), notifying (its page's bits and futex) and
/// telling that a peer has ended (<see cref="PeerWatcher"/>).
/// </remarks>
internal sealed unsafe class HostedPlatform : InstancePlatform
{
    private static int nextFile;

    private readonly string machine;
    private readonly HostedDomain domain;
    private readonly Lock gate = new();
    private readonly Dictionary<int, HostedChannel> channels = [];
    private readonly PeerWatcher watcher;
    private readonly HostedCapabilities capabilities;
    private readonly IReadOnlyList<DeclaredInstance> declared;
    private int nextHandle;
    private bool disposed;

    /// <summary>Joins the machine as the named instance.</summary>
    /// <param name="machine">The machine's directory; made when missing.</param>
    /// <param name="core">The core this instance claims to be on.</param>
    /// <param name="name">Its name: unique on its core.</param>
    /// <param name="declared">The instances that the machine declares; null for none that need be known.</param>
    /// <param name="traceCapacity">Events that its trace holds.</param>
    public HostedPlatform(
        string machine,
        int core,
        string name,
        IReadOnlyList<DeclaredInstance>? declared = null,
        int traceCapacity = 0
    )
    {
        TraceCapacity = traceCapacity;
        this.machine = machine;
        this.declared = declared ?? [];
        Monitors = new DeclaredMonitors(this.declared, int.MaxValue);
        Core = core;
        Name = name;
        domain = HostedDomain.Create(machine, core, name);
        if (!domain.IsSupervised)
        {
            // A launcher has made the pages of all. As on the metal, what is declared can be connected to before it runs.
            foreach (DeclaredInstance other in this.declared)
            {
                HostedDomain.Create(machine, other.Core, other.Name).Dispose();
            }
        }
        Life = domain.Join(Environment.ProcessId);
        watcher = new PeerWatcher(machine, PeerEnded);
        capabilities = new HostedCapabilities(machine, FindChannel);
    }

    /// <summary>Where machines are made: memory, not disk.</summary>
    public static string MachinesDirectory { get; } =
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    /// <inheritdoc/>
    public override int Core { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override DeclaredMonitors Monitors { get; }

    /// <inheritdoc/>
    public override uint Life { get; }

    /// <inheritdoc/>
    public override uint EventCount => Volatile.Read(ref *domain.Page.EventCount);

    /// <inheritdoc/>
    public override uint PendingOffers => Volatile.Read(ref *domain.Page.PendingOffers);

    /// <inheritdoc/>
    public override CapabilityStore Capabilities => capabilities;

    /// <inheritdoc/>
    public override long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <inheritdoc/>
    public override long WakeCost => 50_000;

    /// <inheritdoc/>
    public override int TraceCapacity { get; }

    /// <inheritdoc/>
    public override ulong TakeRungChannels() => domain.Page.TakeRungChannels();

    /// <inheritdoc/>
    public override void Sleep(uint seen, long nanoseconds) =>
        Futex.Wait(domain.Page.EventCount, seen, nanoseconds);

    /// <inheritdoc/>
    public override void Wake()
    {
        // Called by other threads (a timer's, say), perhaps after the page was unmapped and its addresses became others'.
        lock (gate)
        {
            if (!disposed)
            {
                domain.Page.Signal();
            }
        }
    }

    /// <inheritdoc/>
    public override ChannelBinding Connect(int core, string instance, uint slots)
    {
        HostedDomain? peer = HostedDomain.TryOpen(machine, core, instance);
        if (peer is null || peer.HasEnded)
        {
            peer?.Dispose();
            throw new ChannelRefusedException(
                peer is null
                    ? $"There is no instance '{instance}' on core {core}."
                    : $"Instance '{instance}' on core {core} has ended."
            );
        }

        // The name sorts by time of offering and says who offers: CORE.NAME may hold dots, so it comes last.
        string file =
            $"{DateTime.UtcNow.Ticks:D20}-{Environment.ProcessId}-{Interlocked.Increment(ref nextFile)}-{Core}.{Name}";
        string path = Path.Combine(machine, file);
        uint life = peer.CurrentLife;
        HostedChannel channel;
        lock (gate)
        {
            int handle = nextHandle++;
            channel = new(
                HostedChannel.CreateMemory(path, slots),
                peer,
                sideA: true,
                handle,
                core,
                instance,
                life,
                file
            );
            channels.Add(handle, channel);
        }
        channel.Announce(Life);
        File.Move(path, Path.Combine(peer.Offers, file));
        watcher.Watch(core, instance, life, peer.ProcessId);
        Interlocked.Increment(ref *peer.Page.PendingOffers);
        peer.Page.Signal();
        return channel.Binding;
    }

    /// <inheritdoc/>
    public override bool IsDeclared(int core, string instance) =>
        declared.Any(other => other.Core == core && other.Name == instance);

    /// <summary>Nothing: a process could open the files of any other anyway.</summary>
    public override bool Permit(int handle, int core, string instance) => true;

    /// <summary>Asks the launcher, which is not done at once.</summary>
    public override StartVerdict Start(string instance)
    {
        using HostedDomain? domain = HostedDomain.TryOpen(machine, Core, instance);
        if (domain is not { HasEnded: true, IsSupervised: true })
        {
            return domain is null ? StartVerdict.NoInstance
                : domain.HasEnded ? StartVerdict.NoLauncher
                : StartVerdict.Running;
        }
        domain.WishForLife();
        return StartVerdict.NotYet;
    }

    /// <inheritdoc/>
    public override bool TryAccept(out ChannelBinding binding)
    {
        // The count only says that there is something to look for: who dies in the middle of an offer leaves a file that it has
        // not counted. Taken before looking, so that what comes meanwhile counts again.
        Interlocked.Exchange(ref *domain.Page.PendingOffers, 0);
        Queue<string> offers = new(
            Directory.EnumerateFiles(domain.Offers).Order(StringComparer.Ordinal)
        );
        while (offers.TryDequeue(out string? offer))
        {
            SharedFile memory = SharedFile.Open(offer);
            File.Delete(offer);
            string[] parts = Path.GetFileName(offer).Split('-', 4)[3].Split('.', 2);
            int peerCore = int.Parse(parts[0], CultureInfo.InvariantCulture);
            HostedDomain? peer = HostedDomain.TryOpen(machine, peerCore, parts[1]);
            if (peer is null || peer.HasEnded)
            {
                memory.Dispose();
                peer?.Dispose();
                continue;
            }
            uint life = HostedChannel.LifeOfOffer(memory);
            HostedChannel channel;
            lock (gate)
            {
                int handle = nextHandle++;
                channel = new(
                    memory,
                    peer,
                    sideA: false,
                    handle,
                    peerCore,
                    parts[1],
                    life,
                    Path.GetFileName(offer)
                );
                channels.Add(handle, channel);
            }
            channel.Announce(Life);
            channel.SetState(own: true, ChannelState.Connected);
            channel.SetState(own: false, ChannelState.Connected);
            channel.RingPeer();
            watcher.Watch(peerCore, parts[1], life, HostedChannel.OfferedBy(memory));
            binding = channel.Binding;
            if (offers.Count != 0)
            {
                Interlocked.Increment(ref *domain.Page.PendingOffers);
            }
            return true;
        }
        binding = default;
        return false;
    }

    /// <inheritdoc/>
    public override void Notify(int handle) => channels[handle].RingPeer();

    /// <inheritdoc/>
    public override void Close(int handle)
    {
        lock (gate)
        {
            if (channels.Remove(handle, out HostedChannel? channel))
            {
                channel.SetState(own: false, ChannelState.PeerClosed);
                channel.RingPeer();
                HostedCapabilities.Discard(machine, channel);
                channel.Dispose();
            }
        }
    }

    /// <summary>
    /// Leaves word of how the process ends, for the peers whose watchers see that it has; the first word counts. Where a
    /// launcher is the parent it is left to that, which knows. Nothing is unmapped: the loop may still be running.
    /// </summary>
    /// <param name="waitStatus">The exit code times 256, or the signal.</param>
    public void RecordEnd(int waitStatus)
    {
        // Another thread may be leaving the machine at this moment: then the page is not there any more.
        lock (gate)
        {
            if (!disposed && !domain.IsSupervised)
            {
                domain.RecordEnd(Life, waitStatus);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            capabilities.DeleteAll();
        }
        lock (gate)
        {
            if (disposed || !disposing)
            {
                return;
            }
            RecordEnd(Environment.ExitCode << 8);
            disposed = true;
            foreach (HostedChannel channel in channels.Values)
            {
                if (!domain.IsSupervised)
                {
                    channel.SetState(own: false, ChannelState.PeerEnded, domain.StatusOf(Life));
                    channel.RingPeer();
                }
                channel.Dispose();
            }
            channels.Clear();
            domain.Dispose();
        }
    }

    private HostedChannel? FindChannel(int handle)
    {
        lock (gate)
        {
            return channels.GetValueOrDefault(handle);
        }
    }

    /// <summary>Runs on the watcher's thread.</summary>
    private void PeerEnded(int core, string name, uint life)
    {
        lock (gate)
        {
            // The next life's channels are no affair of this one's end.
            foreach (
                HostedChannel channel in channels.Values.Where(channel =>
                    channel.Binding.PeerCore == core
                    && channel.Binding.PeerName == name
                    && channel.Binding.PeerLife == life
                )
            )
            {
                channel.SetState(own: true, ChannelState.PeerEnded, channel.Peer.StatusOf(life));
                domain.Page.Ring(channel.Binding.Handle);
            }
        }
    }
}

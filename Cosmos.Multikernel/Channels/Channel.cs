using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Channels;

/// <summary>
/// One end of a channel between two instances: messages of bytes, in order, each received once.
/// </summary>
/// <remarks>
/// <para>
/// A channel belongs to one <see cref="EventLoop"/> and is used on it only; so there are no locks. Sending to a full ring and
/// receiving from an empty one are awaited; cancellation and time-outs leave the channel usable.
/// </para>
/// <para>
/// What is sent goes out at once; a sleeping peer is rung at the end of the loop's turn, once for everything the turn sent
/// (or by <see cref="Flush"/>).
/// </para>
/// </remarks>
public sealed unsafe partial class Channel : IDisposable
{
    private readonly EventLoop loop;
    private readonly ChannelBinding binding;
    private readonly ChannelOptions options;
    private readonly uint* state;
    private RingEndpoint ring;
    private PendingOperation<Channel>? connecting;
    private bool disposed;

    internal Channel(
        EventLoop loop,
        ChannelBinding binding,
        ChannelOptions options,
        ChannelState initial
    )
    {
        this.loop = loop;
        this.binding = binding;
        this.options = options;
        byte* memory = (byte*)binding.Memory;
        state = (uint*)(
            memory + (binding.SideA ? RingLayout.StateOffsetA : RingLayout.StateOffsetB)
        );
        ring = new RingEndpoint(memory, binding.Slots, binding.SideA);
        lastState = initial;
        longestMessage = options.MaximumMessageLength;
        PeerIsHere = binding.PeerCore == loop.Core;
        receiving = new PendingOperation<bool>(loop);
        loop.Register(this);
    }

    /// <summary>Core of the instance at the other end.</summary>
    public int PeerCore => binding.PeerCore;

    /// <summary>Name of the instance at the other end.</summary>
    public string PeerName => binding.PeerName;

    /// <summary>Which life of the instance at the other end, where that end connected.</summary>
    internal uint PeerLife => binding.PeerLife;

    /// <summary>Slots of 64 bytes in each direction.</summary>
    public uint Slots => binding.Slots;

    /// <summary>Where the channel is in its life.</summary>
    public ChannelState State => disposed ? lastState : ReadState();

    /// <summary>What this end has done so far.</summary>
    public RingCounters Counters
    {
        get
        {
            RingCounters counters = ring.Counters;
            counters.Malformed = ring.Malformed;
            return counters;
        }
    }

    /// <summary>A message that arrived whole turned out to mean nothing.</summary>
    internal void CountMalformed() => ring.Counters.Malformed++;

    internal int Handle => binding.Handle;

    /// <summary>Whether this end connected.</summary>
    internal bool IsSideA => binding.SideA;

    /// <summary>Number among the channels that the connecting side has made: names the channel in the traces of both ends.</summary>
    internal uint TraceNumber { get; private set; }

    /// <summary>Place among the channels of this end's trace; -1 before it has one.</summary>
    internal int TraceIndex { get; set; } = -1;

    /// <summary>
    /// Connects to an instance and waits until it has accepted. On the loop only. Where the core has a monitor, the instance is
    /// asked first (docs/monitor.md), and may refuse.
    /// </summary>
    /// <param name="core">Its core.</param>
    /// <param name="instance">Its name.</param>
    /// <param name="options">Ring size, longest message, time limit; null for the defaults.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChannelRefusedException">There is no such instance, or it did not want the channel.</exception>
    /// <exception cref="BindingRefusedException">It was asked and does not want this client.</exception>
    /// <exception cref="Messages.InterfaceMismatchException">It has another version of the interface.</exception>
    /// <exception cref="MonitorUnavailableException">The monitor of this core or of its core has ended.</exception>
    /// <exception cref="PeerEndedException">It ended before it accepted.</exception>
    /// <exception cref="TimeoutException"><see cref="ChannelOptions.ConnectTimeout"/> has passed.</exception>
    public static ValueTask<Channel> ConnectAsync(
        int core,
        string instance,
        ChannelOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= ChannelOptions.Default;
        if (!RingLayout.IsValidSlotCount(options.Slots))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                options.Slots,
                $"Slots must be a power of two, at most {RingLayout.MaximumSlots}."
            );
        }
        if (Encoding.UTF8.GetByteCount(options.Service) > MaximumServiceLength)
        {
            throw new ArgumentException(
                $"A service's name has at most {MaximumServiceLength} bytes.",
                nameof(options)
            );
        }
        EventLoop loop = EventLoop.Current;
        bool isOwnMonitor = core == loop.Core && loop.Platform.Monitors.Contains(core, instance);
        return loop.Monitor is null || isOwnMonitor
            ? Connect(loop, core, instance, options, cancellation)
            : ConnectThroughMonitorAsync(loop, core, instance, options, cancellation);
    }

    private static ValueTask<Channel> Connect(
        EventLoop loop,
        int core,
        string instance,
        ChannelOptions options,
        CancellationToken cancellation
    )
    {
        Channel channel = new(
            loop,
            loop.Platform.Connect(core, instance, options.Slots),
            options,
            ChannelState.Connecting
        );
        channel.SendOpening();
        channel.connecting = new PendingOperation<Channel>(loop) { GivenUp = channel.Dispose };
        channel.connecting.Start(options.ConnectTimeout, cancellation);
        loop.MakeHot(channel);
        return channel.connecting.AsValueTaskOfT();
    }

    /// <summary>Accepts the next channel another instance connects to this one. On the loop only.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static ValueTask<Channel> AcceptAsync(CancellationToken cancellation = default) =>
        AcceptAsync("", cancellation);

    /// <summary>Accepts the next channel another instance connects to this one. On the loop only.</summary>
    /// <exception cref="TimeoutException">Nobody connected in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static ValueTask<Channel> AcceptAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) => EventLoop.Current.AcceptAsync("", timeout, cancellation);

    /// <summary>Accepts the next channel another instance connects to this one for a service. On the loop only.</summary>
    /// <param name="service">The service that the other names in <see cref="ChannelOptions.Service"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static ValueTask<Channel> AcceptAsync(
        string service,
        CancellationToken cancellation = default
    ) => EventLoop.Current.AcceptAsync(service, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Closes this end. The peer receives what was sent before, then sees <see cref="ChannelState.PeerClosed"/>.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        Flush();
        FailAll(
            new ObjectDisposedException(nameof(Channel), "This end of the channel was closed.")
        );
        Abandon();
        loop.Platform.Close(Handle);
    }

    /// <inheritdoc/>
    public override string ToString() => $"channel {Handle} to {PeerName} on core {PeerCore}";

    /// <summary>Ends the use of the mapping without telling anyone: the loop's platform goes away as a whole.</summary>
    internal void Abandon()
    {
        disposed = true;
        loop.Unregister(this);
    }

    private ChannelException EndException(ChannelState status) =>
        status switch
        {
            ChannelState.Refused when WaitStatus == 0 => new ChannelRefusedException(
                $"Instance '{PeerName}' on core {PeerCore} does not run."
            ),
            ChannelState.Refused => new ChannelRefusedException(
                $"Core {PeerCore} has no room for a channel to instance '{PeerName}': its CPU driver answers with error {WaitStatus}.",
                isAbsent: false
            ),
            ChannelState.PeerClosed => new PeerClosedException(
                $"Instance '{PeerName}' on core {PeerCore} closed the channel."
            ),
            _ => EndedBy(PeerName, PeerCore, WaitStatus),
        };

    internal static PeerEndedException EndedBy(string instance, int core, int waitStatus) =>
        new(
            $"Instance '{instance}' on core {core} has ended ({DescribeWaitStatus(waitStatus)}).",
            waitStatus
        );

    private int WaitStatus => disposed ? 0 : (int)Volatile.Read(ref state[1]);

    private static string DescribeWaitStatus(int status) =>
        (status & 0x7F) == 0 ? $"status {(status >> 8) & 0xFF}" : $"signal {status & 0x7F}";

    private void CheckUsable()
    {
        if (disposed || !loop.IsCurrent)
        {
            ThrowUnusable();
        }
    }

    private void ThrowUnusable()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        throw new InvalidOperationException(
            $"The {this} belongs to another event loop. Use EventLoop.InvokeAsync to go there."
        );
    }
}

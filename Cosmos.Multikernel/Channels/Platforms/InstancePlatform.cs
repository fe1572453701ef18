using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Channels.Platforms;

/// <summary>
/// What channels and the event loop ask of the system below them. The metal answers with system calls to the CPU driver,
/// the hosted platform with shared files and futexes, the simulator with virtual time.
/// </summary>
/// <remarks>
/// Waiting for anything follows one rule: read <see cref="EventCount"/>, arm doorbells, look again, then
/// <see cref="Sleep"/> with the count read. Whatever happens after the read makes the sleep return at once.
/// </remarks>
internal abstract class InstancePlatform : IDisposable
{
    private static readonly Lazy<InstancePlatform> Instance = new(PlatformSelection.Select);

    /// <summary>The platform of this process.</summary>
    public static InstancePlatform Current => Instance.Value;

    /// <summary>This instance's core.</summary>
    public abstract int Core { get; }

    /// <summary>This instance's name.</summary>
    public abstract string Name { get; }

    /// <summary>The monitors that the machine declares.</summary>
    public abstract DeclaredMonitors Monitors { get; }

    /// <summary>Which life of this instance this is, from 0: grows each time it is started anew.</summary>
    public abstract uint Life { get; }

    /// <summary>Slots of the rings to and between monitors.</summary>
    public virtual uint MonitorSlots => 16;

    /// <summary>The service of its monitor that this loop of the instance connects to.</summary>
    public virtual string MonitorService => MonitorProxy.Service;

    /// <summary>Changes with every notification.</summary>
    public abstract uint EventCount { get; }

    /// <summary>How many offered channels wait to be accepted: non-zero means <see cref="TryAccept"/> is worth a call.</summary>
    public abstract uint PendingOffers { get; }

    /// <summary>This instance's capabilities.</summary>
    public abstract CapabilityStore Capabilities { get; }

    /// <summary>Nanoseconds on a clock that never goes back.</summary>
    public abstract long Now { get; }

    /// <summary>
    /// How long it is worth polling before sleeping, nanoseconds: what going to sleep and being woken costs. 0 where polling
    /// only keeps others from running.
    /// </summary>
    public abstract long WakeCost { get; }

    /// <summary>How many events of its channels a loop records; 0 where nothing is traced.</summary>
    public virtual int TraceCapacity => 0;

    /// <summary>What the core's CPU driver has recorded.</summary>
    public virtual CoreTraceEvent[] ReadCoreTrace() => [];

    /// <summary>The channels notified since the last call: bit (handle and 63).</summary>
    public abstract ulong TakeRungChannels();

    /// <summary>The interrupts that came since the last call; none where there are no devices.</summary>
    public virtual ulong TakeRungInterrupts() => 0;

    /// <summary>
    /// Sleeps until <see cref="EventCount"/> differs from <paramref name="seen"/> or the time has passed; may return early.
    /// </summary>
    /// <param name="seen">The count read before arming.</param>
    /// <param name="nanoseconds">Longest sleep; negative for no limit.</param>
    public abstract void Sleep(uint seen, long nanoseconds);

    /// <summary>Makes <see cref="Sleep"/> return: called by other threads of this instance.</summary>
    public abstract void Wake();

    /// <summary>Offers a channel to an instance. Its state tells when the other has taken it.</summary>
    /// <exception cref="ChannelRefusedException">There is no such instance, or it has ended.</exception>
    public abstract ChannelBinding Connect(int core, string instance, uint slots);

    /// <summary>Whether the machine declares an instance.</summary>
    public abstract bool IsDeclared(int core, string instance);

    /// <summary>A monitor lets the instance at the other end of one of its channels connect once to another instance.</summary>
    /// <returns>False when there is no room for the permission now.</returns>
    public abstract bool Permit(int handle, int core, string instance);

    /// <summary>A monitor starts an instance of its core that has ended.</summary>
    public abstract StartVerdict Start(string instance);

    /// <summary>Takes the oldest offered channel.</summary>
    public abstract bool TryAccept(out ChannelBinding binding);

    /// <summary>Rings the peer: it is asleep and something was stored for it.</summary>
    public abstract void Notify(int handle);

    /// <summary>Closes this end: the peer sees <see cref="ChannelState.PeerClosed"/>; the mapping is gone.</summary>
    public abstract void Close(int handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends this instance's part in the machine.</summary>
    protected abstract void Dispose(bool disposing);
}

using System.Threading;

namespace Cosmos.Multikernel.Channels;

/// <summary>
/// The two doorbells of a channel: an end arms its own before it sleeps; the other rings it when armed.
/// </summary>
/// <remarks>
/// The race to win is the sleeper looking just before a line arrives while the sender looks at the doorbell just before
/// it is armed. Each side stores, then loads what the other stored, with a full fence between (Dekker): at least one of
/// them sees the other. A full fence waits until the store buffer has drained, which on a contended line takes as long as a
/// message; so it is paid once for a batch: senders commit any number of lines and then look at the doorbell once.
/// One doorbell serves both things an end waits for, lines to arrive and slots to become free; whoever commits a line or
/// publishes an acknowledgement owes a look.
/// A peer that clears the doorbell without ringing makes only its own messages late; one that arms it for nothing costs
/// the sender one notification for each batch.
/// </remarks>
public readonly unsafe struct RingDoorbell
{
    private const uint Quiet = 0;
    private const uint Armed = 1;

    private readonly uint* _own;
    private readonly uint* _peer;

    /// <summary>Binds to the two doorbell lines of a header.</summary>
    public RingDoorbell(uint* own, uint* peer)
    {
        _own = own;
        _peer = peer;
    }

    /// <summary>Asks to be notified. Look at the ring again after this and before sleeping.</summary>
    /// <remarks>Full fence: our doorbell's store comes before the loads of the ring in the re-check.</remarks>
    public void Arm() => Interlocked.Exchange(ref *_own, Armed);

    /// <summary>No longer asleep: spares the peer a notification. No order is needed, a spurious one is harmless.</summary>
    public void Disarm() => Volatile.Write(ref *_own, Quiet);

    /// <summary>Whether this end's doorbell is still armed.</summary>
    public bool IsArmed => Volatile.Read(ref *_own) != Quiet;

    /// <summary>The fence that <see cref="ShouldRing"/> needs before it: once for a batch, over any number of channels.</summary>
    /// <remarks>Full fence: the control words and acknowledgements stored come before the load of the peer's doorbell.</remarks>
    public static void FenceBeforeRinging() => Interlocked.MemoryBarrier();

    /// <summary>True when the peer sleeps and it falls to the caller to notify it (once for each time it was armed).</summary>
    /// <remarks>The load comes first: while the peer is awake its doorbell line stays shared and costs a cache hit.</remarks>
    public bool ShouldRing() =>
        Volatile.Read(ref *_peer) != Quiet && Interlocked.Exchange(ref *_peer, Quiet) != Quiet;
}

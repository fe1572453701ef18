using System.Runtime.CompilerServices;
using System.Threading;

namespace Cosmos.Multikernel.Channels;

/// <summary>The receiving end of one ring: copies a line out, frees its slot, acknowledges.</summary>
/// <remarks>
/// Acknowledgement without reverse traffic: Barrelfish reserves a slot of the reverse ring for a pure acknowledgement. Here
/// a line of the header, written by this end alone, holds the same running count. It needs no reserved slot, so it cannot
/// itself wait for room (two ends that are both full never wait for each other's acknowledgement slot); a later value
/// simply replaces an earlier one, so it never queues; and a sender that is full learns of room even while it leaves its
/// own incoming messages unread, which piggy-backed counts alone could not tell it: two ends that both wait for room
/// before they read would wait for ever.
/// It is written at each quarter of a ring consumed, reverse traffic or not: often enough that a sender is never stopped
/// by a ring of consumed lines, seldom enough to cost nothing. A sender reads it only when it believes the ring full, which
/// piggy-backed counts usually prevent, so in a conversation the line stays in the writer's cache.
/// </remarks>
public unsafe struct RingReceiver
{
    private readonly byte* _lines;
    private readonly uint* _acknowledgement;
    private readonly uint _slots;
    private readonly uint _quarter;
    private uint _tail;
    private uint _told;

    /// <summary>Binds to fresh (zeroed) memory.</summary>
    /// <param name="lines">First slot of the ring this end reads.</param>
    /// <param name="acknowledgement">The header line in which this end says what it has consumed.</param>
    /// <param name="slots">Slots of the ring; see <see cref="RingLayout.IsValidSlotCount"/>.</param>
    public RingReceiver(byte* lines, uint* acknowledgement, uint slots)
    {
        _lines = lines;
        _acknowledgement = acknowledgement;
        _slots = slots;
        _quarter = slots < 4 ? 1 : slots / 4;
        _tail = 0;
        _told = 0;
    }

    /// <summary>Lines consumed since binding, modulo 2^32: what the next line sent the other way acknowledges.</summary>
    public readonly uint Tail => _tail;

    /// <summary>The count last written to the header line.</summary>
    public readonly uint Told => _told;

    /// <summary>Whether a line is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool HasLine()
    {
        byte* line = _lines + ((ulong)(_tail & (_slots - 1)) * RingLayout.LineSize);
        ulong control = Volatile.Read(ref *(ulong*)(line + RingLayout.PayloadSize));
        return (control & RingControl.EpochBit) == RingControl.EpochOf(_tail, _slots);
    }

    /// <summary>Copies the next line out and frees its slot.</summary>
    /// <param name="payload">Receives the 56 bytes, when a line is there.</param>
    /// <param name="control">Receives the control word, not yet validated.</param>
    /// <returns>False while no line is there.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReceive(RingPayload* payload, out ulong control)
    {
        byte* line = _lines + ((ulong)(_tail & (_slots - 1)) * RingLayout.LineSize);

        // Acquire: the control word is read before the payload, so a new epoch means the payload under it is complete.
        // The word is read once: what is validated later is this copy, whatever the peer does to the slot meanwhile.
        control = Volatile.Read(ref *(ulong*)(line + RingLayout.PayloadSize));
        if ((control & RingControl.EpochBit) != RingControl.EpochOf(_tail, _slots))
        {
            return false;
        }
        RingPayload.Copy((byte*)payload, line);
        _tail++;
        if (_tail - _told >= _quarter)
        {
            PublishAcknowledgement();
        }
        return true;
    }

    /// <summary>Writes the acknowledgement line now. The caller then owes the peer's doorbell a look.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PublishAcknowledgement()
    {
        // Release: the copy out of the slots comes before the count that lets the sender write them again.
        Volatile.Write(ref *_acknowledgement, _tail);
        _told = _tail;
    }
}

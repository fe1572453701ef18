using System.Runtime.CompilerServices;
using System.Threading;

namespace Cosmos.Multikernel.Channels;

/// <summary>
/// The sending end of one ring: <c>TryReserve</c> a slot, write it in place, <c>Commit</c>.
/// </summary>
/// <remarks>
/// For streams, copy the struct to a local, loop, copy it back: a loop over locals that makes no call keeps the cursor in
/// registers and reaches the speed of the same ring in C; a cursor behind a reference does not. All members that a loop
/// needs are inlined for that reason.
/// </remarks>
public unsafe struct RingSender
{
    private readonly byte* _lines;
    private readonly uint* _peerAcknowledgement;
    private readonly uint _slots;
    private uint _head;
    private uint _acknowledged;
    private uint _malformed;

    /// <summary>Binds to fresh (zeroed) memory.</summary>
    /// <param name="lines">First slot of the ring this end writes.</param>
    /// <param name="peerAcknowledgement">The header line in which the peer says what it has consumed of this ring.</param>
    /// <param name="slots">Slots of the ring; see <see cref="RingLayout.IsValidSlotCount"/>.</param>
    public RingSender(byte* lines, uint* peerAcknowledgement, uint slots)
    {
        _lines = lines;
        _peerAcknowledgement = peerAcknowledgement;
        _slots = slots;
        _head = 0;
        _acknowledged = 0;
        _malformed = 0;
    }

    /// <summary>Lines committed since binding, modulo 2^32.</summary>
    public readonly uint Head => _head;

    /// <summary>Acknowledgements that claimed lines never sent; each was ignored.</summary>
    public readonly uint Malformed => _malformed;

    /// <summary>Slots known to be free, without looking at shared memory.</summary>
    public readonly uint Free => _slots - (_head - _acknowledged);

    /// <summary>The next slot's payload, or null while the ring is full. Reserving twice gives the same slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RingPayload* TryReserve()
    {
        if (_head - _acknowledged == _slots)
        {
            RefreshAcknowledgement();
            if (_head - _acknowledged == _slots)
            {
                return null;
            }
        }
        return (RingPayload*)(_lines + ((ulong)(_head & (_slots - 1)) * RingLayout.LineSize));
    }

    /// <summary>Hands the reserved slot to the receiver.</summary>
    /// <param name="kind">What the line is.</param>
    /// <param name="length">Its length field; at most <see cref="RingControl.MaximumLength"/>.</param>
    /// <param name="consumed">What this end has consumed of the reverse ring: the piggy-backed acknowledgement.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Commit(RingLineKind kind, uint length, uint consumed)
    {
        byte* line = _lines + ((ulong)(_head & (_slots - 1)) * RingLayout.LineSize);
        ulong control = RingControl.Pack(
            RingControl.EpochOf(_head, _slots),
            kind,
            length,
            consumed
        );

        // Release: the payload's stores come before the control word's, or the receiver could see a new epoch over old
        // payload. On x86 (TSO) stores are not reordered, so this only holds the compiler.
        Volatile.Write(ref *(ulong*)(line + RingLayout.PayloadSize), control);
        _head++;
    }

    /// <summary>Reads what the peer says in the header that it has consumed.</summary>
    /// <remarks>
    /// Acquire: this load comes before our stores into the slots it frees. The peer's copy out of those slots came before
    /// its store of the count, so our stores cannot tear its copy.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RefreshAcknowledgement() => Acknowledge(Volatile.Read(ref *_peerAcknowledgement));

    /// <summary>Learns that the peer has consumed this many lines since binding; nonsense is counted and ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Acknowledge(uint consumed)
    {
        // Both routes (reverse traffic, header line) carry the same running count, so the older of two may arrive later:
        // a count at or behind ours is old news. One ahead of what was ever sent was never true. (A reverse line left
        // unread while 2^31 lines go out would be taken for the latter: ignored and counted, no harm done.)
        if (consumed - _acknowledged <= _head - _acknowledged)
        {
            _acknowledged = consumed;
        }
        else if ((int)(consumed - _acknowledged) > 0)
        {
            _malformed++;
        }
    }
}

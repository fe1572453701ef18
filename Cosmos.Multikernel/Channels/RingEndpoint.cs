using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Channels;

/// <summary>
/// One end of a channel: a sender, a receiver and the doorbells, and on top of lines whole messages.
/// </summary>
/// <remarks>
/// A message longer than a line goes out line by line as slots become free, so its length is bounded by the receiver's
/// buffer and not by the ring. One message is sent at a time; one that cannot be finished is aborted, and the ring stays
/// usable. The struct must not be copied while in use (its cursors are the truth); the raw <see cref="Sender"/> and
/// <see cref="Receiver"/> may be, for a loop, as long as they are put back.
/// </remarks>
public unsafe struct RingEndpoint
{
    // A hostile peer could write lines that carry nothing as fast as they are passed over: a look ends after this many.
    private const uint MostPassedOver = 64;

    /// <summary>The raw sending end.</summary>
    public RingSender Sender;

    /// <summary>The raw receiving end.</summary>
    public RingReceiver Receiver;

    /// <summary>The doorbells.</summary>
    public RingDoorbell Doorbell;

    /// <summary>What this end has done.</summary>
    public RingCounters Counters;

    private uint _sendRemaining;
    private uint _receiveLength;
    private uint _receiveRemaining;
    private bool _skipping;
    private bool _held;
    private RingPayload _heldPayload;
    private uint _lookedAtHead;
    private uint _lookedAtTold;

    /// <summary>Binds one end to fresh (zeroed) shared memory.</summary>
    /// <param name="memory">The mapping, <see cref="RingLayout.BytesFor"/> bytes, 64-byte aligned.</param>
    /// <param name="slots">Slots of each ring as agreed at binding: never read from the header, which the peer can write.</param>
    /// <param name="sideA">True for the side that connected, false for the side that accepted.</param>
    public RingEndpoint(byte* memory, uint slots, bool sideA)
    {
        this = default;
        int ownDoorbell = sideA ? RingLayout.DoorbellOffsetA : RingLayout.DoorbellOffsetB;
        int peerDoorbell = sideA ? RingLayout.DoorbellOffsetB : RingLayout.DoorbellOffsetA;
        int ownAcknowledgement = sideA
            ? RingLayout.AcknowledgementOffsetA
            : RingLayout.AcknowledgementOffsetB;
        int peerAcknowledgement = sideA
            ? RingLayout.AcknowledgementOffsetB
            : RingLayout.AcknowledgementOffsetA;
        Sender = new RingSender(
            memory + RingLayout.RingOffset(sideA, slots),
            (uint*)(memory + peerAcknowledgement),
            slots
        );
        Receiver = new RingReceiver(
            memory + RingLayout.RingOffset(!sideA, slots),
            (uint*)(memory + ownAcknowledgement),
            slots
        );
        Doorbell = new RingDoorbell((uint*)(memory + ownDoorbell), (uint*)(memory + peerDoorbell));
    }

    /// <summary>Whether a message has been begun that is neither complete nor aborted.</summary>
    public readonly bool IsSending => _sendRemaining != 0;

    /// <summary>Whether this end has stored something the peer may be asleep for.</summary>
    public readonly bool OwesDoorbell =>
        _lookedAtHead != Sender.Head || _lookedAtTold != Receiver.Told;

    /// <summary>Whether a line is there to be received (it may be only a part of a message).</summary>
    public readonly bool HasLine => _held || Receiver.HasLine();

    /// <summary>Lines and acknowledgements from the peer that meant nothing.</summary>
    public readonly ulong Malformed => Counters.Malformed + Sender.Malformed;

    /// <summary>Whether a whole message of this many bytes could be sent now.</summary>
    public bool HasRoomFor(uint length)
    {
        uint lines = RingLayout.LinesFor(length);
        if (Sender.Free < lines)
        {
            Sender.RefreshAcknowledgement();
        }
        return Sender.Free >= lines;
    }

    /// <summary>Whether at least one slot is free, after a look at the peer's acknowledgement.</summary>
    public bool HasRoom => Sender.TryReserve() != null;

    /// <summary>
    /// Sends a message, or as much of it as there is room for. Returns <see cref="RingStatus.Full"/> when a part remains:
    /// call again with the same data until <see cref="RingStatus.Ok"/>, or <see cref="TryAbort"/>.
    /// </summary>
    /// <param name="data">The message; may be null when the length is 0.</param>
    /// <param name="length">Bytes, at most <see cref="RingControl.MaximumLength"/>.</param>
    public RingStatus TrySend(byte* data, uint length)
    {
        if (length > RingControl.MaximumLength)
        {
            return RingStatus.TooLong;
        }
        bool started = _sendRemaining != 0;
        uint remaining = started ? _sendRemaining : length;
        while (true)
        {
            RingPayload* slot = Sender.TryReserve();
            if (slot == null)
            {
                _sendRemaining = started ? remaining : 0;
                Counters.FullWaits++;
                return RingStatus.Full;
            }
            uint here = remaining < RingLayout.PayloadSize ? remaining : RingLayout.PayloadSize;
            CopyBytes((byte*)slot, data + (length - remaining), here);
            CommitLine(started ? RingLineKind.Continuation : RingLineKind.Start, remaining);
            started = true;
            remaining -= here;
            if (remaining == 0)
            {
                _sendRemaining = 0;
                Counters.MessagesSent++;
                Counters.BytesSent += length;
                return RingStatus.Ok;
            }
        }
    }

    /// <summary>Gives up the message begun, if any; <see cref="RingStatus.Full"/> when even that has to wait for a slot.</summary>
    public RingStatus TryAbort()
    {
        if (_sendRemaining == 0)
        {
            return RingStatus.Ok;
        }
        if (Sender.TryReserve() == null)
        {
            return RingStatus.Full;
        }
        CommitLine(RingLineKind.Abort, 0);
        _sendRemaining = 0;
        Counters.Aborted++;
        return RingStatus.Ok;
    }

    /// <summary>Commits the reserved slot and piggy-backs the acknowledgement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CommitLine(RingLineKind kind, uint lengthField) =>
        Sender.Commit(kind, lengthField, Receiver.Tail);

    /// <summary>
    /// Receives the next message. Takes the lines that are there; returns <see cref="RingStatus.Empty"/> while the message is
    /// not complete (or after many lines that carry nothing), and then wants the same buffer again.
    /// </summary>
    /// <param name="buffer">Where the message is put together: memory of this end alone.</param>
    /// <param name="capacity">Bytes of the buffer.</param>
    /// <param name="length">
    /// Bytes of the message, when <see cref="RingStatus.Ok"/>. When <see cref="RingStatus.TooLong"/>, what the message claims
    /// to need: call again with such a buffer, or <see cref="Skip"/> it.
    /// </param>
    public RingStatus TryReceive(byte* buffer, uint capacity, out uint length)
    {
        length = 0;
        RingPayload payload;
        if (_held)
        {
            length = _receiveLength;
            if (length > capacity)
            {
                return RingStatus.TooLong;
            }
            _held = false;
            payload = _heldPayload;
            if (Assemble(buffer, &payload))
            {
                return RingStatus.Ok;
            }
        }
        uint passedOver = 0;
        while (passedOver < MostPassedOver && Receiver.TryReceive(&payload, out ulong control))
        {
            // From here on only the copies are looked at.
            Sender.Acknowledge(RingControl.Acknowledged(control));
            uint field = RingControl.Length(control);
            bool valid = RingControl.ReservedAreZero(control);
            switch (RingControl.Kind(control))
            {
                case RingLineKind.Start when valid && _receiveRemaining == 0:
                    _receiveLength = field;
                    _receiveRemaining = field;
                    _skipping = false;
                    if (field > capacity)
                    {
                        _held = true;
                        _heldPayload = payload;
                        length = field;
                        return RingStatus.TooLong;
                    }
                    break;
                case RingLineKind.Continuation
                    when valid && _receiveRemaining != 0 && field == _receiveRemaining:
                    break;
                case RingLineKind.Continuation when valid && _skipping:
                    passedOver++;
                    continue;
                case RingLineKind.Abort when valid && field == 0:
                    _receiveRemaining = 0;
                    _skipping = false;
                    Counters.Aborted++;
                    passedOver++;
                    continue;
                default:
                    Skip();
                    return RingStatus.Malformed;
            }
            if (Assemble(buffer, &payload))
            {
                length = _receiveLength;
                return RingStatus.Ok;
            }
        }
        length = 0;
        return RingStatus.Empty;
    }

    /// <summary>
    /// Drops the message being received and counts it as malformed: the lines up to the next first line are passed over, so
    /// that one bad message is one error.
    /// </summary>
    public void Skip()
    {
        _held = false;
        _receiveRemaining = 0;
        _skipping = true;
        Counters.Malformed++;
    }

    /// <summary>Copies what is known of a message that is too long: its first line. Returns how many bytes.</summary>
    /// <param name="target">Room for <see cref="RingLayout.PayloadSize"/> bytes.</param>
    public readonly uint CopyHeld(byte* target)
    {
        uint length =
            _receiveLength < RingLayout.PayloadSize ? _receiveLength : RingLayout.PayloadSize;
        RingPayload payload = _heldPayload;
        CopyBytes(target, (byte*)&payload, length);
        return length;
    }

    private bool Assemble(byte* buffer, RingPayload* payload)
    {
        uint here =
            _receiveRemaining < RingLayout.PayloadSize ? _receiveRemaining : RingLayout.PayloadSize;
        CopyBytes(buffer + (_receiveLength - _receiveRemaining), (byte*)payload, here);
        _receiveRemaining -= here;
        if (_receiveRemaining != 0)
        {
            return false;
        }
        Counters.MessagesReceived++;
        Counters.BytesReceived += _receiveLength;
        return true;
    }

    /// <summary>
    /// After <see cref="RingDoorbell.FenceBeforeRinging"/>: whether the peer has to be notified of what was stored since the
    /// last look.
    /// </summary>
    public bool LookAtDoorbell()
    {
        _lookedAtHead = Sender.Head;
        _lookedAtTold = Receiver.Told;
        if (!Doorbell.ShouldRing())
        {
            return false;
        }
        Counters.DoorbellsRung++;
        return true;
    }

    /// <summary>Arms this end's doorbell; true when it may sleep, false when what it waits for came meanwhile.</summary>
    /// <param name="wantsLines">Whether this end waits for lines to arrive.</param>
    /// <param name="wantsRoom">Whether this end waits for a free slot.</param>
    public bool ArmAndRecheck(bool wantsLines, bool wantsRoom)
    {
        Counters.DoorbellsArmed++;
        Doorbell.Arm();
        if (!(wantsLines && HasLine) && !(wantsRoom && HasRoom))
        {
            return true;
        }
        Doorbell.Disarm();
        return false;
    }

    private static void CopyBytes(byte* target, byte* source, uint length)
    {
        if (length == RingLayout.PayloadSize)
        {
            RingPayload.Copy(target, source);
            return;
        }
        uint at = 0;
        for (; at + 8 <= length; at += 8)
        {
            *(ulong*)(target + at) = *(ulong*)(source + at);
        }
        for (; at < length; at++)
        {
            target[at] = source[at];
        }
    }
}

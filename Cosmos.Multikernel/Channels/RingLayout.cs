namespace Cosmos.Multikernel.Channels;

/// <summary>
/// Where everything lies in the memory two ends of a channel share. One contiguous mapping: a page of header,
/// then the ring from side A to side B, then the ring from side B to side A.
/// </summary>
/// <remarks>
/// Principles of the whole ring (files Ring*.cs). They are one source, compiled for the CPU driver, for instances and for
/// the simulator, so they use structs, pointers, Volatile and Interlocked only: no classes, no exceptions, no BCL.
/// <list type="number">
/// <item>Every 64-byte line has one writer at a time. Nothing of one end's state is read back from shared memory: cursors,
/// slot count and side are private, so a hostile peer can corrupt only the messages it sends.</item>
/// <item>A slot is one cache line: 56 bytes of payload, then an 8-byte control word written last. Its epoch bit flips each
/// lap, so the receiver tells a new line from an old one without ever writing the data line.</item>
/// <item>The receiver copies a line before it looks at what the line means.</item>
/// <item>Consumed lines are acknowledged inside the control words of the reverse traffic. Where there is none, in a line
/// of the header (<see cref="RingReceiver"/> says why).</item>
/// <item>A full ring never drops: the sender is told, and waits.</item>
/// </list>
/// </remarks>
public static class RingLayout
{
    /// <summary>Bytes in a slot: one cache line.</summary>
    public const int LineSize = 64;

    /// <summary>Bytes of a slot that carry the message.</summary>
    public const int PayloadSize = 56;

    /// <summary>Bytes of the header, before the first ring.</summary>
    public const int HeaderSize = 4096;

    /// <summary>Slots of a ring when the connecting side does not say.</summary>
    public const uint DefaultSlots = 64;

    /// <summary>Most slots of a ring: 4 MiB a direction.</summary>
    public const uint MaximumSlots = 65536;

    /// <summary>First eight bytes of the header: "CosmosCh".</summary>
    public const ulong Magic = 0x6843_736F_6D73_6F43;

    /// <summary>Header line 0, offset 0: <see cref="Magic"/>, written once at binding.</summary>
    public const int MagicOffset = 0;

    /// <summary>Header line 0, offset 8: slots of each ring (u32), for tools; ends use the count given at binding.</summary>
    public const int SlotsOffset = 8;

    /// <summary>Header line 0, offset 12: the channel's number among those that its connecting side has made (u32), for traces.</summary>
    public const int NumberOffset = 12;

    /// <summary>Header line 1: side A's doorbell. A sets it, B clears it.</summary>
    public const int DoorbellOffsetA = 1 * LineSize;

    /// <summary>Header line 2: side B's doorbell. B sets it, A clears it.</summary>
    public const int DoorbellOffsetB = 2 * LineSize;

    /// <summary>Header line 3: what A has consumed of the ring from B. Only A writes it.</summary>
    public const int AcknowledgementOffsetA = 3 * LineSize;

    /// <summary>Header line 4: what B has consumed of the ring from A. Only B writes it.</summary>
    public const int AcknowledgementOffsetB = 4 * LineSize;

    /// <summary>Header line 5: the channel's state as A sees it. Only A's CPU driver writes it.</summary>
    public const int StateOffsetA = 5 * LineSize;

    /// <summary>Header line 6: the channel's state as B sees it. Only B's CPU driver writes it.</summary>
    public const int StateOffsetB = 6 * LineSize;

    /// <summary>Whether a ring may have this many slots: a power of two, at most <see cref="MaximumSlots"/>.</summary>
    public static bool IsValidSlotCount(uint slots) =>
        slots != 0 && slots <= MaximumSlots && (slots & (slots - 1)) == 0;

    /// <summary>Lines that a message of this many bytes takes.</summary>
    public static uint LinesFor(uint length) =>
        length <= PayloadSize ? 1 : (length + PayloadSize - 1) / PayloadSize;

    /// <summary>Bytes of shared memory a channel with this many slots in each direction takes.</summary>
    public static ulong BytesFor(uint slots) => HeaderSize + 2UL * slots * LineSize;

    /// <summary>Offset of the ring whose sender is side A (<paramref name="fromA"/>) or side B.</summary>
    public static ulong RingOffset(bool fromA, uint slots) =>
        HeaderSize + (fromA ? 0UL : (ulong)slots * LineSize);
}

namespace Cosmos.Multikernel.Channels;

/// <summary>What a line of a ring is.</summary>
public enum RingLineKind : uint
{
    /// <summary>No line has this kind: a control word of zeros is an empty slot or an attack.</summary>
    None = 0,

    /// <summary>First line of a message; the length field is the length of the whole message in bytes.</summary>
    Start = 1,

    /// <summary>A further line of a message; the length field is what remains, this line included.</summary>
    Continuation = 2,

    /// <summary>The sender gave up the message it had begun (cancelled, timed out): the receiver forgets its lines.</summary>
    Abort = 3,
}

/// <summary>
/// The 8-byte control word at the end of a line.
/// <code>
///  63                            32 31                       8 7     4 3    1  0
/// | lines consumed by this sender  | length in bytes          |  zero | kind |E|
/// </code>
/// E is the epoch: 1 on the first lap, so that zeroed memory holds no line, and flipping with each lap. The upper half is
/// the piggy-backed acknowledgement: how many lines of the reverse ring this line's sender has consumed since binding,
/// modulo 2^32.
/// </summary>
public static class RingControl
{
    /// <summary>Longest message the length field can say.</summary>
    public const uint MaximumLength = (1u << 24) - 1;

    /// <summary>The bit that flips each lap.</summary>
    public const ulong EpochBit = 1;

    private const ulong ReservedBits = 0xF0;

    /// <summary>Puts a control word together.</summary>
    public static ulong Pack(ulong epoch, RingLineKind kind, uint length, uint acknowledged) =>
        epoch | ((ulong)kind << 1) | ((ulong)length << 8) | ((ulong)acknowledged << 32);

    /// <summary>The epoch a line with this running number carries, in a ring of this many slots.</summary>
    /// <remarks>The bit of weight <paramref name="slots"/> in the running number is the parity of the lap.</remarks>
    public static ulong EpochOf(uint number, uint slots) => (number & slots) == 0 ? 1UL : 0UL;

    /// <summary>The kind field: may be no declared kind when the peer is hostile.</summary>
    public static RingLineKind Kind(ulong control) => (RingLineKind)((control >> 1) & 7);

    /// <summary>The length field, bytes.</summary>
    public static uint Length(ulong control) => (uint)(control >> 8) & MaximumLength;

    /// <summary>The piggy-backed acknowledgement.</summary>
    public static uint Acknowledged(ulong control) => (uint)(control >> 32);

    /// <summary>Whether bits that must be zero are.</summary>
    public static bool ReservedAreZero(ulong control) => (control & ReservedBits) == 0;
}

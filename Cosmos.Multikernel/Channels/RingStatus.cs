namespace Cosmos.Multikernel.Channels;

/// <summary>How an operation on a ring went.</summary>
public enum RingStatus : uint
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>No complete message is there yet.</summary>
    Empty = 1,

    /// <summary>No free slot: try again when the peer has consumed some.</summary>
    Full = 2,

    /// <summary>The peer sent a line that means nothing; it was consumed and counted, the ring goes on.</summary>
    Malformed = 3,

    /// <summary>The message is longer than the receiver takes, or than a length field can say.</summary>
    TooLong = 4,
}

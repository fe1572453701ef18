namespace Cosmos.Multikernel.Channels;

/// <summary>What one end of a channel has done since binding. Counts, except where a unit is given.</summary>
public struct RingCounters
{
    /// <summary>Messages sent completely.</summary>
    public ulong MessagesSent;

    /// <summary>Messages received completely.</summary>
    public ulong MessagesReceived;

    /// <summary>Payload sent, bytes.</summary>
    public ulong BytesSent;

    /// <summary>Payload received, bytes.</summary>
    public ulong BytesReceived;

    /// <summary>Times a send found the ring full.</summary>
    public ulong FullWaits;

    /// <summary>Times this end rang the peer's doorbell.</summary>
    public ulong DoorbellsRung;

    /// <summary>Times this end armed its own doorbell to sleep.</summary>
    public ulong DoorbellsArmed;

    /// <summary>Messages begun and given up, by this end or the peer.</summary>
    public ulong Aborted;

    /// <summary>Lines and acknowledgements from the peer that meant nothing.</summary>
    public ulong Malformed;
}

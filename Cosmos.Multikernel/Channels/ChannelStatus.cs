namespace Cosmos.Multikernel.Channels;

/// <summary>Where a channel is in its life, as this end sees it. The CPU driver writes it into the shared header.</summary>
public enum ChannelStatus : uint
{
    /// <summary>Offered to the other instance, which has not taken it yet.</summary>
    Connecting = 0,

    /// <summary>Both ends are bound.</summary>
    Connected = 1,

    /// <summary>The other instance does not exist, or did not want the channel.</summary>
    Refused = 2,

    /// <summary>The peer closed its end and lives on.</summary>
    PeerClosed = 3,

    /// <summary>The peer's instance ended, whatever the cause.</summary>
    PeerEnded = 4,
}

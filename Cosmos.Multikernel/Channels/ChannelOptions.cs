namespace Cosmos.Multikernel.Channels;

/// <summary>What the connecting side chooses for a channel.</summary>
public sealed record ChannelOptions
{
    /// <summary>The choices when none are given.</summary>
    public static ChannelOptions Default { get; } = new();

    /// <summary>Slots of 64 bytes in each direction: a power of two, at most <see cref="RingLayout.MaximumSlots"/>; the CPU driver takes 8 to 8192.</summary>
    public uint Slots { get; init; } = RingLayout.DefaultSlots;

    /// <summary>The service wanted of the instance: what its <see cref="Channel.AcceptAsync(string, CancellationToken)"/> names. Empty for its author's default.</summary>
    public string Service { get; init; } = "";

    /// <summary>Version of the interface that the channel is for; 0 for bytes without one. The server sees it before it takes the channel.</summary>
    internal ulong InterfaceHash { get; init; }

    /// <summary>How long connecting may take before it throws <see cref="TimeoutException"/>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Longest message this end takes, bytes; a longer one is dropped and counted as malformed.</summary>
    public int MaximumMessageLength { get; init; } = 1 << 20;
}

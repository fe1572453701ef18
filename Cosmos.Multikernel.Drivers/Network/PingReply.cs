namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>What became of an echo request.</summary>
/// <param name="Error">Whether no answer came, and why.</param>
/// <param name="From">Who answered, or said that it cannot be delivered.</param>
/// <param name="RoundTrip">How long that took.</param>
/// <param name="TimeToLive">What was left of the answer's.</param>
public readonly record struct PingReply(
    NetworkError Error,
    Ipv4Address From,
    TimeSpan RoundTrip,
    byte TimeToLive
);

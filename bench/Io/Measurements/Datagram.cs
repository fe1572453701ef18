namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>What all datagrams have in common.</summary>
internal static class Datagram
{
    /// <summary>Bytes of one: what it says, and what makes it as long as a small question.</summary>
    public const int Bytes = 64;

    /// <summary>Who waits so long for one has lost it; what was measured ends with that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
}

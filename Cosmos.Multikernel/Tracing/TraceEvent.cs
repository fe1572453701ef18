namespace Cosmos.Multikernel.Tracing;

/// <summary>What an instance's event loop saw.</summary>
internal enum TraceKind : ushort
{
    /// <summary>A message is about to become visible to the peer. Value: its bytes. Line: the ring's count after its last line.</summary>
    Send = 1,

    /// <summary>A message is put together. Value: its bytes. Line: the ring's count after its last line, the same as its Send's.</summary>
    Receive = 2,

    /// <summary>A send found the ring full and waits.</summary>
    Full = 3,

    /// <summary>The peer slept: its doorbell was rung.</summary>
    Ring = 4,

    /// <summary>This end was notified.</summary>
    Rung = 5,

    /// <summary>The loop slept. Value: for how long, ns. No channel.</summary>
    Sleep = 6,
}

/// <summary>One event of an instance's trace. 24 bytes.</summary>
/// <param name="Time">When, ns on the clock that all cores share.</param>
/// <param name="Value">By kind: bytes or nanoseconds.</param>
/// <param name="Line">By kind: a count of ring lines, modulo 2^32.</param>
/// <param name="Channel">Index in the recording's channels.</param>
/// <param name="Kind">What happened.</param>
internal readonly record struct TraceEvent(
    long Time,
    long Value,
    uint Line,
    ushort Channel,
    TraceKind Kind
);

/// <summary>A channel of a recording.</summary>
/// <param name="Number">Its number among those that its connecting side has made: the same at both ends.</param>
/// <param name="SideA">Whether this instance connected it.</param>
/// <param name="PeerCore">Core of the other instance.</param>
/// <param name="PeerName">Name of the other instance.</param>
/// <param name="Service">What it is for.</param>
internal sealed record TraceChannel(
    uint Number,
    bool SideA,
    int PeerCore,
    string PeerName,
    string Service
);

namespace Cosmos.Multikernel.Abi;

/// <summary>What a CPU driver can say about its core in a trace.</summary>
public enum CoreTraceKind : uint
{
    /// <summary>Nothing can run: the core halts.</summary>
    Idle = 1,

    /// <summary>An interrupt ended the halt.</summary>
    Busy = 2,

    /// <summary>Another core's doorbell interrupt arrived.</summary>
    Doorbell = 3,

    /// <summary>A blocked thread became ready; the argument is its number.</summary>
    Woken = 4,

    /// <summary>The buffer was full; the argument counts the events that are missing from here on.</summary>
    Dropped = 5,
}

/// <summary>One event in a CPU driver's trace. 16 bytes.</summary>
public struct CoreTraceEvent
{
    /// <summary>Nanoseconds on the clock that all cores share (CLOCK_MONOTONIC).</summary>
    public ulong Time;

    public CoreTraceKind Kind;
    public uint Argument;
}

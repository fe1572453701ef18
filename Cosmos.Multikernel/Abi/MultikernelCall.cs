// The binary interface between the CPU driver and an instance, beyond Linux's: one source, compiled for both.
// Blittable structs and constants only. Pointers are addresses in the instance; sizes are in bytes; a struct's size is
// passed along so that either side can tell an older other side.

namespace Cosmos.Multikernel.Abi;

/// <summary>
/// Numbers of the system calls of our own, in RAX; arguments as in Linux (RDI, RSI, RDX, R10). The result is 0 or more, or a
/// negative Linux error number. Linux's own numbers end far below.
/// </summary>
public static class MultikernelCall
{
    /// <summary>First number of ours.</summary>
    public const long First = 0x1000;

    /// <summary><c>(Identity* result, size)</c>: who and where the caller is.</summary>
    public const long Identity = 0x1000;

    /// <summary><c>(CoreStatistics* result, size)</c>: the caller's core and memory in numbers.</summary>
    public const long CoreStatistics = 0x1001;

    /// <summary><c>(index, InstanceDeclaration* result, size)</c>: the boot media's instances; ENOENT past the last.</summary>
    public const long DeclaredInstance = 0x1002;

    /// <summary><c>(ConnectRequest* request, size)</c>: offers a channel; returns its handle at once, in state Connecting.</summary>
    public const long Connect = 0x1003;

    /// <summary><c>(AcceptResult* result, size)</c>: takes the oldest offer; returns its handle, EAGAIN when there is none.</summary>
    public const long Accept = 0x1004;

    /// <summary><c>(handle)</c>: rings the peer of a channel.</summary>
    public const long Notify = 0x1005;

    /// <summary><c>(handle)</c>: ends a channel: the mapping goes, the peer sees PeerClosed.</summary>
    public const long Close = 0x1006;

    /// <summary><c>(action)</c>: switches the machine off or restarts it; does not return when it can.</summary>
    public const long Power = 0x1007;

    /// <summary><c>(AuditResult* result, size)</c>: looks through all that the caller's core can reach from here.</summary>
    public const long Audit = 0x1008;

    /// <summary>
    /// <c>(first, CoreTraceEvent* events, size)</c>: the core's trace from an event on; returns how many were copied, ENOENT
    /// when it does not trace.
    /// </summary>
    public const long ReadTrace = 0x1009;

    /// <summary><c>(core)</c>: sends an interrupt to another core and waits for its answer; returns nanoseconds.</summary>
    public const long ProbeInterrupt = 0x100F;

    /// <summary>One past the last number in use.</summary>
    public const long End = 0x1010;
}

/// <summary>What <see cref="MultikernelCall.Power"/> does.</summary>
public enum PowerAction : uint
{
    Shutdown = 0,
    Reboot = 1,
}

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

    /// <summary><c>(bytes, alignment)</c>: a frame of the core's memory, zeroed; returns its capability's handle.</summary>
    public const long AllocateFrame = 0x1010;

    /// <summary><c>(handle, CapabilityDescription* result, size)</c>: what a capability is.</summary>
    public const long IdentifyCapability = 0x1011;

    /// <summary><c>(handle)</c>: the caller's next capability after this one (0: the first); ENOENT past the last.</summary>
    public const long NextCapability = 0x1012;

    /// <summary><c>(handle, MintRequest* request, size)</c>: another capability for a part of this one.</summary>
    public const long MintCapability = 0x1013;

    /// <summary><c>(handle)</c>: another capability for the same.</summary>
    public const long CopyCapability = 0x1014;

    /// <summary><c>(handle)</c>: ends a capability; what nobody holds any more is freed.</summary>
    public const long DeleteCapability = 0x1015;

    /// <summary><c>(handle, rights)</c>: makes a frame or device memory accessible; returns its address.</summary>
    public const long MapCapability = 0x1016;

    /// <summary><c>(handle)</c>: takes the mapping away again.</summary>
    public const long UnmapCapability = 0x1017;

    /// <summary><c>(channel, PermitRequest* request, size)</c>: monitors only; the instance at the channel's other end, which
    /// must be of this core, may connect once to the one named.</summary>
    public const long Permit = 0x1018;

    /// <summary><c>(index)</c>: monitors only; starts a declared instance of this core again after its end. The index is that of
    /// <see cref="DeclaredInstance"/>.</summary>
    public const long Start = 0x1019;

    /// <summary><c>(channel, handle)</c>: sends a capability through a channel; the caller has it no longer. Returns the number by
    /// which the other side claims it; EAGAIN while too many are under way, EBUSY for a frame with other capabilities.</summary>
    public const long SendCapability = 0x101a;

    /// <summary><c>(channel, number)</c>: takes a capability that was sent through a channel; returns its handle. EAGAIN while it has
    /// not come.</summary>
    public const long ClaimCapability = 0x101b;

    /// <summary><c>(handle, offset, size)</c>: reads a port of 1, 2 or 4 bytes; the offset is from the range's start.</summary>
    public const long ReadPort = 0x101c;

    /// <summary><c>(handle, offset, size, value)</c>: writes one.</summary>
    public const long WritePort = 0x101d;

    /// <summary><c>(handle, offset, size, void* bytes, count)</c>: reads one port count times, at most
    /// <see cref="CapabilityLimits.MaximumPortBlock"/>.</summary>
    public const long ReadPortBlock = 0x101e;

    /// <summary><c>(handle, offset, size, void* bytes, count)</c>: writes one port count times, as many at most.</summary>
    public const long WritePortBlock = 0x101f;

    /// <summary><c>(handle, InterruptBinding* inout, size)</c>: from now on the interrupt rings the caller.</summary>
    public const long BindInterrupt = 0x1020;

    /// <summary><c>(handle)</c>: the device has been served; a line that signals by level is heard again.</summary>
    public const long AcknowledgeInterrupt = 0x1021;

    /// <summary><c>(handle, signature, index, void* bytes, size)</c>: copies a firmware table, for the holder of all devices.
    /// Returns its length; of several with a signature the index says which; ENOENT past the last.</summary>
    public const long AcpiTable = 0x1022;

    /// <summary><c>(handle, core)</c>: for the holder of all devices; sends an interrupt to another core and waits for its answer,
    /// at most a millisecond; returns nanoseconds.</summary>
    public const long ProbeInterrupt = 0x1023;

    /// <summary><c>(channel, number)</c>: gives up a capability that was sent through a channel, unseen. EAGAIN while it has not
    /// come.</summary>
    public const long DiscardCapability = 0x1024;

    /// <summary><c>(handle, ScreenDescription* result, size)</c>: the screen that the boot loader left, for the holder of all devices.</summary>
    public const long DescribeScreen = 0x1025;

    /// <summary><c>(handle, ConsoleBinding* inout, size)</c>: from now on the console's text is the caller's to show, from what is
    /// kept of it on, and the terminal has the size given. EBUSY when another instance of this core has it.</summary>
    public const long BindConsole = 0x1026;

    /// <summary><c>(handle, void* bytes, size)</c>: takes text to show; returns how many bytes there were, 0 for none. With
    /// <see cref="ConsoleBinding.IsKept"/> added they were shown before the caller took over: nothing in them is to be answered.</summary>
    public const long ReadConsole = 0x1027;

    /// <summary><c>(handle, void* bytes, size)</c>: types; returns how many bytes were taken, EAGAIN when none could be now.</summary>
    public const long TypeConsole = 0x1028;

    /// <summary><c>(on)</c>: 1: from now on the instance answers its own calls that are about files, see <see cref="TakeCall"/>;
    /// 0: no more, and those that wait fail with EIO. EBUSY when somebody does already, EPERM for a monitor.</summary>
    public const long ReflectCalls = 0x1030;

    /// <summary><c>(ReflectedCall* result, size)</c>: takes the oldest call that waits; EAGAIN when none does. The second of the
    /// domain's pages tells (<see cref="DomainPage.WaitingCalls"/>).</summary>
    public const long TakeCall = 0x1031;

    /// <summary><c>(thread, result)</c>: ends a call that was taken; ESRCH when that thread's was not.</summary>
    public const long CompleteCall = 0x1032;

    /// <summary><c>(to, from, length)</c>: copies within the instance's memory as if by a system call: a bad address is no fault but
    /// ends the copy. Returns how many bytes were copied, at most 64 KB; EFAULT when not even one could be.</summary>
    public const long CopyMemory = 0x1033;

    /// <summary><c>()</c>: the power is about to go: brings what was written to files to its media and has disks park, as far as the
    /// file service can. Reflected as a call about files is; ENOSYS where nobody answers those.</summary>
    public const long PrepareForPowerOff = 0x1034;

    /// <summary>One past the last number in use.</summary>
    public const long End = 0x1035;
}

/// <summary>What <see cref="MultikernelCall.Power"/> does.</summary>
public enum PowerAction : uint
{
    Shutdown = 0,
    Reboot = 1,
}

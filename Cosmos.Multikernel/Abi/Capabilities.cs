namespace Cosmos.Multikernel.Abi;

/// <summary>What a capability gives access to.</summary>
public enum CapabilityType : byte
{
    None = 0,

    /// <summary>Contiguous pages of memory. Start: physical address; length: bytes.</summary>
    Frame = 1,

    /// <summary>Permission to open one channel. Start: the core; length: index of the instance's boot module.</summary>
    Endpoint = 2,

    /// <summary>Physical addresses outside memory: a device's registers. Start: physical address; length: bytes.</summary>
    DeviceMemory = 3,

    /// <summary>I/O ports. Start: the first; length: how many.</summary>
    PortRange = 4,

    /// <summary>Interrupt lines. Start: the first global system interrupt (ACPI); length: how many.</summary>
    InterruptLine = 5,

    /// <summary>Message-signalled interrupts. Start: 0; length: how many, a power of two.</summary>
    InterruptMessages = 6,

    /// <summary>All devices: the others but frames and endpoints are minted from it. Start and length: 0.</summary>
    Devices = 7,

    /// <summary>What all cores show on the console, and what is typed there. Start: 0; length: 1.</summary>
    ConsoleStream = 8,
}

/// <summary>What may be done with what a capability gives access to.</summary>
[global::System.Flags]
public enum CapabilityRights : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    All = Read | Write,
}

/// <summary>How a processor may remember device memory.</summary>
public enum DeviceCaching : byte
{
    /// <summary>Not at all: registers.</summary>
    Uncached = 0,

    /// <summary>Writes may be gathered: frame buffers.</summary>
    WriteCombining = 1,
}

/// <summary>What a capability is; for <see cref="MultikernelCall.IdentifyCapability"/>.</summary>
public struct CapabilityDescription
{
    public CapabilityType Type;
    public CapabilityRights Rights;
    public DeviceCaching Caching;
    public byte Reserved;

    /// <summary>Frames: the core whose memory it is.</summary>
    public uint Home;

    /// <summary>See <see cref="CapabilityType"/>.</summary>
    public ulong Start;
    public ulong Length;

    /// <summary>Where it is mapped, 0 for nowhere.</summary>
    public ulong Address;
}

/// <summary>A part of a capability; for <see cref="MultikernelCall.MintCapability"/>.</summary>
public struct MintRequest
{
    /// <summary>That of the source; from <see cref="CapabilityType.Devices"/> any device's.</summary>
    public CapabilityType Type;

    /// <summary>At most the source's.</summary>
    public CapabilityRights Rights;
    public DeviceCaching Caching;
    public byte Reserved;
    public uint Reserved2;

    /// <summary>In the units of the type, absolute.</summary>
    public ulong Start;
    public ulong Length;
}

/// <summary>Permission for another instance of this core to open one channel; for <see cref="MultikernelCall.Permit"/>.</summary>
public unsafe struct PermitRequest
{
    /// <summary>The core and the name of the instance that may be connected to; an empty name means the first there.</summary>
    public uint Core;
    public uint Reserved;
    public fixed byte Name[InstanceName.Size];
}

/// <summary>How an interrupt arrives; for <see cref="MultikernelCall.BindInterrupt"/>.</summary>
public struct InterruptBinding
{
    /// <summary>In: how a line signals; not for messages.</summary>
    public LineTrigger Trigger;

    /// <summary>Out: its first bit in <see cref="DomainPage.RungInterrupts"/>, and how many bits it has.</summary>
    public uint FirstBit;
    public uint Count;

    /// <summary>
    /// Out, messages: what the device has to write where, for the first one; each further one writes a number greater by 1.
    /// </summary>
    public uint MessageData;
    public ulong MessageAddress;
}

/// <summary>How an interrupt line signals.</summary>
public enum LineTrigger : uint
{
    /// <summary>As the firmware's tables say; without that rising edges below 16 and low levels from there on.</summary>
    AsFirmwareSays = 0,
    RisingEdge = 1,
    FallingEdge = 2,
    HighLevel = 3,
    LowLevel = 4,
}

/// <summary>Limits of capabilities.</summary>
public static class CapabilityLimits
{
    /// <summary>Bytes of the largest frame.</summary>
    public const ulong MaximumFrame = 2 * 1024 * 1024;

    /// <summary>Accesses of one <see cref="MultikernelCall.ReadPortBlock"/> or <see cref="MultikernelCall.WritePortBlock"/>.</summary>
    public const ulong MaximumPortBlock = 256;

    /// <summary>Capabilities that may be under way in one direction of a channel.</summary>
    public const uint Window = 32;

    /// <summary>Alignments that a frame can have, bytes.</summary>
    public const ulong SmallAlignment = 4096;
    public const ulong LargeAlignment = 2 * 1024 * 1024;
}

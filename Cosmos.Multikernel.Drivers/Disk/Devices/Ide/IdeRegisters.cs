using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ide;

/// <summary>
/// A channel's command registers. Those for numbers are two deep: what is written first is the upper half for extended commands. The data
/// register, of 16 bits at offset 0, is read and written in blocks.
/// </summary>
[DeviceRegisters("ATA/ATAPI-8 ATA Parallel Transport, section 6")]
internal sealed partial class IdeRegisters
{
    /// <summary>Where data go.</summary>
    public const int Data = 0;

    [Register(1)]
    public partial AtaError Error { get; }

    [Register(1)]
    public partial byte Features { set; }

    [Register(2)]
    public partial byte Count { get; set; }

    [Register(3)]
    public partial byte BlockLow { get; set; }

    [Register(4)]
    public partial byte BlockMiddle { get; set; }

    [Register(5)]
    public partial byte BlockHigh { get; set; }

    /// <summary>Which of two drives, and the upper bits of numbers of 28.</summary>
    [Register(6)]
    public partial byte Device { set; }

    /// <summary>Reading takes the interrupt back.</summary>
    [Register(7)]
    public partial AtaStatus Status { get; }

    [Register(7)]
    public partial AtaCommand Command { set; }
}

/// <summary>A channel's control registers.</summary>
[DeviceRegisters("PCI IDE Controller Specification 1.0, section 2.2")]
internal sealed partial class IdeControlRegisters
{
    /// <summary>The status, without taking the interrupt back.</summary>
    [Register(2)]
    public partial AtaStatus Status { get; }

    [Register(2)]
    public partial IdeControl Control { set; }
}

/// <summary>What a channel's drives are told.</summary>
[Flags]
internal enum IdeControl : byte
{
    None = 0,
    Silent = 1 << 1,
    Reset = 1 << 2,
}

/// <summary>How a channel's data get to memory; the second channel's registers are <see cref="Distance"/> behind.</summary>
[DeviceRegisters("Programming Interface for Bus Master IDE Controller 1.0, section 2")]
internal sealed partial class IdeBusMasterRegisters
{
    /// <summary>From the first channel to the second.</summary>
    public const int Distance = 8;

    [Register(0)]
    public partial IdeBusMasterCommand Command { get; set; }

    /// <summary>Ones that are written to interrupt and error take them back.</summary>
    [Register(2)]
    public partial IdeBusMasterStatus Status { get; set; }

    /// <summary>Where the table of regions is.</summary>
    [Register(4)]
    public partial uint Table { set; }
}

/// <summary>What the bus master is told.</summary>
[Flags]
internal enum IdeBusMasterCommand : byte
{
    None = 0,
    Start = 1 << 0,

    /// <summary>From the drive.</summary>
    ToMemory = 1 << 3,
}

/// <summary>How it is.</summary>
[Flags]
internal enum IdeBusMasterStatus : byte
{
    Active = 1 << 0,
    Error = 1 << 1,
    Interrupt = 1 << 2,
}

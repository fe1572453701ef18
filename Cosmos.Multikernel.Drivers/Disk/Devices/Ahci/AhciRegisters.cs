using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ahci;

/// <summary>A controller's own registers.</summary>
[DeviceRegisters("Serial ATA AHCI 1.3.1, section 3.1")]
internal sealed partial class AhciRegisters
{
    [Register(0x00)]
    public partial AhciCapabilities Capabilities { get; }

    [Register(0x04)]
    public partial AhciControl Control { get; set; }

    /// <summary>A bit for each port that interrupts; ones that are written are taken back.</summary>
    [Register(0x08)]
    public partial uint Interrupting { get; set; }

    /// <summary>A bit for each port that there is.</summary>
    [Register(0x0C)]
    public partial uint Ports { get; }

    [Register(0x24)]
    public partial AhciMoreCapabilities MoreCapabilities { get; }

    [Register(0x28)]
    public partial AhciHandOff HandOff { get; set; }
}

/// <summary>What a controller can do (section 3.1.1).</summary>
[Flags]
internal enum AhciCapabilities : uint
{
    None = 0,

    /// <summary>Slots of each port, less one.</summary>
    Slots = 0x1F << 8,

    /// <summary>Native command queueing.</summary>
    Queueing = 1 << 30,

    /// <summary>It reaches memory above 4 GB.</summary>
    LongAddresses = 1u << 31,
}

/// <summary>What it is told (section 3.1.2).</summary>
[Flags]
internal enum AhciControl : uint
{
    Reset = 1 << 0,
    Interrupts = 1 << 1,
    Enabled = 1u << 31,
}

/// <summary>More of what it can do (section 3.1.10).</summary>
[Flags]
internal enum AhciMoreCapabilities : uint
{
    None = 0,

    /// <summary>The firmware can be asked to let it go.</summary>
    HandOff = 1 << 0,
}

/// <summary>Whose it is (section 3.1.11).</summary>
[Flags]
internal enum AhciHandOff : uint
{
    Firmware = 1 << 0,
    System = 1 << 1,

    /// <summary>The firmware has something to finish first.</summary>
    FirmwareBusy = 1 << 4,
}

/// <summary>A port's registers; at <see cref="First"/> and behind, <see cref="Distance"/> apart.</summary>
[DeviceRegisters("Serial ATA AHCI 1.3.1, section 3.3")]
internal sealed partial class AhciPortRegisters
{
    /// <summary>Where port 0 is.</summary>
    public const int First = 0x100;

    /// <summary>From one port to the next.</summary>
    public const int Distance = 0x80;

    [Register(0x00)]
    public partial uint ListLow { set; }

    [Register(0x04)]
    public partial uint ListHigh { set; }

    [Register(0x08)]
    public partial uint ReceivedLow { set; }

    [Register(0x0C)]
    public partial uint ReceivedHigh { set; }

    /// <summary>Ones that are written are taken back.</summary>
    [Register(0x10)]
    public partial AhciCauses Causes { get; set; }

    [Register(0x14)]
    public partial AhciCauses Enabled { set; }

    [Register(0x18)]
    public partial AhciPortCommand Command { get; set; }

    /// <summary>The drive's status register in the lower 8 bits, its error register in the next.</summary>
    [Register(0x20)]
    public partial uint TaskFile { get; }

    /// <summary>What the drive is: <see cref="AhciSignature"/>.</summary>
    [Register(0x24)]
    public partial AhciSignature Signature { get; }

    [Register(0x28)]
    public partial uint SataStatus { get; }

    [Register(0x2C)]
    public partial uint SataControl { get; set; }

    /// <summary>Ones that are written are taken back.</summary>
    [Register(0x30)]
    public partial uint SataErrors { get; set; }

    /// <summary>A bit for each slot with a queued command that the drive has not completed.</summary>
    [Register(0x34)]
    public partial uint Active { get; set; }

    /// <summary>A bit for each slot with a command that is to be sent, and, unless it is queued, that is not completed.</summary>
    [Register(0x38)]
    public partial uint Issued { get; set; }
}

/// <summary>Why a port interrupts (section 3.3.5).</summary>
[Flags]
internal enum AhciCauses : uint
{
    None = 0,
    RegistersReceived = 1 << 0,
    PioSetup = 1 << 1,
    DmaSetup = 1 << 2,
    DeviceBits = 1 << 3,
    ConnectChange = 1 << 6,
    LinkReadyChange = 1 << 22,
    Overflow = 1 << 24,
    InterfaceFatal = 1 << 27,
    BusData = 1 << 28,
    BusFatal = 1 << 29,
    TaskFileError = 1 << 30,

    /// <summary>Something was plugged in or out, or the drive has reset its end.</summary>
    Link = ConnectChange | LinkReadyChange,

    /// <summary>What is not a command's own fault.</summary>
    Fatal = Overflow | InterfaceFatal | BusData | BusFatal,

    All = RegistersReceived | PioSetup | DmaSetup | DeviceBits | Link | Fatal | TaskFileError,
}

/// <summary>What a port is told, and whether it has done so (section 3.3.7).</summary>
[Flags]
internal enum AhciPortCommand : uint
{
    None = 0,
    Start = 1 << 0,
    SpinUp = 1 << 1,
    PowerOn = 1 << 2,
    Receive = 1 << 4,
    IsReceiving = 1 << 14,
    IsRunning = 1 << 15,
}

/// <summary>What kinds of drives say after a reset (section 3.3.9).</summary>
internal enum AhciSignature : uint
{
    Disk = 0x0000_0101,
    PacketDevice = 0xEB14_0101,
}

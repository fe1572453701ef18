using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Network.Devices.E1000;

/// <summary>The registers used of Intel's gigabit controllers; the same places in both.</summary>
[DeviceRegisters(
    "PCI/PCI-X Family of Gigabit Ethernet Controllers SDM 4.0, section 13; 82574 datasheet 3.4, section 10"
)]
internal sealed partial class E1000Registers
{
    [Register(0x0000)]
    public partial E1000Control Control { get; set; }

    [Register(0x0008)]
    public partial uint Status { get; }

    /// <summary>Reads the EEPROM.</summary>
    [Register(0x0014)]
    public partial uint Eeprom { get; set; }

    /// <summary>Why it interrupts. Reading takes lines and MSI back; ones that are written are taken back with MSI-X.</summary>
    [Register(0x00C0)]
    public partial E1000Causes Causes { get; set; }

    /// <summary>Least pause between interrupts, in units of 256 ns.</summary>
    [Register(0x00C4)]
    public partial uint Throttling { set; }

    /// <summary>Causes that may interrupt: ones that are written are added.</summary>
    [Register(0x00D0)]
    public partial E1000Causes Enable { set; }

    /// <summary>Causes that may not: ones that are written.</summary>
    [Register(0x00D8)]
    public partial E1000Causes Disable { set; }

    /// <summary>82574: which MSI-X message each kind of cause goes by.</summary>
    [Register(0x00E4)]
    public partial uint Vectors { set; }

    [Register(0x0100)]
    public partial E1000Receive Receive { get; set; }

    [Register(0x0400)]
    public partial E1000Transmit Transmit { get; set; }

    [Register(0x0410)]
    public partial uint TransmitGap { set; }

    [Register(0x2800)]
    public partial uint ReceiveBaseLow { set; }

    [Register(0x2804)]
    public partial uint ReceiveBaseHigh { set; }

    [Register(0x2808)]
    public partial uint ReceiveLength { set; }

    [Register(0x2810)]
    public partial uint ReceiveHead { set; }

    [Register(0x2818)]
    public partial uint ReceiveTail { set; }

    [Register(0x2820)]
    public partial uint ReceiveDelay { set; }

    [Register(0x3800)]
    public partial uint TransmitBaseLow { set; }

    [Register(0x3804)]
    public partial uint TransmitBaseHigh { set; }

    [Register(0x3808)]
    public partial uint TransmitLength { set; }

    [Register(0x3810)]
    public partial uint TransmitHead { set; }

    [Register(0x3818)]
    public partial uint TransmitTail { set; }

    /// <summary>Checksums that the device looks at.</summary>
    [Register(0x5000)]
    public partial uint ReceiveChecksums { set; }

    [Register(0x5400)]
    public partial uint AddressLow { get; set; }

    [Register(0x5404)]
    public partial uint AddressHigh { get; set; }
}

/// <summary>Section 13.4.1.</summary>
[Flags]
internal enum E1000Control : uint
{
    None = 0,
    LinkReset = 1 << 3,
    DetectSpeed = 1 << 5,
    SetLinkUp = 1 << 6,
    InvertLossOfSignal = 1 << 7,
    Reset = 1 << 26,
    VlanMode = 1 << 30,
}

/// <summary>Section 13.4.17; those from bit 20 on are the 82574's, for MSI-X.</summary>
[Flags]
internal enum E1000Causes : uint
{
    None = 0,
    Transmitted = 1 << 0,
    LinkChanged = 1 << 2,
    ReceiveFewLeft = 1 << 4,
    ReceiveOverrun = 1 << 6,
    Received = 1 << 7,
    ReceivedQueue0 = 1 << 20,
    TransmittedQueue0 = 1 << 22,
    Other = 1 << 24,
    All = uint.MaxValue,
}

/// <summary>Section 13.4.22.</summary>
[Flags]
internal enum E1000Receive : uint
{
    None = 0,
    Enable = 1 << 1,
    AcceptBroadcast = 1 << 15,
    StripCheckSequence = 1 << 26,
}

/// <summary>Section 13.4.33.</summary>
[Flags]
internal enum E1000Transmit : uint
{
    None = 0,
    Enable = 1 << 1,
    PadShort = 1 << 3,

    /// <summary>Tries before a packet is given up.</summary>
    CollisionThreshold = 15 << 4,

    /// <summary>What full duplex wants.</summary>
    CollisionDistance = 0x40 << 12,
}

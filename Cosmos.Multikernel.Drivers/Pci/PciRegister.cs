namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>Offsets in a function's configuration space (PCI Local Bus 3.0, section 6.1; bridges: PCI-to-PCI Bridge 1.2, section 3.2).</summary>
internal static class PciRegister
{
    public const int Vendor = 0x00;
    public const int Device = 0x02;
    public const int Command = 0x04;
    public const int Status = 0x06;
    public const int Revision = 0x08;
    public const int HeaderType = 0x0e;
    public const int FirstBar = 0x10;
    public const int SecondaryBus = 0x19;
    public const int SubsystemVendor = 0x2c;
    public const int Subsystem = 0x2e;
    public const int Capabilities = 0x34;
    public const int InterruptLine = 0x3c;
    public const int InterruptPin = 0x3d;

    /// <summary>What a register of a function that is not there reads as.</summary>
    public const ushort NoVendor = 0xffff;

    /// <summary>The header's form, without the bit for several functions.</summary>
    public const int HeaderForm = 0x7f;
    public const int SeveralFunctions = 0x80;
    public const int BridgeHeader = 1;

    /// <summary>Where capabilities may begin: behind the header.</summary>
    public const int HeaderEnd = 0x40;

    /// <summary>Bytes of the space that all functions have.</summary>
    public const int SmallSpace = 256;
}

/// <summary>The command register (PCI 3.0, section 6.2.2).</summary>
[Flags]
internal enum PciCommand : ushort
{
    None = 0,
    Ports = 1 << 0,
    Memory = 1 << 1,
    BusMaster = 1 << 2,
    LineDisabled = 1 << 10,
}

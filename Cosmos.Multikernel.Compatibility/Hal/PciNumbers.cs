namespace Cosmos.HAL;

/// <summary>Vendors whose devices kernels look for.</summary>
public enum VendorID
{
    AMD = 0x1022,
    Bochs = 0x1234,
    VMWare = 0x15AD,
    Intel = 0x8086,
    VirtualBox = 0x80EE,
}

/// <summary>Devices that kernels look for.</summary>
public enum DeviceID
{
    /// <summary>VMware's display.</summary>
    SVGAIIAdapter = 0x0405,

    /// <summary>Bochs's display.</summary>
    BGA = 0x1111,

    /// <summary>AMD's network card.</summary>
    PCNETII = 0x2000,

    /// <summary>VirtualBox's display.</summary>
    VBVGA = 0xBEEF,
}

/// <summary>Classes of devices (PCI Code and ID Assignment Specification, 1).</summary>
public enum ClassID
{
    PCIDevice_2_0 = 0x00,
    MassStorageController = 0x01,
    NetworkController = 0x02,
    DisplayController = 0x03,
    MultimediaDevice = 0x04,
    MemoryController = 0x05,
    BridgeDevice = 0x06,
    SimpleCommController = 0x07,
    BaseSystemPreiph = 0x08,
    InputDevice = 0x09,
    DockingStations = 0x0A,
    Proccesors = 0x0B,
    SerialBusController = 0x0C,
    WirelessController = 0x0D,
    InteligentController = 0x0E,
    SateliteCommController = 0x0F,
    EncryptionController = 0x10,
    SignalProcessingController = 0x11,
    ProcessingAccelerators = 0x12,
    NonEssentialInstsrumentation = 0x13,
    Coprocessor = 0x40,
    Unclassified = 0xFF,
}

/// <summary>Subclasses of <see cref="ClassID.MassStorageController"/>.</summary>
public enum SubclassID
{
    SCSIStorageController = 0x00,
    IDEInterface = 0x01,
    FloppyDiskController = 0x02,
    IPIBusController = 0x03,
    RAIDController = 0x04,
    ATAController = 0x05,
    SATAController = 0x06,
    SASController = 0x07,
    NVMController = 0x08,
    UnknownMassStorage = 0x09,
}

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

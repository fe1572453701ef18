namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>What people call a class (PCI Code and ID Assignment 1.11, section 1).</summary>
public static class PciClassNames
{
    /// <summary>A function's kind in a few words.</summary>
    public static string Of(in PciIdentity identity) =>
        identity.Class switch
        {
            0x010601 => "SATA controller (AHCI)",
            0x010802 => "NVMe controller",
            0x0c0330 => "USB controller (xHCI)",
            0x0c0320 => "USB controller (EHCI)",
            _ => OfSubClass(identity.SubClass) ?? OfBaseClass(identity.BaseClass),
        };

    private static string? OfSubClass(ushort subClass) =>
        subClass switch
        {
            0x0100 => "SCSI controller",
            0x0101 => "IDE controller",
            0x0106 => "SATA controller",
            0x0180 => "storage controller",
            0x0200 => "Ethernet controller",
            0x0300 => "VGA display",
            0x0403 => "audio device",
            0x0600 => "host bridge",
            0x0601 => "ISA bridge",
            0x0604 => "PCI bridge",
            0x0680 => "bridge",
            0x0c03 => "USB controller",
            0x0c05 => "SMBus controller",
            _ => null,
        };

    private static string OfBaseClass(byte baseClass) =>
        baseClass switch
        {
            0x01 => "storage controller",
            0x02 => "network controller",
            0x03 => "display",
            0x04 => "multimedia device",
            0x05 => "memory controller",
            0x06 => "bridge",
            0x07 => "communication controller",
            0x08 => "system device",
            0x09 => "input device",
            0x0c => "serial bus controller",
            0x0d => "wireless controller",
            _ => $"device of class {baseClass:x2}",
        };
}

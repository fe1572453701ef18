namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>Who made a function, and what it is. Travels in messages as it lies in memory.</summary>
/// <param name="Vendor">The vendor's number.</param>
/// <param name="Device">The vendor's number for it.</param>
/// <param name="SubsystemVendor">Who made the card; 0 for bridges.</param>
/// <param name="Subsystem">That vendor's number for it.</param>
/// <param name="Class">Base class, sub-class and programming interface, 8 bits each.</param>
/// <param name="Revision">The vendor's number for this version.</param>
public readonly record struct PciIdentity(
    ushort Vendor,
    ushort Device,
    ushort SubsystemVendor,
    ushort Subsystem,
    uint Class,
    byte Revision
)
{
    /// <summary>The class's upper 8 bits.</summary>
    public byte BaseClass => (byte)(Class >> 16);

    /// <summary>Class and sub-class.</summary>
    public ushort SubClass => (ushort)(Class >> 8);

    /// <summary>As people write it: <c>8086:100e</c>.</summary>
    public override string ToString() => $"{Vendor:x4}:{Device:x4}";
}

/// <summary>A function as the scan found it.</summary>
public sealed class PciFunction
{
    /// <summary>Where it is.</summary>
    public required PciAddress Address { get; init; }

    /// <summary>What it is.</summary>
    public required PciIdentity Identity { get; init; }

    /// <summary>Whether it leads to another bus.</summary>
    public required bool IsBridge { get; init; }

    /// <summary>Its capabilities.</summary>
    public required IReadOnlyList<PciCapability> Capabilities { get; init; }

    /// <summary>1 to 4 for INTA to INTD; 0 when it has no line.</summary>
    public required byte InterruptPin { get; init; }

    /// <summary>What the firmware wrote into it as its line: an ISA interrupt on PCs, 255 for none.</summary>
    public required byte InterruptLine { get; init; }

    /// <summary>Its base address registers.</summary>
    public PciBars Bars { get; set; }

    /// <summary>The first capability of a kind; null when there is none.</summary>
    public PciCapability? Find(PciCapabilityId id)
    {
        foreach (PciCapability capability in Capabilities)
        {
            if (capability.Id == id)
            {
                return capability;
            }
        }
        return null;
    }
}

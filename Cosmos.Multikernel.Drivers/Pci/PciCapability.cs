namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>Identifiers of capabilities (PCI Code and ID Assignment 1.11, section 2).</summary>
public enum PciCapabilityId : byte
{
    PowerManagement = 0x01,

    /// <summary>Interrupt messages, programmed in configuration space.</summary>
    Msi = 0x05,

    /// <summary>What the vendor wants; virtio has its structures there.</summary>
    Vendor = 0x09,
    PciExpress = 0x10,

    /// <summary>Interrupt messages, programmed in a table in memory.</summary>
    MsiX = 0x11,

    /// <summary>Features of conventional PCI functions, resetting among them.</summary>
    AdvancedFeatures = 0x13,
}

/// <summary>An entry of a function's list of capabilities.</summary>
/// <param name="Id">What it is.</param>
/// <param name="Offset">Where it begins.</param>
public readonly record struct PciCapability(PciCapabilityId Id, int Offset);

/// <summary>Walks a function's list of capabilities (PCI 3.0, section 6.7).</summary>
public static class PciCapabilities
{
    // Behind the header there is room for so many of 4 bytes: a longer list leads back to itself.
    private const int Most = (PciRegister.SmallSpace - PciRegister.HeaderEnd) / sizeof(uint);

    private const ushort HasList = 1 << 4;
    private const int PointerMask = 0xfc;

    /// <summary>A function's capabilities, in their order.</summary>
    /// <param name="read8">Reads a byte of its space.</param>
    /// <param name="problem">What was wrong with the list, or null; what came before it is given.</param>
    public static IReadOnlyList<PciCapability> Read(Func<int, byte> read8, out string? problem)
    {
        problem = null;
        List<PciCapability> found = [];
        if ((read8(PciRegister.Status) & HasList) == 0)
        {
            return found;
        }
        int next = read8(PciRegister.Capabilities) & PointerMask;
        while (next != 0)
        {
            if (next < PciRegister.HeaderEnd)
            {
                problem = $"its list of capabilities leads into the header (0x{next:x})";
                return found;
            }
            if (found.Count == Most || found.Exists(before => before.Offset == next))
            {
                problem = $"its list of capabilities leads back to 0x{next:x}";
                return found;
            }
            byte id = read8(next);
            if (id == 0xff)
            {
                problem = $"its list of capabilities leads to nothing (0x{next:x})";
                return found;
            }
            found.Add(new PciCapability((PciCapabilityId)id, next));
            next = read8(next + 1) & PointerMask;
        }
        return found;
    }
}

namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>
/// The configuration spaces of all functions, little-endian. What is not there reads as ones. Accesses are 1, 2 or 4 bytes and
/// aligned.
/// </summary>
public interface IPciConfiguration
{
    /// <summary>Bytes of a function's space: 256, or 4096 where the extended space can be reached.</summary>
    int SpaceSize { get; }

    /// <summary>The buses that can be there at all; the first of each range is a root bus.</summary>
    IReadOnlyList<PciBusRange> Buses { get; }

    /// <summary>Reads a register.</summary>
    uint Read(PciAddress function, int offset, int size);

    /// <summary>Writes a register.</summary>
    void Write(PciAddress function, int offset, int size, uint value);
}

/// <summary>Buses of one segment, by number.</summary>
/// <param name="Segment">The segment group.</param>
/// <param name="First">The first bus.</param>
/// <param name="Last">The last bus.</param>
public readonly record struct PciBusRange(ushort Segment, byte First, byte Last)
{
    /// <summary>Whether a bus lies within.</summary>
    public bool Contains(int bus) => bus >= First && bus <= Last;
}

/// <summary>Registers of a known size.</summary>
public static class PciConfigurationExtensions
{
    public static byte Read8(this IPciConfiguration space, PciAddress function, int offset) =>
        (byte)space.Read(function, offset, 1);

    public static ushort Read16(this IPciConfiguration space, PciAddress function, int offset) =>
        (ushort)space.Read(function, offset, 2);

    public static uint Read32(this IPciConfiguration space, PciAddress function, int offset) =>
        space.Read(function, offset, 4);

    public static void Write16(
        this IPciConfiguration space,
        PciAddress function,
        int offset,
        ushort value
    ) => space.Write(function, offset, 2, value);

    public static void Write32(
        this IPciConfiguration space,
        PciAddress function,
        int offset,
        uint value
    ) => space.Write(function, offset, 4, value);
}

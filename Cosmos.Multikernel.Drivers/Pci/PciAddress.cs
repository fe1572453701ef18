namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>Where a function is: segment, bus, device (0 to 31), function (0 to 7). Travels in messages as it lies in memory.</summary>
public readonly record struct PciAddress(ushort Segment, byte Bus, byte Device, byte Function)
{
    /// <summary>Devices on a bus.</summary>
    public const int Devices = 32;

    /// <summary>Functions of a device.</summary>
    public const int Functions = 8;

    /// <summary>As people write it: <c>00:1f.2</c>, with the segment before it where that is not 0.</summary>
    public override string ToString() =>
        (Segment == 0 ? "" : $"{Segment:x4}:") + $"{Bus:x2}:{Device:x2}.{Function:x}";
}

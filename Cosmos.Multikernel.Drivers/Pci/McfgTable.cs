using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>Where the configuration spaces of some buses lie in memory.</summary>
/// <param name="Base">Where bus 0 of the segment would begin.</param>
/// <param name="Buses">Which buses.</param>
public readonly record struct EcamRegion(ulong Base, PciBusRange Buses);

/// <summary>The firmware's table MCFG (PCI Firmware 3.3, section 4.1.2).</summary>
public static class McfgTable
{
    private const int FixedBytes = 44;
    private const int EntryBytes = 16;

    /// <summary>Its regions; those that cannot be are left out.</summary>
    public static IReadOnlyList<EcamRegion> Read(ReadOnlySpan<byte> table)
    {
        List<EcamRegion> regions = [];
        for (int at = FixedBytes; at + EntryBytes <= table.Length; at += EntryBytes)
        {
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(table[at..]);
            ushort segment = BinaryPrimitives.ReadUInt16LittleEndian(table[(at + 8)..]);
            PciBusRange buses = new(segment, table[at + 10], table[at + 11]);
            bool isThereAlready = regions.Exists(region => region.Buses.Segment == segment);
            if (start != 0 && buses.First <= buses.Last && !isThereAlready)
            {
                regions.Add(new EcamRegion(start, buses));
            }
        }
        return regions;
    }
}

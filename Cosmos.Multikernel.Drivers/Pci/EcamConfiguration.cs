using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>
/// Configuration spaces in memory (PCI Express Base 5.0, section 7.2.2): 4096 bytes for each function, 1 MB for each bus. Each bus
/// is mapped when it is first looked at.
/// </summary>
/// <param name="regions">Where they are.</param>
/// <param name="map">Maps physical memory: address, bytes.</param>
public sealed class EcamConfiguration(
    IReadOnlyList<EcamRegion> regions,
    Func<ulong, long, RegisterWindow> map
) : IPciConfiguration
{
    private const int BusShift = 20;
    private const int DeviceShift = 15;
    private const int FunctionShift = 12;

    private readonly Dictionary<(ushort Segment, byte Bus), RegisterWindow> buses = [];

    /// <inheritdoc/>
    public int SpaceSize => 4096;

    /// <inheritdoc/>
    public IReadOnlyList<PciBusRange> Buses { get; } = [.. regions.Select(region => region.Buses)];

    /// <inheritdoc/>
    public uint Read(PciAddress function, int offset, int size)
    {
        RegisterWindow bus = BusOf(function);
        long at = OffsetOf(function, offset);
        return size switch
        {
            1 => bus.Read8(at),
            2 => bus.Read16(at),
            _ => bus.Read32(at),
        };
    }

    /// <inheritdoc/>
    public void Write(PciAddress function, int offset, int size, uint value)
    {
        RegisterWindow bus = BusOf(function);
        long at = OffsetOf(function, offset);
        switch (size)
        {
            case 1:
                bus.Write8(at, (byte)value);
                break;
            case 2:
                bus.Write16(at, (ushort)value);
                break;
            default:
                bus.Write32(at, value);
                break;
        }
    }

    private RegisterWindow BusOf(PciAddress function)
    {
        if (!buses.TryGetValue((function.Segment, function.Bus), out RegisterWindow? window))
        {
            EcamRegion region = regions.First(region =>
                region.Buses.Segment == function.Segment && region.Buses.Contains(function.Bus)
            );
            window = map(region.Base + ((ulong)function.Bus << BusShift), 1 << BusShift);
            buses.Add((function.Segment, function.Bus), window);
        }
        return window;
    }

    private static long OffsetOf(PciAddress function, int offset) =>
        (function.Device << DeviceShift) + (function.Function << FunctionShift) + offset;
}

using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>Configuration spaces through the ports 0xcf8 and 0xcfc (PCI 3.0, section 3.2.2.3.2): 256 bytes for each function.</summary>
/// <param name="ports">The eight ports from <see cref="FirstPort"/>.</param>
public sealed class PortConfiguration(RegisterWindow ports) : IPciConfiguration
{
    /// <summary>The first port: the address; four further on are the data.</summary>
    public const ushort FirstPort = 0xcf8;

    /// <summary>How many ports there are.</summary>
    public const int PortCount = 8;

    private const int Data = 4;
    private const uint Enabled = 1u << 31;
    private const int BusShift = 16;
    private const int DeviceShift = 11;
    private const int FunctionShift = 8;

    /// <inheritdoc/>
    public int SpaceSize => PciRegister.SmallSpace;

    /// <inheritdoc/>
    public IReadOnlyList<PciBusRange> Buses { get; } = [new(0, 0, 255)];

    /// <inheritdoc/>
    public uint Read(PciAddress function, int offset, int size)
    {
        Select(function, offset);
        long at = Data + (offset & 3);
        return size switch
        {
            1 => ports.Read8(at),
            2 => ports.Read16(at),
            _ => ports.Read32(at),
        };
    }

    /// <inheritdoc/>
    public void Write(PciAddress function, int offset, int size, uint value)
    {
        Select(function, offset);
        long at = Data + (offset & 3);
        switch (size)
        {
            case 1:
                ports.Write8(at, (byte)value);
                break;
            case 2:
                ports.Write16(at, (ushort)value);
                break;
            default:
                ports.Write32(at, value);
                break;
        }
    }

    private void Select(PciAddress function, int offset) =>
        ports.Write32(
            0,
            Enabled
                | ((uint)function.Bus << BusShift)
                | ((uint)function.Device << DeviceShift)
                | ((uint)function.Function << FunctionShift)
                | ((uint)offset & (PciRegister.SmallSpace - 4))
        );
}

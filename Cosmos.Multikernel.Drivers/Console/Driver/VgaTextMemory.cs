using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Console.Screens;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>VGA's video memory and CRT controller, which has an index port and a data port.</summary>
internal sealed class VgaTextMemory(DeviceMemory cells, PortRange crtController) : IVgaTextDevice
{
    /// <inheritdoc/>
    public void WriteCell(int index, ushort value) =>
        cells.Write((long)index * sizeof(ushort), value);

    /// <inheritdoc/>
    public void WriteCrtc(byte register, byte value)
    {
        crtController.Write8(0, register);
        crtController.Write8(1, value);
    }
}

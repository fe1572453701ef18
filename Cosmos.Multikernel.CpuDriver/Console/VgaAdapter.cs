using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>Cells in VGA's text mode (IBM VGA technical reference: video memory 2-12, CRT controller 2-55).</summary>
public static unsafe class VgaAdapter
{
    private const ushort CrtcIndex = 0x3d4;
    private const ushort CrtcData = 0x3d5;
    private const byte CursorStart = 0x0a;
    private const byte CursorHigh = 0x0e;
    private const byte CursorLow = 0x0f;
    private const byte CursorTopLine = 13;

    public static void Draw(int place, ushort cell) =>
        ((ushort*)DirectMap.At(VgaText.Screen.Address))[place] = cell;

    public static void ShowCursor(int place)
    {
        // A console driver may have switched it off.
        Write(CursorStart, CursorTopLine);
        Write(CursorHigh, (byte)(place >> 8));
        Write(CursorLow, (byte)place);
    }

    private static void Write(byte register, byte value)
    {
        Cpu.Out8(CrtcIndex, register);
        Cpu.Out8(CrtcData, value);
    }
}

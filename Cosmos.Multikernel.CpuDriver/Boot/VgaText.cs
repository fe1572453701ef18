using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>VGA's text mode 3, in which PC firmware starts: 80 by 25 cells of two bytes (IBM VGA technical reference, 2-12).</summary>
public static class VgaText
{
    public const uint Columns = 80;
    public const uint Rows = 25;

    private const ulong Address = 0xb8000;
    private const uint CellBytes = 2;

    public static ScreenDescription Screen
    {
        get
        {
            ScreenDescription screen = default;
            screen.Kind = ScreenKind.Text;
            screen.Width = Columns;
            screen.Height = Rows;
            screen.Pitch = Columns * CellBytes;
            screen.Address = Address;
            return screen;
        }
    }
}

namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>The video memory and cursor registers of VGA's text mode.</summary>
public interface IVgaTextDevice
{
    /// <summary>Writes a cell: character in the low byte, colours in the high one.</summary>
    void WriteCell(int index, ushort value);

    /// <summary>Writes a register of the CRT controller (IBM VGA technical reference; ports 0x3D4 and 0x3D5).</summary>
    void WriteCrtc(byte register, byte value);
}

/// <summary>VGA's text mode, 80 by 25: characters of code page 437, sixteen colours before eight (the high bit would blink).</summary>
public sealed class VgaTextSurface(IVgaTextDevice device) : ITextSurface
{
    private const byte CursorStart = 0x0a;
    private const byte CursorHigh = 0x0e;
    private const byte CursorLow = 0x0f;
    private const byte CursorOff = 0x20;
    private const byte CursorTopLine = 13;

    /// <inheritdoc/>
    public int Columns => 80;

    /// <inheritdoc/>
    public int Rows => 25;

    /// <inheritdoc/>
    public void Draw(int row, int column, ReadOnlySpan<TextCell> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            int colours =
                Palette.VgaOf(cells[i].Foreground) | (Palette.VgaOf(cells[i].Background) & 7) << 4;
            device.WriteCell(
                row * Columns + column + i,
                (ushort)(CodePage437.ByteOf(cells[i].Character) | colours << 8)
            );
        }
    }

    /// <inheritdoc/>
    public void ShowCursor(int row, int column, TextCell cell)
    {
        int index = row * Columns + column;
        device.WriteCrtc(CursorHigh, (byte)(index >> 8));
        device.WriteCrtc(CursorLow, (byte)index);
        device.WriteCrtc(CursorStart, CursorTopLine);
    }

    /// <inheritdoc/>
    public void HideCursor(int row, int column, TextCell cell) =>
        device.WriteCrtc(CursorStart, CursorOff);
}

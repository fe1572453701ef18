using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>
/// Cells drawn as glyphs into a framebuffer, all of which it makes black first. They are the upper left ones of those that fit into
/// its middle, where a console driver has them too. The glyphs are ASCII's (BootFont, which the build makes).
/// </summary>
public static unsafe class Framebuffer
{
    private const int GlyphWidth = 8;
    private const int GlyphHeight = 16;
    private const byte FirstGlyph = (byte)' ';
    private const byte LastGlyph = (byte)'~';
    private const int Colours = 16;
    private const int NoPlace = -1;

    private struct Palette
    {
        public fixed uint Values[Colours];
    }

    private static ScreenDescription s_screen;
    private static Palette s_palette;
    private static int s_bytesPerPixel;
    private static ulong s_left;
    private static ulong s_top;
    private static int s_cursor;

    /// <summary>Makes it black; false when it has no room for all cells.</summary>
    public static bool TryStart(in ScreenDescription screen)
    {
        if (
            screen.Width < TextScreen.Columns * GlyphWidth
            || screen.Height < TextScreen.Rows * GlyphHeight
        )
        {
            return false;
        }
        s_screen = screen;
        s_bytesPerPixel = (screen.BitsPerPixel + 7) / 8;
        s_left = screen.Width % GlyphWidth / 2;
        s_top = screen.Height % GlyphHeight / 2;
        s_cursor = NoPlace;
        for (int colour = 0; colour < Colours; colour++)
        {
            s_palette.Values[colour] = Encode(colour);
        }
        // Black is 0 in every format.
        byte* start = DirectMap.At(screen.Address);
        ulong words = screen.Length / sizeof(ulong);
        for (ulong i = 0; i < words; i++)
        {
            ((ulong*)start)[i] = 0;
        }
        return true;
    }

    public static void Draw(int place, ushort cell)
    {
        byte character = (byte)cell;
        int glyph = character is >= FirstGlyph and <= LastGlyph ? character - FirstGlyph : 0;
        uint foreground = s_palette.Values[(cell >> 8) & 15];
        uint background = s_palette.Values[(cell >> 12) & 15];
        int row = place / TextScreen.Columns;
        int column = place % TextScreen.Columns;
        byte* line =
            DirectMap.At(s_screen.Address)
            + (s_top + (ulong)(row * GlyphHeight)) * s_screen.Pitch
            + (s_left + (ulong)(column * GlyphWidth)) * (ulong)s_bytesPerPixel;
        for (int y = 0; y < GlyphHeight; y++)
        {
            uint bits = BootFont.Lines[glyph * GlyphHeight + y];
            byte* pixel = line;
            for (uint mask = 1u << (GlyphWidth - 1); mask != 0; mask >>= 1)
            {
                WritePixel(pixel, (bits & mask) != 0 ? foreground : background);
                pixel += s_bytesPerPixel;
            }
            line += s_screen.Pitch;
        }
    }

    /// <summary>Shows the cursor in a cell, and the cell where it was as it is.</summary>
    public static void ShowCursor(int place)
    {
        if (s_cursor != NoPlace && s_cursor != place)
        {
            Draw(s_cursor, TextScreen.CellAt(s_cursor));
        }
        s_cursor = place;
        ushort cell = TextScreen.CellAt(place);
        // The colours the other way round.
        Draw(place, (ushort)((byte)cell | ((cell & 0xf000) >> 4) | ((cell & 0x0f00) << 4)));
    }

    private static void WritePixel(byte* pixel, uint colour)
    {
        switch (s_bytesPerPixel)
        {
            case 4:
                *(uint*)pixel = colour;
                break;
            case 3:
                *(ushort*)pixel = (ushort)colour;
                pixel[2] = (byte)(colour >> 16);
                break;
            default:
                *(ushort*)pixel = (ushort)colour;
                break;
        }
    }

    // VGA's colours: bit 0 blue, 1 green, 2 red, 3 bright; dark yellow is brown there (IBM VGA technical reference, 2-17).
    private static uint Encode(int colour)
    {
        const int Brown = 6;
        uint bright = (colour & 8) != 0 ? 0x55u : 0;
        uint red = ((colour & 4) != 0 ? 0xaau : 0) + bright;
        uint green = ((colour & 2) != 0 ? 0xaau : 0) + bright;
        uint blue = ((colour & 1) != 0 ? 0xaau : 0) + bright;
        green = colour == Brown ? 0x55 : green;
        return Place(red, s_screen.RedPosition, s_screen.RedSize)
            | Place(green, s_screen.GreenPosition, s_screen.GreenSize)
            | Place(blue, s_screen.BluePosition, s_screen.BlueSize);
    }

    private static uint Place(uint value, byte position, byte size) =>
        (value * ((1u << size) - 1) + 127) / 255 << position;
}

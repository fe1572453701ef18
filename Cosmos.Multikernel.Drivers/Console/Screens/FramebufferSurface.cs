using System.Runtime.InteropServices;
using Cosmos.Multikernel.Drivers.Console.Fonts;

namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>A place for pixels. Written in whole runs, never read.</summary>
public interface IPixels
{
    /// <summary>Writes bytes at an offset from the framebuffer's start.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);
}

/// <summary>
/// Cells drawn as glyphs into a linear framebuffer. A run of cells is drawn line of pixels by line of pixels, each written at once:
/// what write-combining memory likes.
/// </summary>
public sealed class FramebufferSurface : ITextSurface
{
    private readonly IPixels pixels;
    private readonly long pitch;
    private readonly BitmapFont font;
    private readonly int scale;
    private readonly int bytesPerPixel;
    private readonly long origin;
    private readonly uint[] colours = new uint[Palette.Count];
    private readonly byte[] line;

    /// <summary>A surface over a framebuffer, which it makes black; the text stands in its middle.</summary>
    /// <param name="pixels">The framebuffer.</param>
    /// <param name="width">Its pixels in a line.</param>
    /// <param name="height">Its lines.</param>
    /// <param name="pitch">Bytes from one line to the next.</param>
    /// <param name="format">How a pixel is stored; supported.</param>
    /// <param name="font">The glyphs.</param>
    /// <param name="scale">Screen pixels for a pixel of the font, across and down.</param>
    public FramebufferSurface(
        IPixels pixels,
        int width,
        int height,
        long pitch,
        PixelFormat format,
        BitmapFont font,
        int scale
    )
    {
        this.pixels = pixels;
        this.pitch = pitch;
        this.font = font;
        this.scale = scale;
        bytesPerPixel = format.BytesPerPixel;
        Columns = width / (font.Width * scale);
        Rows = height / (font.Height * scale);
        if (Columns < 1 || Rows < 1)
        {
            throw new ArgumentException($"{width} by {height} pixels hold no character.");
        }
        long left = (width - Columns * font.Width * scale) / 2;
        long above = (height - Rows * font.Height * scale) / 2;
        origin = above * pitch + left * bytesPerPixel;
        for (int i = 0; i < colours.Length; i++)
        {
            colours[i] = format.Encode(Palette.RgbOf(i));
        }
        line = new byte[Math.Max(width, Columns * font.Width * scale) * bytesPerPixel];
        FillLine(colours[0], width);
        for (int y = 0; y < height; y++)
        {
            pixels.Write(y * pitch, line.AsSpan(0, width * bytesPerPixel));
        }
    }

    /// <summary>How often a glyph's pixels must be repeated to be readable on a screen so wide.</summary>
    public static int ScaleFor(int width) => Math.Clamp(width / 1900, 1, 8);

    /// <inheritdoc/>
    public int Columns { get; }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public void Draw(int row, int column, ReadOnlySpan<TextCell> cells)
    {
        int used = cells.Length * font.Width * scale * bytesPerPixel;
        for (int y = 0; y < font.Height; y++)
        {
            int at = 0;
            foreach (ref readonly TextCell cell in cells)
            {
                uint bits =
                    cell.IsUnderlined && y == font.UnderlineRow
                        ? uint.MaxValue
                        : font.LineOf(cell.Character, y);
                at = AppendLine(at, bits, colours[cell.Foreground], colours[cell.Background]);
            }
            for (int copy = 0; copy < scale; copy++)
            {
                pixels.Write(OffsetOf(row, column, y * scale + copy), line.AsSpan(0, used));
            }
        }
    }

    /// <inheritdoc/>
    public void ShowCursor(int row, int column, TextCell cell)
    {
        TextCell swapped = cell with { Foreground = cell.Background, Background = cell.Foreground };
        Draw(row, column, [swapped]);
    }

    /// <inheritdoc/>
    public void HideCursor(int row, int column, TextCell cell) => Draw(row, column, [cell]);

    private long OffsetOf(int row, int column, int y) =>
        origin
        + ((long)row * font.Height * scale + y) * pitch
        + (long)column * font.Width * scale * bytesPerPixel;

    // A glyph's line: its leftmost pixel is the highest of the font's width's bits.
    private int AppendLine(int at, uint bits, uint foreground, uint background)
    {
        if (bytesPerPixel == sizeof(uint))
        {
            return AppendWords(at, bits, foreground, background);
        }
        for (int bit = font.Width - 1; bit >= 0; bit--)
        {
            uint colour = (bits >> bit & 1) != 0 ? foreground : background;
            for (int copy = 0; copy < scale; copy++)
            {
                for (int i = 0; i < bytesPerPixel; i++)
                {
                    line[at++] = (byte)(colour >> (8 * i));
                }
            }
        }
        return at;
    }

    // The same for the pixels that nearly every screen has.
    private int AppendWords(int at, uint bits, uint foreground, uint background)
    {
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(
            line.AsSpan(at, font.Width * scale * sizeof(uint))
        );
        int next = 0;
        for (int bit = font.Width - 1; bit >= 0; bit--)
        {
            uint colour = (bits >> bit & 1) != 0 ? foreground : background;
            words.Slice(next, scale).Fill(colour);
            next += scale;
        }
        return at + words.Length * sizeof(uint);
    }

    private void FillLine(uint colour, int width)
    {
        for (int i = 0; i < width * bytesPerPixel; i++)
        {
            line[i] = (byte)(colour >> (8 * (i % bytesPerPixel)));
        }
    }
}

using System.Globalization;
using System.Text;
using Cosmos.Multikernel.Drivers.Console.Fonts;
using Cosmos.Multikernel.Drivers.Console.Screens;

namespace Cosmos.Multikernel.Tests.Machines.Screens;

/// <summary>
/// Reads a picture of a framebuffer (PPM) back: cell by cell, by comparing with the console font's glyphs. A cell in which anything
/// else is to be seen reads as U+FFFD.
/// </summary>
internal static class FramebufferPicture
{
    private const char Unknown = '\ufffd';
    private static readonly BitmapFont Font = ConsoleFont.Load();

    // The lines of a glyph one after the other, to its character. Of glyphs that look alike the first: ASCII's.
    private static readonly Dictionary<string, char> Glyphs = Font
        .Characters.Where(character => character <= char.MaxValue)
        .GroupBy(GlyphOf)
        .ToDictionary(alike => alike.Key, alike => (char)alike.Min());

    private static readonly Dictionary<uint, int> Colours = Enumerable
        .Range(0, Palette.Count)
        .ToDictionary(Palette.RgbOf);

    public static ScreenText Read(byte[] ppm)
    {
        var (width, height, start) = ReadHeader(ppm);
        var columns = width / Font.Width;
        var rows = height / Font.Height;
        // The driver puts the text into the middle.
        var left = (width - columns * Font.Width) / 2;
        var top = (height - rows * Font.Height) / 2;
        uint ColourAt(int x, int y)
        {
            var at = start + (y * width + x) * 3;
            return (uint)(ppm[at] << 16 | ppm[at + 1] << 8 | ppm[at + 2]);
        }

        return new([
            .. Enumerable
                .Range(0, rows)
                .Select(row =>
                    (IReadOnlyList<ScreenCell>)
                        [
                            .. Enumerable
                                .Range(0, columns)
                                .Select(column =>
                                    ReadCell(
                                        (x, y) =>
                                            ColourAt(
                                                left + column * Font.Width + x,
                                                top + row * Font.Height + y
                                            )
                                    )
                                ),
                        ]
                ),
        ]);
    }

    private static ScreenCell ReadCell(Func<int, int, uint> colourAt)
    {
        // The corner belongs to no letter; where it does, as in a cursor, the other way round is tried.
        var background = colourAt(0, 0);
        var foreground = background;
        for (var y = 0; y < Font.Height; y++)
        {
            for (var x = 0; x < Font.Width; x++)
            {
                var colour = colourAt(x, y);
                if (colour != background && foreground != background && colour != foreground)
                {
                    return new(Unknown, 0, 0);
                }

                foreground = colour != background ? colour : foreground;
            }
        }

        if (Find(foreground) is { } character)
        {
            return new(character, IndexOf(foreground), IndexOf(background));
        }

        return foreground != background && Find(background) is { } swapped
            ? new(swapped, IndexOf(background), IndexOf(foreground))
            : new(Unknown, IndexOf(foreground), IndexOf(background));

        char? Find(uint ink)
        {
            var bits = new StringBuilder();
            for (var y = 0; y < Font.Height; y++)
            {
                var line = 0u;
                for (var x = 0; x < Font.Width; x++)
                {
                    var isSet = foreground != background && colourAt(x, y) == ink;
                    line = line << 1 | (isSet ? 1u : 0);
                }

                Append(bits, line);
            }

            return Glyphs.TryGetValue(bits.ToString(), out var found) ? found : null;
        }
    }

    private static int IndexOf(uint colour) => Colours.GetValueOrDefault(colour, -1);

    private static string GlyphOf(int character)
    {
        var bits = new StringBuilder();
        for (var y = 0; y < Font.Height; y++)
        {
            Append(bits, Font.LineOf(character, y));
        }

        return bits.ToString();
    }

    private static void Append(StringBuilder bits, uint line) =>
        bits.Append(line.ToString("x4", CultureInfo.InvariantCulture));

    // "P6 WIDTH HEIGHT 255", white space in between, one after the last.
    private static (int Width, int Height, int Start) ReadHeader(byte[] ppm)
    {
        var at = 0;
        string Word()
        {
            var begin = at;
            while (!char.IsWhiteSpace((char)ppm[at]))
            {
                at++;
            }

            return Encoding.ASCII.GetString(ppm, begin, at++ - begin);
        }

        if (Word() != "P6")
        {
            throw new InvalidDataException("This is no PPM picture.");
        }

        var width = int.Parse(Word(), CultureInfo.InvariantCulture);
        var height = int.Parse(Word(), CultureInfo.InvariantCulture);
        return Word() == "255"
            ? (width, height, at)
            : throw new InvalidDataException("Its colours have not 8 bits.");
    }
}

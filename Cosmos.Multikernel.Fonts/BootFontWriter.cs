using System.Text;
using Cosmos.Multikernel.Drivers.Console.Fonts;

namespace Cosmos.Multikernel.Fonts;

/// <summary>Writes the glyphs of ASCII as C# that needs no runtime: bytes in the image's read-only data.</summary>
internal static class BootFontWriter
{
    private const int Width = 8;
    private const int Height = 16;

    public static string Write(BitmapFont font)
    {
        if (font.Width != Width || font.Height != Height)
        {
            throw new InvalidDataException(
                $"the glyphs are {font.Width} by {font.Height} pixels, not {Width} by {Height}"
            );
        }

        var text = new StringBuilder(
            """
            namespace Cosmos.Multikernel.CpuDriver.Console;

            /// <summary>Glyphs of the characters 32 to 126: 16 lines of 8 pixels, the leftmost the highest bit.</summary>
            internal static class BootFont
            {
                public static System.ReadOnlySpan<byte> Lines =>
                    new byte[]
                    {

            """
        );
        for (var character = ' '; character <= '~'; character++)
        {
            var lines = Enumerable
                .Range(0, Height)
                .Select(y => $"0x{font.LineOf(character, y):x2}");
            text.Append(' ', 12).AppendJoin(", ", lines).Append(",\n");
        }

        return text.Append("        };\n}\n").ToString();
    }
}

using System.Buffers.Binary;
using System.Text;
using Cosmos.Multikernel.Drivers.Console.Fonts;

namespace Cosmos.Multikernel.Fonts;

/// <summary>Writes a PFF2 font whose glyphs fill their cells; see <see cref="Pf2File"/> for the format.</summary>
internal static class Pf2Writer
{
    private const int SectionHeader = 8;
    private const int IndexEntry = 9;

    public static byte[] Write(BitmapFont font)
    {
        using var file = new MemoryStream();
        Section(file, "FILE", "PFF2"u8);
        Section(file, "NAME", "Console\0"u8);
        Section(file, "MAXW", Number(font.Width));
        Section(file, "MAXH", Number(font.Height));
        Section(file, "ASCE", Number(font.Height - Descent(font)));
        Section(file, "DESC", Number(Descent(font)));

        var glyphs = font.Characters.Select(character => Glyph(font, character)).ToList();
        var index = new byte[glyphs.Count * IndexEntry];
        var offset = (int)file.Length + SectionHeader + index.Length + SectionHeader;
        for (var i = 0; i < glyphs.Count; i++)
        {
            var entry = index.AsSpan(i * IndexEntry);
            BinaryPrimitives.WriteInt32BigEndian(entry, font.Characters[i]);
            BinaryPrimitives.WriteInt32BigEndian(entry[5..], offset);
            offset += glyphs[i].Length;
        }

        Section(file, "CHIX", index);
        Header(file, "DATA", uint.MaxValue);
        foreach (var glyph in glyphs)
        {
            file.Write(glyph);
        }

        return file.ToArray();
    }

    private static byte[] Glyph(BitmapFont font, int character)
    {
        var glyph = new byte[10 + (font.Width * font.Height + 7) / 8];
        BinaryPrimitives.WriteUInt16BigEndian(glyph, (ushort)font.Width);
        BinaryPrimitives.WriteUInt16BigEndian(glyph.AsSpan(2), (ushort)font.Height);
        BinaryPrimitives.WriteInt16BigEndian(glyph.AsSpan(6), (short)-Descent(font));
        BinaryPrimitives.WriteInt16BigEndian(glyph.AsSpan(8), (short)font.Width);
        var bit = 0;
        for (var y = 0; y < font.Height; y++)
        {
            var line = font.LineOf(character, y);
            for (var x = font.Width - 1; x >= 0; x--, bit++)
            {
                glyph[10 + bit / 8] |= (byte)((line >> x & 1) << (7 - bit % 8));
            }
        }

        return glyph;
    }

    // The line under the text is one below the baseline.
    private static int Descent(BitmapFont font) => font.Height - font.Baseline;

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];

    private static void Section(Stream file, string name, ReadOnlySpan<byte> content)
    {
        Header(file, name, (uint)content.Length);
        file.Write(content);
    }

    private static void Header(Stream file, string name, uint length)
    {
        Span<byte> header = stackalloc byte[SectionHeader];
        Encoding.ASCII.GetBytes(name, header);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], length);
        file.Write(header);
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Drivers.Console.Fonts;

/// <summary>
/// GRUB's font format PFF2: sections of a four-letter name, a length (big-endian, as all numbers) and content, among them an index of
/// characters (CHIX: character, flags, offset in the file) and glyphs (DATA: width, height, offsets, advance, bits line by line
/// without padding). GRUB developers' manual, "Font metrics" and "PFF2".
/// </summary>
public static class Pf2File
{
    private const int SectionHeader = 8;
    private const int IndexEntry = 9;
    private const int GlyphHeader = 10;
    private const int WidestCell = 16;
    private const int HighestCell = 64;

    /// <summary>One glyph as the file has it.</summary>
    /// <param name="Width">Of the bitmap.</param>
    /// <param name="Height">Of the bitmap.</param>
    /// <param name="Left">From the cell's left edge to the bitmap's.</param>
    /// <param name="Bottom">From the baseline up to the bitmap's lowest line.</param>
    /// <param name="Advance">The cell's width.</param>
    private readonly record struct Glyph(int Width, int Height, int Left, int Bottom, int Advance);

    /// <summary>Reads the glyphs of a font that are one cell wide; the cell is as wide as the letter M.</summary>
    /// <param name="file">The file.</param>
    /// <param name="wanted">Which characters; null takes all.</param>
    /// <exception cref="InvalidDataException">It is damaged, or no font for text in cells.</exception>
    public static BitmapFont Read(ReadOnlySpan<byte> file, Predicate<int>? wanted = null)
    {
        if (!TryFind(file, "FILE", out ReadOnlySpan<byte> magic) || !magic.SequenceEqual("PFF2"u8))
        {
            throw new InvalidDataException("This is no PFF2 font.");
        }
        int ascent = ReadNumber(file, "ASCE");
        int descent = ReadNumber(file, "DESC");
        int height = ascent + descent;
        if (height is < 1 or > HighestCell || ascent < 1)
        {
            throw new InvalidDataException($"The font's height is {height} pixels.");
        }
        if (!TryFind(file, "CHIX", out ReadOnlySpan<byte> index))
        {
            throw new InvalidDataException("The font has no index of characters (CHIX).");
        }
        int width = 0;
        for (int at = 0; at + IndexEntry <= index.Length; at += IndexEntry)
        {
            if (BinaryPrimitives.ReadInt32BigEndian(index[at..]) == 'M')
            {
                width = ReadGlyph(file, index[at..], out _).Advance;
            }
        }
        if (width is < 1 or > WidestCell)
        {
            throw new InvalidDataException($"The font's letter M is {width} pixels wide.");
        }
        return ReadGlyphs(file, index, width, height, ascent, wanted);
    }

    private static BitmapFont ReadGlyphs(
        ReadOnlySpan<byte> file,
        ReadOnlySpan<byte> index,
        int width,
        int height,
        int ascent,
        Predicate<int>? wanted
    )
    {
        List<int> characters = [];
        List<ushort> lines = [];
        Span<ushort> cell = stackalloc ushort[height];
        for (int at = 0; at + IndexEntry <= index.Length; at += IndexEntry)
        {
            int character = BinaryPrimitives.ReadInt32BigEndian(index[at..]);
            bool isCharacter = character is >= 0 and <= 0x10ffff;
            if (!isCharacter || (wanted is not null && !wanted(character)))
            {
                continue;
            }
            Glyph glyph = ReadGlyph(file, index[at..], out ReadOnlySpan<byte> bits);
            if (glyph.Advance != width)
            {
                continue;
            }
            Place(glyph, bits, width, ascent, cell);
            characters.Add(character);
            lines.AddRange(cell);
        }
        return new BitmapFont(width, height, ascent, characters, [.. lines]);
    }

    private static Glyph ReadGlyph(
        ReadOnlySpan<byte> file,
        ReadOnlySpan<byte> entry,
        out ReadOnlySpan<byte> bits
    )
    {
        uint offset = BinaryPrimitives.ReadUInt32BigEndian(entry[5..]);
        if (entry[4] != 0 || offset > file.Length - GlyphHeader)
        {
            throw new InvalidDataException("A glyph lies outside the font, or is compressed.");
        }
        ReadOnlySpan<byte> header = file[(int)offset..];
        Glyph glyph = new(
            BinaryPrimitives.ReadUInt16BigEndian(header),
            BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            BinaryPrimitives.ReadInt16BigEndian(header[4..]),
            BinaryPrimitives.ReadInt16BigEndian(header[6..]),
            BinaryPrimitives.ReadInt16BigEndian(header[8..])
        );
        long bytes = ((long)glyph.Width * glyph.Height + 7) / 8;
        if (bytes > header.Length - GlyphHeader)
        {
            throw new InvalidDataException("A glyph goes beyond the font's end.");
        }
        bits = header.Slice(GlyphHeader, (int)bytes);
        return glyph;
    }

    // What would stick out of the cell is cut off.
    private static void Place(
        Glyph glyph,
        ReadOnlySpan<byte> bits,
        int width,
        int ascent,
        Span<ushort> cell
    )
    {
        cell.Clear();
        for (int y = 0; y < glyph.Height; y++)
        {
            int line = ascent - glyph.Bottom - glyph.Height + y;
            for (int x = 0; x < glyph.Width && (uint)line < (uint)cell.Length; x++)
            {
                int bit = y * glyph.Width + x;
                int column = glyph.Left + x;
                bool isSet = (bits[bit / 8] >> (7 - bit % 8) & 1) != 0;
                if (isSet && (uint)column < (uint)width)
                {
                    cell[line] |= (ushort)(1 << (width - 1 - column));
                }
            }
        }
    }

    private static int ReadNumber(ReadOnlySpan<byte> file, string name) =>
        TryFind(file, name, out ReadOnlySpan<byte> content) && content.Length >= 2
            ? BinaryPrimitives.ReadUInt16BigEndian(content)
            : throw new InvalidDataException($"The font has no section {name}.");

    private static bool TryFind(
        ReadOnlySpan<byte> file,
        string name,
        out ReadOnlySpan<byte> content
    )
    {
        Span<byte> wanted = stackalloc byte[4];
        Encoding.ASCII.GetBytes(name, wanted);
        while (file.Length >= SectionHeader)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[4..]);
            bool isIt = file[..4].SequenceEqual(wanted);
            file = file[SectionHeader..];
            // The last section says that it has no end.
            content = file[..(int)Math.Min(length, (uint)file.Length)];
            if (isIt)
            {
                return true;
            }
            file = file[content.Length..];
        }
        content = default;
        return false;
    }
}

using System.Text;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>
/// Names of FAT: the short one of 8 and 3 characters that each file has, and the long one that it has beside it when the
/// short one does not say it all (FAT specification, section 7).
/// </summary>
internal static class FatNames
{
    /// <summary>Longest name, UTF-16 units.</summary>
    public const int LongestName = 255;

    /// <summary>UTF-16 units in one entry of a long name.</summary>
    public const int UnitsPerEntry = 13;

    private const byte LowerBase = 0x08;
    private const byte LowerExtension = 0x10;

    private const string Forbidden = "\"*/:<>?\\|";
    private const string ShortPunctuation = "$%'-_@~`!(){}^#&";

    // Code page 437, the PC's own: characters 128 to 255.
    private const string CodePage437 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

    /// <summary>Text of bytes that are in the PC's character set.</summary>
    public static string DecodeOem(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        foreach (byte value in bytes)
        {
            text.Append(value < 128 ? (char)value : CodePage437[value - 128]);
        }
        return text.ToString();
    }

    /// <summary>The name that a short entry's eleven bytes stand for.</summary>
    public static string DecodeShort(string raw, byte lowerCase)
    {
        Span<byte> bytes = stackalloc byte[11];
        Encoding.Latin1.GetBytes(raw, bytes);

        // 05 stands for E5, which at that place would mean a deleted entry.
        if (bytes[0] == 0x05)
        {
            bytes[0] = 0xE5;
        }
        string text = DecodeOem(bytes[..8]).TrimEnd(' ');
        string extension = DecodeOem(bytes[8..]).TrimEnd(' ');
        text = (lowerCase & LowerBase) != 0 ? text.ToLowerInvariant() : text;
        extension = (lowerCase & LowerExtension) != 0 ? extension.ToLowerInvariant() : extension;
        return extension.Length == 0 ? text : $"{text}.{extension}";
    }

    /// <summary>The label that an entry's eleven bytes stand for.</summary>
    public static string DecodeLabel(string raw)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(raw);
        bytes[0] = bytes[0] == 0x05 ? (byte)0xE5 : bytes[0];
        return DecodeOem(bytes).TrimEnd(' ');
    }

    /// <summary>The sum of a short name by which the parts of a long name know that they belong to it.</summary>
    public static byte Checksum(string raw)
    {
        byte sum = 0;
        foreach (char value in raw)
        {
            sum = (byte)((byte)(sum << 7 | sum >> 1) + (byte)value);
        }
        return sum;
    }

    /// <summary>The name as FAT keeps it: dots at its end do not count.</summary>
    public static string Normalize(string name) => name.TrimEnd('.');

    /// <summary>Throws where a name cannot be given to a file.</summary>
    public static void Check(string name, string source)
    {
        if (name.Length > LongestName)
        {
            throw new FileSystemException(
                FileError.NameTooLong,
                $"{source}: a name of {name.Length} characters; FAT has at most {LongestName}."
            );
        }
        if (name.Length == 0 || name[^1] == ' ' || name.Any(IsForbidden))
        {
            throw new FileSystemException(
                FileError.Invalid,
                $"{source}: \"{name}\" can be no name on FAT: it is empty, ends with a space, or holds one of {Forbidden} or a control character."
            );
        }
    }

    /// <summary>What is written for a name.</summary>
    /// <param name="name">A checked name.</param>
    /// <param name="isTaken">Whether the directory has another file of that name, long or short.</param>
    public static FatName Plan(string name, Func<string, bool> isTaken)
    {
        if (TryShort(name) is { } direct && !isTaken(name))
        {
            return direct;
        }
        (string text, string extension) = Basis(name);
        for (int number = 1; number < 1_000_000; number++)
        {
            string tail = $"~{number}";
            string candidate = text[..Math.Min(text.Length, 8 - tail.Length)] + tail;
            string alias = extension.Length == 0 ? candidate : $"{candidate}.{extension}";
            if (!isTaken(alias))
            {
                return new FatName(name, candidate.PadRight(8) + extension.PadRight(3), 0, true);
            }
        }
        throw new FileSystemException(FileError.NoSpace, $"No short name is left for \"{name}\".");
    }

    // A name that fits 8.3 needs no number; where its case is mixed it needs a long name beside it.
    private static FatName? TryShort(string name)
    {
        int dot = name.LastIndexOf('.');
        string text = dot < 0 ? name : name[..dot];
        string extension = dot < 0 ? "" : name[(dot + 1)..];
        if (
            text.Length is 0 or > 8
            || extension.Length > 3
            || (dot >= 0 && extension.Length == 0)
            || !text.All(IsShort)
            || !extension.All(IsShort)
        )
        {
            return null;
        }
        string raw = text.ToUpperInvariant().PadRight(8) + extension.ToUpperInvariant().PadRight(3);
        bool isMixed = IsMixed(text) || IsMixed(extension);
        int flags = isMixed
            ? 0
            : (text.Any(char.IsAsciiLetterLower) ? LowerBase : 0)
                | (extension.Any(char.IsAsciiLetterLower) ? LowerExtension : 0);
        return new FatName(name, raw, (byte)flags, isMixed);
    }

    // What a numbered short name begins with: what cannot be in one is left out or becomes an underscore.
    private static (string Text, string Extension) Basis(string name)
    {
        string trimmed = name.TrimStart('.', ' ');
        int dot = trimmed.LastIndexOf('.');
        string text = Strip(dot < 0 ? trimmed : trimmed[..dot]);
        string extension = Strip(dot < 0 ? "" : trimmed[(dot + 1)..]);
        return (
            text.Length == 0 ? "_" : text[..Math.Min(8, text.Length)],
            extension[..Math.Min(3, extension.Length)]
        );
    }

    private static string Strip(string text)
    {
        StringBuilder kept = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is not ' ' and not '.')
            {
                bool isShort = rune.IsAscii && IsShort((char)rune.Value);
                kept.Append(isShort ? char.ToUpperInvariant((char)rune.Value) : '_');
            }
        }
        return kept.ToString();
    }

    private static bool IsShort(char value) =>
        char.IsAsciiLetterOrDigit(value) || ShortPunctuation.Contains(value);

    private static bool IsMixed(string text) =>
        text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper);

    private static bool IsForbidden(char value) => value < 0x20 || Forbidden.Contains(value);
}

/// <summary>What is written for a name: the short entry's eleven bytes and case bits, and whether a long name goes before it.</summary>
internal readonly record struct FatName(string Name, string RawShort, byte Case, bool IsLong)
{
    /// <summary>Entries that it takes.</summary>
    public int EntryCount =>
        1 + (IsLong ? (Name.Length + FatNames.UnitsPerEntry - 1) / FatNames.UnitsPerEntry : 0);
}

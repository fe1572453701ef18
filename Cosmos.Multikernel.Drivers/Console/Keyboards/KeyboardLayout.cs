using System.Diagnostics.CodeAnalysis;

namespace Cosmos.Multikernel.Drivers.Console.Keyboards;

/// <summary>
/// What the keys of a national keyboard write: for each key plain, with Shift, with AltGr. A combining character (U+0300 and
/// following) stands for a dead key, which waits for the letter that it goes onto.
/// </summary>
public sealed class KeyboardLayout
{
    /// <summary>A key that writes nothing.</summary>
    public const char Nothing = '\0';

    // The keys that write, row by row, as the layouts' strings have them.
    private static readonly KeyPosition[] Order =
    [
        KeyPosition.Grave,
        .. Positions(KeyPosition.Digit1, KeyPosition.Digit0),
        KeyPosition.Minus,
        KeyPosition.Equals,
        KeyPosition.Q,
        KeyPosition.W,
        KeyPosition.E,
        KeyPosition.R,
        KeyPosition.T,
        KeyPosition.Y,
        KeyPosition.U,
        KeyPosition.I,
        KeyPosition.O,
        KeyPosition.P,
        KeyPosition.LeftBracket,
        KeyPosition.RightBracket,
        KeyPosition.Backslash,
        KeyPosition.A,
        KeyPosition.S,
        KeyPosition.D,
        KeyPosition.F,
        KeyPosition.G,
        KeyPosition.H,
        KeyPosition.J,
        KeyPosition.K,
        KeyPosition.L,
        KeyPosition.Semicolon,
        KeyPosition.Quote,
        KeyPosition.NonUs,
        KeyPosition.Z,
        KeyPosition.X,
        KeyPosition.C,
        KeyPosition.V,
        KeyPosition.B,
        KeyPosition.N,
        KeyPosition.M,
        KeyPosition.Comma,
        KeyPosition.Period,
        KeyPosition.Slash,
        KeyPosition.Space,
    ];

    private readonly Dictionary<KeyPosition, (char Plain, char Shift, char AltGr)> keys = [];

    /// <summary>A layout from three strings of as many characters as there are keys that write; a blank means nothing, but at the end.</summary>
    private KeyboardLayout(string name, string plain, string shift, string altGr, char decimalPoint)
    {
        Name = name;
        DecimalPoint = decimalPoint;
        HasAltGr = altGr.AsSpan().Trim().Length > 0;
        for (int i = 0; i < Order.Length; i++)
        {
            bool isSpace = Order[i] == KeyPosition.Space;
            keys[Order[i]] = (
                At(plain, i, isSpace),
                At(shift, i, isSpace),
                altGr.Length > i ? At(altGr, i, false) : Nothing
            );
        }
    }

    /// <summary>United States.</summary>
    public static KeyboardLayout Us { get; } =
        new(
            "us",
            @"`1234567890-=" + @"qwertyuiop[]\" + "asdfghjkl;'" + @"\zxcvbnm,./ ",
            "~!@#$%^&*()_+" + "QWERTYUIOP{}|" + "ASDFGHJKL:\"" + "|ZXCVBNM<>? ",
            "",
            '.'
        );

    /// <summary>Germany (DIN 2137, T1).</summary>
    public static KeyboardLayout German { get; } =
        new(
            "de",
            "\u03021234567890ß\u0301" + "qwertzuiopü+#" + "asdfghjklöä" + "<yxcvbnm,.- ",
            "°!\"§$%&/()=?\u0300" + "QWERTZUIOPÜ*'" + "ASDFGHJKLÖÄ" + ">YXCVBNM;:_ ",
            "  ²³   {[]}\\ " + "@ €        ~ " + "           " + "|      µ    ",
            ','
        );

    /// <summary>France (AZERTY, as on Windows).</summary>
    public static KeyboardLayout French { get; } =
        new(
            "fr",
            "²&é\"'(-è_çà)=" + "azertyuiop\u0302$*" + "qsdfghjklmù" + "<wxcvbn,;:! ",
            " 1234567890°+" + "AZERTYUIOP\u0308£µ" + "QSDFGHJKLM%" + ">WXCVBN?./§ ",
            "  \u0303#{[|\u0300\\^@]}" + "  €        ¤ ",
            '.'
        );

    /// <summary>United Kingdom (BS 4822, with the Irish accents under AltGr as on Windows).</summary>
    public static KeyboardLayout British { get; } =
        new(
            "gb",
            "`1234567890-=" + "qwertyuiop[]#" + "asdfghjkl;'" + @"\zxcvbnm,./ ",
            "¬!\"£$%^&*()_+" + "QWERTYUIOP{}~" + "ASDFGHJKL:@" + "|ZXCVBNM<>? ",
            "¦   €        " + "  é   úíó    " + "á          " + "            ",
            '.'
        );

    /// <summary>Spain (QWERTY, as on Windows).</summary>
    public static KeyboardLayout Spanish { get; } =
        new(
            "es",
            "º1234567890'¡" + "qwertyuiop\u0300+ç" + "asdfghjklñ\u0301" + "<zxcvbnm,.- ",
            "ª!\"·$%&/()=?¿" + "QWERTYUIOP\u0302*Ç" + "ASDFGHJKLÑ\u0308" + ">ZXCVBNM;:_ ",
            "\\|@#\u0303€¬      " + "  €       []}" + "          {" + "            ",
            '.'
        );

    /// <summary>Turkey (Q, as on Windows).</summary>
    public static KeyboardLayout Turkish { get; } =
        new(
            "tr",
            "\"1234567890*-" + "qwertyuıopğü," + "asdfghjklşi" + "<zxcvbnmöç. ",
            "é!'\u0302+%&/()=?_" + "QWERTYUIOPĞÜ;" + "ASDFGHJKLŞİ" + ">ZXCVBNMÖÇ: ",
            "<>£#$½ {[]}\\|" + "@ € ₺  i  \u0308\u0303\u0300" + "æß       \u0301 " + "|           ",
            '.'
        );

    /// <summary>United States, Dvorak (ANSI X3.207).</summary>
    public static KeyboardLayout Dvorak { get; } =
        new(
            "dvorak",
            "`1234567890[]" + @"',.pyfgcrl/=\" + "aoeuidhtns-" + @"\;qjkxbmwvz ",
            "~!@#$%^&*(){}" + "\"<>PYFGCRL?+|" + "AOEUIDHTNS_" + "|:QJKXBMWVZ ",
            "",
            '.'
        );

    /// <summary>All there are.</summary>
    public static IReadOnlyList<KeyboardLayout> All { get; } =
    [Us, German, French, British, Spanish, Turkish, Dvorak];

    /// <summary>Their names, for those who have to choose.</summary>
    public static string Names => string.Join(", ", All.Select(static layout => layout.Name));

    /// <summary>How people call it: <c>us</c>, <c>de</c>, <c>fr</c>.</summary>
    public string Name { get; }

    /// <summary>What the number pad's decimal key writes.</summary>
    public char DecimalPoint { get; }

    /// <summary>Whether the right Alt key is AltGr.</summary>
    public bool HasAltGr { get; }

    /// <summary>The layout of a name, whatever its case.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out KeyboardLayout? layout)
    {
        layout = All.FirstOrDefault(candidate =>
            candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        );
        return layout is not null;
    }

    /// <summary>What a key writes; <see cref="Nothing"/> for one that does not.</summary>
    public char CharacterOf(KeyPosition key, bool shift, bool capsLock, bool altGr)
    {
        if (!keys.TryGetValue(key, out var levels))
        {
            return Nothing;
        }
        if (altGr)
        {
            return levels.AltGr;
        }
        if (!capsLock || !char.IsLetter(levels.Plain))
        {
            return shift ? levels.Shift : levels.Plain;
        }
        // Caps Lock: letters the other way round, with the capital of their key (Turkish i has İ); those without one there (é) get theirs.
        char capital = char.IsUpper(levels.Shift)
            ? levels.Shift
            : char.ToUpperInvariant(levels.Plain);
        return !shift ? capital
            : levels.Shift == capital ? levels.Plain
            : levels.Shift;
    }

    private static char At(string text, int index, bool keepsBlank) =>
        text[index] == ' ' && !keepsBlank ? Nothing : text[index];

    private static IEnumerable<KeyPosition> Positions(KeyPosition first, KeyPosition last)
    {
        for (KeyPosition key = first; key <= last; key++)
        {
            yield return key;
        }
    }
}

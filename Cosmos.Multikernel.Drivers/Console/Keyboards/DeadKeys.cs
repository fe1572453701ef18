namespace Cosmos.Multikernel.Drivers.Console.Keyboards;

/// <summary>Dead keys: an accent and the letter it goes onto.</summary>
public static class DeadKeys
{
    // The combining accent, the accent by itself, letters and what they become (Unicode, canonical compositions).
    private static readonly (char Accent, char Alone, string Letters, string Composed)[] Table =
    [
        ('\u0300', '`', "aeiounAEIOUN", "àèìòùǹÀÈÌÒÙǸ"),
        ('\u0301', '´', "aeiouyclnrszAEIOUYCLNRSZ", "áéíóúýćĺńŕśźÁÉÍÓÚÝĆĹŃŔŚŹ"),
        ('\u0302', '^', "aeioucghjswyAEIOUCGHJSWY", "âêîôûĉĝĥĵŝŵŷÂÊÎÔÛĈĜĤĴŜŴŶ"),
        ('\u0303', '~', "anoiuANOIU", "ãñõĩũÃÑÕĨŨ"),
        ('\u0308', '¨', "aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ"),
    ];

    /// <summary>Whether a layout's character is a dead key.</summary>
    public static bool IsDead(char character) => character is >= '\u0300' and <= '\u036f';

    /// <summary>What an accent and the character typed after it write: one composed, or both.</summary>
    public static string Compose(char accent, char next)
    {
        foreach (var (combining, alone, letters, composed) in Table)
        {
            if (combining != accent)
            {
                continue;
            }
            int index = letters.IndexOf(next, StringComparison.Ordinal);
            return index >= 0 ? composed[index].ToString()
                : next == ' ' || next == accent ? alone.ToString()
                : IsDead(next) ? $"{alone}{Alone(next)}"
                : $"{alone}{next}";
        }
        return next.ToString();
    }

    private static char Alone(char accent)
    {
        foreach (var row in Table)
        {
            if (row.Accent == accent)
            {
                return row.Alone;
            }
        }
        return accent;
    }
}

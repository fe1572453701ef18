namespace Cosmos.Multikernel.Drivers.Console.Fonts;

/// <summary>Glyphs of one width and height, for text in cells.</summary>
public sealed class BitmapFont
{
    // Characters below this are found by index: nearly all that are ever drawn.
    private const int Direct = 0x250;
    private const int Replacement = 0xfffd;

    private readonly int[] direct = new int[Direct];
    private readonly Dictionary<int, int> others = [];
    private readonly ushort[] lines;
    private readonly int missing;

    /// <summary>A font.</summary>
    /// <param name="width">Pixels across, at most 16.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="baseline">Lines above the one that letters stand on.</param>
    /// <param name="characters">Its characters.</param>
    /// <param name="lines">The lines of their glyphs, from the top, one after the other; the leftmost pixel is bit <paramref name="width"/> - 1.</param>
    public BitmapFont(
        int width,
        int height,
        int baseline,
        IReadOnlyList<int> characters,
        ushort[] lines
    )
    {
        Width = width;
        Height = height;
        Baseline = baseline;
        this.lines = lines;
        Characters = characters;
        Array.Fill(direct, -1);
        for (int i = 0; i < characters.Count; i++)
        {
            if (characters[i] < Direct)
            {
                direct[characters[i]] = i;
            }
            else
            {
                others[characters[i]] = i;
            }
        }
        missing = IndexOf(Replacement) is var index and >= 0 ? index : IndexOf('?');
        if (missing < 0)
        {
            throw new InvalidDataException("The font has no glyph for U+FFFD, nor for '?'.");
        }
    }

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>Lines above the one that letters stand on.</summary>
    public int Baseline { get; }

    /// <summary>Where a line under the text goes.</summary>
    public int UnderlineRow => Math.Min(Height - 1, Baseline + 1);

    /// <summary>What there are glyphs for.</summary>
    public IReadOnlyList<int> Characters { get; }

    /// <summary>Whether there is a glyph of its own for a character.</summary>
    public bool Has(int character) => IndexOf(character) >= 0;

    /// <summary>A line of a character's glyph; of the replacement's where there is none.</summary>
    public uint LineOf(int character, int y)
    {
        int index = IndexOf(character);
        return lines[(index < 0 ? missing : index) * Height + y];
    }

    private int IndexOf(int character) =>
        (uint)character < Direct ? direct[character] : others.GetValueOrDefault(character, -1);
}

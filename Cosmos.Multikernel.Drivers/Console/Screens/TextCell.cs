namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>One character place of a text screen.</summary>
/// <param name="Character">A Unicode scalar value; a blank is U+0020.</param>
/// <param name="Foreground">0 to 15, in the order of <see cref="Palette"/>.</param>
/// <param name="Background">0 to 15.</param>
/// <param name="IsUnderlined">Shown where a surface can.</param>
public readonly record struct TextCell(
    int Character,
    byte Foreground,
    byte Background,
    bool IsUnderlined = false
)
{
    /// <summary>The colour of text that asks for none.</summary>
    public const byte NormalForeground = 7;

    /// <summary>The colour behind it.</summary>
    public const byte NormalBackground = 0;

    /// <summary>A blank in normal colours.</summary>
    public static TextCell Blank { get; } = new(' ', NormalForeground, NormalBackground);
}

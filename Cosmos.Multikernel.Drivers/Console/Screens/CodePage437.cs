namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>Code page 437: the characters that a PC's display adapter has in its text modes.</summary>
public static class CodePage437
{
    private const string Upper =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

    private const string Lower = "\0☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼";

    // What looks nearly like one that there is.
    private const string Alike =
        "‘'’'‚,“\"”\"„\"–-—-…:€E×xØOøo¦|©c®r¨\"´'¸,¯-­-¹1³3ÀAÁAÂAÃAÈEÊEËEÌIÍIÎIÏIÐDÒOÓOÔOÕOÙUÚUÛUÝYÞPãaðdõoýyþp"
        + "ŒOœoŠSšsŽZžzŸY�?─-━-│|┃|←<→>↑^↓v";

    private static readonly Dictionary<int, byte> Bytes = Build();

    /// <summary>The byte for a character; one that looks alike where the page has none, else <c>?</c>.</summary>
    public static byte ByteOf(int character) =>
        character is >= 0x20 and < 0x7f ? (byte)character
        : Bytes.TryGetValue(character, out byte value) ? value
        : (byte)'?';

    /// <summary>The character of a byte.</summary>
    public static char CharacterOf(byte value) =>
        value switch
        {
            < 0x20 => value == 0 ? ' ' : Lower[value],
            0x7f => '⌂',
            >= 0x80 => Upper[value - 0x80],
            _ => (char)value,
        };

    private static Dictionary<int, byte> Build()
    {
        Dictionary<int, byte> bytes = [];
        for (int i = 0; i + 1 < Alike.Length; i += 2)
        {
            bytes[Alike[i]] = (byte)Alike[i + 1];
        }
        for (int value = 1; value < 256; value++)
        {
            bytes[CharacterOf((byte)value)] = (byte)value;
        }
        return bytes;
    }
}

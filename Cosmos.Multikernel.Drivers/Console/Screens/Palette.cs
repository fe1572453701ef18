namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>
/// The sixteen colours in ECMA-48's order (black, red, green, yellow, blue, magenta, cyan, white, then the bright ones) with the
/// values that VGA's text mode gives them, so that both kinds of screen look the same.
/// </summary>
public static class Palette
{
    /// <summary>How many there are.</summary>
    public const int Count = 16;

    private static ReadOnlySpan<uint> Values =>
        [
            0x000000,
            0xaa0000,
            0x00aa00,
            0xaa5500,
            0x0000aa,
            0xaa00aa,
            0x00aaaa,
            0xaaaaaa,
            0x555555,
            0xff5555,
            0x55ff55,
            0xffff55,
            0x5555ff,
            0xff55ff,
            0x55ffff,
            0xffffff,
        ];

    /// <summary>Red, green and blue of a colour: 0xRRGGBB.</summary>
    public static uint RgbOf(int colour) => Values[colour];

    /// <summary>The number VGA's text mode has for a colour: there blue is 1 and red is 4.</summary>
    public static int VgaOf(int colour) =>
        (colour & 0b1010) | ((colour & 1) << 2) | ((colour & 4) >> 2);

    /// <summary>The colour nearest to a red, green and blue of 0 to 255 each.</summary>
    public static byte Nearest(int red, int green, int blue)
    {
        int best = 0;
        int least = int.MaxValue;
        for (int colour = 0; colour < Count; colour++)
        {
            uint value = Values[colour];
            int byRed = red - (int)(value >> 16);
            int byGreen = green - (int)(value >> 8 & 0xff);
            int byBlue = blue - (int)(value & 0xff);
            int distance = byRed * byRed + byGreen * byGreen + byBlue * byBlue;
            if (distance < least)
            {
                (best, least) = (colour, distance);
            }
        }
        return (byte)best;
    }

    /// <summary>
    /// The colour nearest to one of xterm's 256: the sixteen, a cube of six levels (0, 95, 135, 175, 215, 255) for each of red,
    /// green and blue, and 24 greys from 8 in steps of 10.
    /// </summary>
    public static byte NearestOf256(int index)
    {
        if (index < Count)
        {
            return (byte)Math.Max(index, 0);
        }
        if (index < 232)
        {
            int place = index - 16;
            return Nearest(LevelOf(place / 36), LevelOf(place / 6 % 6), LevelOf(place % 6));
        }
        int grey = 8 + 10 * (Math.Min(index, 255) - 232);
        return Nearest(grey, grey, grey);
    }

    private static int LevelOf(int step) => step == 0 ? 0 : 55 + 40 * step;
}

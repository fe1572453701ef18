using Cosmos.Multikernel.Drivers.Console.Screens;

namespace Cosmos.Multikernel.Drivers.Console.Terminals;

/// <summary>How characters look: select graphic rendition (ECMA-48, 8.3.117; xterm's 256 and 24-bit colours to the nearest of 16).</summary>
internal readonly record struct Rendition
{
    private const byte Bright = 8;

    /// <summary>Grey on black.</summary>
    public static Rendition Normal { get; } =
        new() { Foreground = TextCell.NormalForeground, Background = TextCell.NormalBackground };

    private byte Foreground { get; init; }

    private byte Background { get; init; }

    private bool IsBold { get; init; }

    private bool IsFaint { get; init; }

    private bool IsUnderlined { get; init; }

    private bool IsReversed { get; init; }

    private bool IsHidden { get; init; }

    /// <summary>What erasing leaves: the background, nothing else.</summary>
    public TextCell Blank =>
        IsReversed
            ? new TextCell(' ', Background, ShownForeground)
            : new TextCell(' ', ShownForeground, Background);

    // Bold is bright, as on every PC's screen; faint text is dark grey.
    private byte ShownForeground =>
        IsBold && Foreground < Bright ? (byte)(Foreground + Bright)
        : IsFaint && Foreground == TextCell.NormalForeground ? Bright
        : Foreground;

    /// <summary>A character that looks so.</summary>
    public TextCell Cell(int character) =>
        Blank with
        {
            Character = IsHidden ? ' ' : character,
            IsUnderlined = IsUnderlined,
        };

    /// <summary>This, changed by the parameters of a sequence.</summary>
    public Rendition After(SequenceParser sequence)
    {
        Rendition result = this;
        for (int i = 0; i < sequence.Count; i++)
        {
            int parameter = sequence[i];
            if (parameter is 38 or 48)
            {
                byte? colour = ReadColour(sequence, ref i);
                result =
                    colour is null ? result
                    : parameter == 38 ? result with { Foreground = colour.Value }
                    : result with { Background = colour.Value };
            }
            else
            {
                result = result.After(parameter);
            }
        }
        return result;
    }

    private Rendition After(int parameter) =>
        parameter switch
        {
            0 => Normal,
            1 => this with { IsBold = true },
            2 => this with { IsFaint = true },
            4 or 21 => this with { IsUnderlined = true },
            7 => this with { IsReversed = true },
            8 => this with { IsHidden = true },
            22 => this with { IsBold = false, IsFaint = false },
            24 => this with { IsUnderlined = false },
            27 => this with { IsReversed = false },
            28 => this with { IsHidden = false },
            >= 30 and <= 37 => this with { Foreground = (byte)(parameter - 30) },
            39 => this with { Foreground = TextCell.NormalForeground },
            >= 40 and <= 47 => this with { Background = (byte)(parameter - 40) },
            49 => this with { Background = TextCell.NormalBackground },
            >= 90 and <= 97 => this with { Foreground = (byte)(parameter - 90 + Bright) },
            >= 100 and <= 107 => this with { Background = (byte)(parameter - 100 + Bright) },
            _ => this,
        };

    // 5;N is one of 256, 2;R;G;B any. What follows is left where it is malformed.
    private static byte? ReadColour(SequenceParser sequence, ref int index)
    {
        switch (sequence[index + 1])
        {
            case 5:
                index += 2;
                return Palette.NearestOf256(sequence[index]);
            case 2:
                index += 4;
                return Palette.Nearest(
                    Math.Min(255, sequence[index - 2]),
                    Math.Min(255, sequence[index - 1]),
                    Math.Min(255, sequence[index])
                );
            default:
                return null;
        }
    }
}

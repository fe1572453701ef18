using System.Collections.Frozen;

namespace Cosmos.System;

/// <summary>What .NET's console calls a key, as Cosmos calls it.</summary>
internal static class KeyTable
{
    private static readonly FrozenDictionary<ConsoleKey, ConsoleKeyEx> Keys = Make();

    // Keys that .NET's console knows by what they write alone.
    private static readonly FrozenDictionary<char, ConsoleKeyEx> Characters = new Dictionary<
        char,
        ConsoleKeyEx
    >
    {
        ['`'] = ConsoleKeyEx.Backquote,
        ['~'] = ConsoleKeyEx.Backquote,
        ['-'] = ConsoleKeyEx.Minus,
        ['_'] = ConsoleKeyEx.Minus,
        ['='] = ConsoleKeyEx.Equal,
        ['+'] = ConsoleKeyEx.Equal,
        ['['] = ConsoleKeyEx.LBracket,
        ['{'] = ConsoleKeyEx.LBracket,
        [']'] = ConsoleKeyEx.RBracket,
        ['}'] = ConsoleKeyEx.RBracket,
        ['\\'] = ConsoleKeyEx.Backslash,
        ['|'] = ConsoleKeyEx.Backslash,
        [';'] = ConsoleKeyEx.Semicolon,
        [':'] = ConsoleKeyEx.Semicolon,
        ['\''] = ConsoleKeyEx.Apostrophe,
        ['"'] = ConsoleKeyEx.Apostrophe,
        [','] = ConsoleKeyEx.Comma,
        ['<'] = ConsoleKeyEx.Comma,
        ['.'] = ConsoleKeyEx.Period,
        ['>'] = ConsoleKeyEx.Period,
        ['/'] = ConsoleKeyEx.Slash,
        ['?'] = ConsoleKeyEx.Slash,
        ['!'] = ConsoleKeyEx.D1,
        ['@'] = ConsoleKeyEx.D2,
        ['#'] = ConsoleKeyEx.D3,
        ['$'] = ConsoleKeyEx.D4,
        ['%'] = ConsoleKeyEx.D5,
        ['^'] = ConsoleKeyEx.D6,
        ['&'] = ConsoleKeyEx.D7,
        ['*'] = ConsoleKeyEx.D8,
        ['('] = ConsoleKeyEx.D9,
        [')'] = ConsoleKeyEx.D0,
    }.ToFrozenDictionary();

    /// <summary>A key that the console has read.</summary>
    public static KeyEvent EventOf(ConsoleKeyInfo info) =>
        new(
            info.KeyChar,
            KeyOf(info),
            info.Modifiers.HasFlag(ConsoleModifiers.Shift),
            info.Modifiers.HasFlag(ConsoleModifiers.Alt),
            info.Modifiers.HasFlag(ConsoleModifiers.Control),
            KeyEvent.KeyEventType.Make
        );

    private static ConsoleKeyEx KeyOf(ConsoleKeyInfo info) =>
        Characters.TryGetValue(info.KeyChar, out ConsoleKeyEx byCharacter) ? byCharacter
        : Keys.TryGetValue(info.Key, out ConsoleKeyEx byKey) ? byKey
        : ConsoleKeyEx.NoName;

    private static FrozenDictionary<ConsoleKey, ConsoleKeyEx> Make()
    {
        Dictionary<ConsoleKey, ConsoleKeyEx> keys = new()
        {
            [ConsoleKey.Backspace] = ConsoleKeyEx.Backspace,
            [ConsoleKey.Tab] = ConsoleKeyEx.Tab,
            [ConsoleKey.Enter] = ConsoleKeyEx.Enter,
            [ConsoleKey.Pause] = ConsoleKeyEx.PauseBreak,
            [ConsoleKey.Escape] = ConsoleKeyEx.Escape,
            [ConsoleKey.Spacebar] = ConsoleKeyEx.Spacebar,
            [ConsoleKey.PageUp] = ConsoleKeyEx.PageUp,
            [ConsoleKey.PageDown] = ConsoleKeyEx.PageDown,
            [ConsoleKey.End] = ConsoleKeyEx.End,
            [ConsoleKey.Home] = ConsoleKeyEx.Home,
            [ConsoleKey.LeftArrow] = ConsoleKeyEx.LeftArrow,
            [ConsoleKey.UpArrow] = ConsoleKeyEx.UpArrow,
            [ConsoleKey.RightArrow] = ConsoleKeyEx.RightArrow,
            [ConsoleKey.DownArrow] = ConsoleKeyEx.DownArrow,
            [ConsoleKey.PrintScreen] = ConsoleKeyEx.PrintScreen,
            [ConsoleKey.Insert] = ConsoleKeyEx.Insert,
            [ConsoleKey.Delete] = ConsoleKeyEx.Delete,
            [ConsoleKey.LeftWindows] = ConsoleKeyEx.LWin,
            [ConsoleKey.RightWindows] = ConsoleKeyEx.RWin,
            [ConsoleKey.Applications] = ConsoleKeyEx.Menu,
            [ConsoleKey.Sleep] = ConsoleKeyEx.Sleep,
            [ConsoleKey.Multiply] = ConsoleKeyEx.NumMultiply,
            [ConsoleKey.Add] = ConsoleKeyEx.NumPlus,
            [ConsoleKey.Subtract] = ConsoleKeyEx.NumMinus,
            [ConsoleKey.Decimal] = ConsoleKeyEx.NumPeriod,
            [ConsoleKey.Divide] = ConsoleKeyEx.NumDivide,
            [ConsoleKey.D0] = ConsoleKeyEx.D0,
            [ConsoleKey.NumPad0] = ConsoleKeyEx.Num0,
        };
        AddRow(ConsoleKey.D1, ConsoleKeyEx.D1, 9);
        AddRow(ConsoleKey.F1, ConsoleKeyEx.F1, 12);
        AddRow(ConsoleKey.NumPad1, ConsoleKeyEx.Num1, 3);
        AddRow(ConsoleKey.NumPad4, ConsoleKeyEx.Num4, 3);
        AddRow(ConsoleKey.NumPad7, ConsoleKeyEx.Num7, 3);
        for (ConsoleKey letter = ConsoleKey.A; letter <= ConsoleKey.Z; letter++)
        {
            // Ours are in the order of the keyboard's rows: found by name.
            keys[letter] = Enum.Parse<ConsoleKeyEx>(letter.ToString());
        }
        return keys.ToFrozenDictionary();

        void AddRow(ConsoleKey first, ConsoleKeyEx firstHere, int count)
        {
            for (int i = 0; i < count; i++)
            {
                keys[first + i] = firstHere + i;
            }
        }
    }
}

namespace Shell.Terminal;

/// <summary>What a key press means to a line editor.</summary>
internal enum KeyKind
{
    Character,
    Enter,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Up,
    Down,
    Tab,
    KillToEnd,
    KillToStart,
    KillWord,
    ClearScreen,
    Interrupt,
    EndOfFile,
    EndOfInput,
}

/// <summary>A key press.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Text">For <see cref="KeyKind.Character"/>: one character, as UTF-16.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "");

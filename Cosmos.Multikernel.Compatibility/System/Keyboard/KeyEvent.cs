namespace Cosmos.System;

/// <summary>A key that was pressed.</summary>
public class KeyEvent
{
    public KeyEvent() { }

    public KeyEvent(
        char keyChar,
        ConsoleKeyEx key,
        bool shift,
        bool alt,
        bool control,
        KeyEventType type
    )
    {
        (KeyChar, Key, Type) = (keyChar, key, type);
        Modifiers =
            (shift ? ConsoleModifiers.Shift : 0)
            | (alt ? ConsoleModifiers.Alt : 0)
            | (control ? ConsoleModifiers.Control : 0);
    }

    /// <summary>Pressed or released.</summary>
    public enum KeyEventType
    {
        Make,
        Break,
    }

    /// <summary>What it writes; 0 for nothing.</summary>
    public char KeyChar { get; set; }

    public ConsoleKeyEx Key { get; set; }

    public ConsoleModifiers Modifiers { get; set; }

    /// <summary>Always pressed: terminals do not tell of releases.</summary>
    public KeyEventType Type { get; set; }
}

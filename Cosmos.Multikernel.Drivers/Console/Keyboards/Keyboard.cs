using static Cosmos.Multikernel.Drivers.Console.Keyboards.KeyPosition;

namespace Cosmos.Multikernel.Drivers.Console.Keyboards;

/// <summary>The lights of a keyboard, in the bits that its command takes (IBM PS/2 technical reference, "Set/Reset Status Indicators").</summary>
[Flags]
public enum KeyboardLights : byte
{
    None = 0,
    ScrollLock = 1,
    NumLock = 2,
    CapsLock = 4,
}

/// <summary>
/// A keyboard in its state: keys that go up and down in, out what a terminal of xterm's kind sends for them, so that programs
/// cannot tell it from a terminal on the serial line.
/// </summary>
public sealed class Keyboard(KeyboardLayout layout)
{
    private readonly HashSet<KeyPosition> held = [];
    private char accent;

    /// <summary>What its keys write.</summary>
    public KeyboardLayout Layout { get; set; } = layout;

    /// <summary>Which lights shall shine. Number lock is on at first, as on PCs.</summary>
    public KeyboardLights Lights { get; private set; } = KeyboardLights.NumLock;

    /// <summary>The cursor keys send ESC O instead of ESC [ (a terminal's mode DECCKM).</summary>
    public bool CursorKeysAreApplications { get; set; }

    /// <summary>Ctrl+Alt+Delete was pressed.</summary>
    public event Action? RestartAsked;

    private bool Shift => held.Contains(LeftShift) || held.Contains(RightShift);

    private bool Control => held.Contains(LeftControl) || held.Contains(RightControl);

    private bool AltGr => Layout.HasAltGr && held.Contains(RightAlt);

    private bool Alt => held.Contains(LeftAlt) || (!Layout.HasAltGr && held.Contains(RightAlt));

    private bool CapsLockIsOn => (Lights & KeyboardLights.CapsLock) != 0;

    private bool NumLockIsOn => (Lights & KeyboardLights.NumLock) != 0;

    /// <summary>Forgets which keys are held: after scan codes were lost.</summary>
    public void Forget()
    {
        held.Clear();
        accent = KeyboardLayout.Nothing;
    }

    /// <summary>A key went down or up.</summary>
    /// <returns>What it sends; often nothing.</returns>
    public string Take(KeyChange change)
    {
        bool repeats = !held.Add(change.Key);
        if (!change.IsPressed)
        {
            held.Remove(change.Key);
            return "";
        }
        switch (change.Key)
        {
            case CapsLock or NumLock or ScrollLock:
                if (!repeats)
                {
                    Lights ^= LightOf(change.Key);
                }
                return "";
            case Delete or PadPeriod when Control && held.Contains(LeftAlt):
                RestartAsked?.Invoke();
                return "";
        }
        return SequenceOf(change.Key) ?? TextOf(change.Key);
    }

    private static KeyboardLights LightOf(KeyPosition key) =>
        key switch
        {
            CapsLock => KeyboardLights.CapsLock,
            NumLock => KeyboardLights.NumLock,
            _ => KeyboardLights.ScrollLock,
        };

    private string TextOf(KeyPosition key)
    {
        char character = Layout.CharacterOf(key, Shift, CapsLockIsOn, AltGr);
        if (character == KeyboardLayout.Nothing)
        {
            return "";
        }
        if (Control)
        {
            accent = KeyboardLayout.Nothing;
            return Prefixed(ControlOf(character));
        }
        if (accent != KeyboardLayout.Nothing)
        {
            char before = accent;
            accent = KeyboardLayout.Nothing;
            return DeadKeys.Compose(before, character);
        }
        if (DeadKeys.IsDead(character))
        {
            accent = character;
            return "";
        }
        return Prefixed(character.ToString());
    }

    // As terminals do: Ctrl takes the upper bits away where that leaves a control character.
    private static string ControlOf(char character) =>
        character switch
        {
            ' ' or '2' => "\0",
            '/' => "\x1f",
            '?' => "\x7f",
            >= '@' and <= '_' or >= 'a' and <= 'z' => ((char)(character & 0x1f)).ToString(),
            _ => "",
        };

    private string Prefixed(string text) => Alt && text.Length > 0 ? "\e" + text : text;

    private string? SequenceOf(KeyPosition key)
    {
        if (key is >= Pad1 and <= PadPeriod or >= PadDivide and <= PadEnter)
        {
            return PadOf(key);
        }
        return key switch
        {
            Enter => Prefixed("\r"),
            Backspace => Prefixed(Control ? "\b" : "\x7f"),
            Tab when Shift => "\e[Z",
            Tab => Prefixed("\t"),
            Escape => Prefixed("\e"),
            Up => Cursor('A'),
            Down => Cursor('B'),
            Right => Cursor('C'),
            Left => Cursor('D'),
            End => Cursor('F'),
            Home => Cursor('H'),
            Insert => Numbered(2),
            Delete => Numbered(3),
            PageUp => Numbered(5),
            PageDown => Numbered(6),
            >= F1 and <= F4 => Function((char)('P' + (key - F1))),
            F5 => Numbered(15),
            >= F6 and <= F10 => Numbered(17 + (key - F6)),
            F11 or F12 => Numbered(23 + (key - F11)),
            _ => null,
        };
    }

    private string PadOf(KeyPosition key)
    {
        switch (key)
        {
            case PadDivide:
                return Prefixed("/");
            case PadMultiply:
                return Prefixed("*");
            case PadMinus:
                return Prefixed("-");
            case PadPlus:
                return Prefixed("+");
            case PadEnter:
                return Prefixed("\r");
        }
        if (NumLockIsOn != Shift)
        {
            return key == PadPeriod
                ? Layout.DecimalPoint.ToString()
                : ((char)('0' + (key - Pad1 + 1) % 10)).ToString();
        }
        KeyPosition meaning = key switch
        {
            Pad0 => Insert,
            Pad1 => End,
            Pad2 => Down,
            Pad3 => PageDown,
            Pad4 => Left,
            Pad6 => Right,
            Pad7 => Home,
            Pad8 => Up,
            Pad9 => PageUp,
            PadPeriod => Delete,
            _ => None,
        };
        return SequenceOf(meaning) ?? "";
    }

    // xterm's numbering of modifiers; 1 for none is left out.
    private int Modifiers => 1 + (Shift ? 1 : 0) + (Alt ? 2 : 0) + (Control ? 4 : 0);

    private string Cursor(char final) =>
        Modifiers > 1 ? $"\e[1;{Modifiers}{final}"
        : CursorKeysAreApplications ? $"\eO{final}"
        : $"\e[{final}";

    private string Function(char final) =>
        Modifiers > 1 ? $"\e[1;{Modifiers}{final}" : $"\eO{final}";

    private string Numbered(int number) =>
        Modifiers > 1 ? $"\e[{number};{Modifiers}~" : $"\e[{number}~";
}

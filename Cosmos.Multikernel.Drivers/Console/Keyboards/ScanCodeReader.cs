using static Cosmos.Multikernel.Drivers.Console.Keyboards.KeyPosition;

namespace Cosmos.Multikernel.Drivers.Console.Keyboards;

/// <summary>A key went down (again and again while it is held) or up.</summary>
public readonly record struct KeyChange(KeyPosition Key, bool IsPressed);

/// <summary>
/// Scan codes of a PS/2 keyboard: set 2, which keyboards send, or set 1, into which an 8042 that cannot be told otherwise translates
/// it (IBM PS/2 technical reference, keyboards; Microsoft, "Keyboard scan code specification"). Unknown codes are passed over.
/// </summary>
public sealed class ScanCodeReader(bool isSet1)
{
    private const byte Extended = 0xe0;
    private const byte ExtendedTwice = 0xe1;
    private const byte Released = 0xf0;
    private const byte ReleasedBit = 0x80;

    // Of the Pause key's sequence, which has no end of its own: two more keys' codes after the prefix.
    private const int PauseCodes = 2;

    private static readonly KeyPosition[] Set1 = Table(
        (0x01, [Escape, .. Range(Digit1, Digit0), Minus, KeyPosition.Equals, Backspace, Tab]),
        (0x10, [Q, W, E, R, T, Y, U, I, O, P, LeftBracket, RightBracket, Enter, LeftControl]),
        (0x1e, [A, S, D, F, G, H, J, K, L, Semicolon, Quote, Grave, LeftShift, Backslash]),
        (0x2c, [Z, X, C, V, B, N, M, Comma, Period, Slash, RightShift, PadMultiply, LeftAlt]),
        (0x39, [Space, CapsLock, .. Range(F1, F10), NumLock, ScrollLock, Pad7, Pad8, Pad9]),
        (0x4a, [PadMinus, Pad4, Pad5, Pad6, PadPlus, Pad1, Pad2, Pad3, Pad0, PadPeriod]),
        (0x54, [PrintScreen, None, NonUs, F11, F12])
    );

    private static readonly KeyPosition[] Set1Extended = Table(
        (0x1c, [PadEnter, RightControl]),
        (0x35, [PadDivide, None, PrintScreen, RightAlt]),
        (0x46, [Pause, Home, Up, PageUp, None, Left, None, Right, None, End, Down, PageDown]),
        (0x52, [Insert, Delete]),
        (0x5b, [LeftMeta, RightMeta, Menu])
    );

    private static readonly KeyPosition[] Set2 = Table(
        (0x01, [F9, None, F5, F3, F1, F2, F12, None, F10, F8, F6, F4, Tab, Grave]),
        (0x11, [LeftAlt, LeftShift, None, LeftControl, Q, Digit1]),
        (0x1a, [Z, S, A, W, Digit2, None, None, C, X, D, E, Digit4, Digit3]),
        (0x29, [Space, V, F, T, R, Digit5, None, None, N, B, H, G, Y, Digit6]),
        (0x3a, [M, J, U, Digit7, Digit8, None, None, Comma, K, I, O, Digit0, Digit9]),
        (0x49, [Period, Slash, L, Semicolon, P, Minus]),
        (0x52, [Quote, None, LeftBracket, KeyPosition.Equals, None, None, CapsLock, RightShift]),
        (0x5a, [Enter, RightBracket, None, Backslash, None, None, None, NonUs]),
        (0x66, [Backspace, None, None, Pad1, None, Pad4, Pad7]),
        (0x70, [Pad0, PadPeriod, Pad2, Pad5, Pad6, Pad8, Escape, NumLock, F11, PadPlus, Pad3]),
        (0x7b, [PadMinus, PadMultiply, Pad9, ScrollLock, None, None, None, None, F7, PrintScreen])
    );

    private static readonly KeyPosition[] Set2Extended = Table(
        (0x11, [RightAlt, None, None, RightControl]),
        (0x1f, [LeftMeta]),
        (0x27, [RightMeta]),
        (0x2f, [Menu]),
        (0x4a, [PadDivide]),
        (0x5a, [PadEnter]),
        (0x69, [End, None, Left, Home]),
        (0x70, [Insert, Delete, Down, None, Right, Up]),
        (0x7a, [PageDown, None, PrintScreen, PageUp, Pause])
    );

    private bool isExtended;
    private bool isReleased;
    private int pauseCodesLeft;

    /// <summary>Takes a byte from the keyboard.</summary>
    /// <returns>What it completed, if anything.</returns>
    public KeyChange? Take(byte code)
    {
        switch (code)
        {
            case Extended:
                isExtended = true;
                return null;
            case ExtendedTwice:
                pauseCodesLeft = PauseCodes;
                return null;
            case Released when !isSet1:
                isReleased = true;
                return null;
        }
        bool extended = isExtended;
        bool released = isSet1 ? (code & ReleasedBit) != 0 : isReleased;
        isExtended = false;
        isReleased = false;
        if (pauseCodesLeft > 0)
        {
            pauseCodesLeft--;
            return pauseCodesLeft == 0 ? new KeyChange(Pause, !released) : null;
        }
        KeyPosition[] table =
            isSet1 ? (extended ? Set1Extended : Set1)
            : extended ? Set2Extended
            : Set2;
        int index = isSet1 ? code & ~ReleasedBit : code;
        KeyPosition key = index < table.Length ? table[index] : None;
        return key == None ? null : new KeyChange(key, !released);
    }

    private static KeyPosition[] Table(params (int First, KeyPosition[] Keys)[] rows)
    {
        var table = new KeyPosition[0x90];
        foreach (var (first, keys) in rows)
        {
            keys.CopyTo(table, first);
        }
        return table;
    }

    private static IEnumerable<KeyPosition> Range(KeyPosition first, KeyPosition last)
    {
        for (KeyPosition key = first; key <= last; key++)
        {
            yield return key;
        }
    }
}

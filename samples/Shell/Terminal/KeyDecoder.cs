using System.Text;

namespace Shell.Terminal;

/// <summary>Turns the bytes of a terminal (UTF-8, ECMA-48 control sequences as xterm sends them) into keys.</summary>
internal sealed class KeyDecoder
{
    private const byte Escape = 0x1B;

    private readonly List<byte> pending = [];
    private bool lastWasReturn;

    /// <summary>Takes a byte.</summary>
    /// <returns>The key that it completes, if any.</returns>
    public Key? Take(byte value)
    {
        if (pending.Count > 0 || value == Escape || value >= 0x80)
        {
            pending.Add(value);
            return pending[0] == Escape ? TakeSequence() : TakeUtf8();
        }

        // A terminal sends \r for Enter, a script \n; \r\n is one of them, not two.
        var afterReturn = lastWasReturn;
        lastWasReturn = value == '\r';
        return value switch
        {
            (byte)'\n' when afterReturn => null,
            (byte)'\r' or (byte)'\n' => new Key(KeyKind.Enter),
            0x01 => new Key(KeyKind.Home),
            0x02 => new Key(KeyKind.Left),
            0x03 => new Key(KeyKind.Interrupt),
            0x04 => new Key(KeyKind.EndOfFile),
            0x05 => new Key(KeyKind.End),
            0x06 => new Key(KeyKind.Right),
            0x08 or 0x7F => new Key(KeyKind.Backspace),
            0x09 => new Key(KeyKind.Tab),
            0x0B => new Key(KeyKind.KillToEnd),
            0x0C => new Key(KeyKind.ClearScreen),
            0x0E => new Key(KeyKind.Down),
            0x10 => new Key(KeyKind.Up),
            0x15 => new Key(KeyKind.KillToStart),
            0x17 => new Key(KeyKind.KillWord),
            < 0x20 => null,
            _ => new Key(KeyKind.Character, ((char)value).ToString()),
        };
    }

    private Key? TakeSequence()
    {
        var last = pending[^1];
        if (pending.Count == 1 || (pending.Count == 2 && last is (byte)'[' or (byte)'O'))
        {
            return null;
        }

        // Parameter bytes; an absurdly long sequence is noise on the line.
        if (pending[1] == '[' && last is >= 0x20 and < 0x40 && pending.Count < 16)
        {
            return null;
        }

        var sequence = Encoding.ASCII.GetString(pending.ToArray(), 1, pending.Count - 1);
        pending.Clear();
        return sequence switch
        {
            "[A" or "OA" => new Key(KeyKind.Up),
            "[B" or "OB" => new Key(KeyKind.Down),
            "[C" or "OC" => new Key(KeyKind.Right),
            "[D" or "OD" => new Key(KeyKind.Left),
            "[H" or "OH" or "[1~" or "[7~" => new Key(KeyKind.Home),
            "[F" or "OF" or "[4~" or "[8~" => new Key(KeyKind.End),
            "[3~" => new Key(KeyKind.Delete),
            "[1;5C" or "[1;3C" or "f" => new Key(KeyKind.WordRight),
            "[1;5D" or "[1;3D" or "b" => new Key(KeyKind.WordLeft),
            _ => null,
        };
    }

    private Key? TakeUtf8()
    {
        var expected = pending[0] switch
        {
            >= 0xF0 and < 0xF8 => 4,
            >= 0xE0 => 3,
            >= 0xC0 => 2,
            _ => 1,
        };
        if (pending.Count < expected)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString([.. pending]);
        pending.Clear();
        return text.Contains('\uFFFD') ? null : new Key(KeyKind.Character, text);
    }
}

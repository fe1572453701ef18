namespace Cosmos.Multikernel.Drivers.Console.Terminals;

/// <summary>What a byte completed.</summary>
public enum SequenceKind
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>A byte of text: a part of UTF-8.</summary>
    Text,

    /// <summary>A control character (ECMA-48, 5.2): <see cref="SequenceParser.Final"/>.</summary>
    Control,

    /// <summary>ESC, intermediate bytes, <see cref="SequenceParser.Final"/>.</summary>
    Escape,

    /// <summary>A control sequence (ECMA-48, 5.4): parameters and <see cref="SequenceParser.Final"/>.</summary>
    ControlSequence,

    /// <summary>A control string (OSC, DCS, ...) came to its end; its content is of no use here.</summary>
    ControlString,
}

/// <summary>
/// Takes a stream of bytes apart into text, control characters and control sequences (ECMA-48; what DEC's terminals do with
/// malformed ones: CAN and SUB abandon a sequence, ESC begins a new one, control characters inside one act at once). Any bytes
/// whatever are taken; none is kept for longer than its sequence.
/// </summary>
public sealed class SequenceParser
{
    /// <summary>Parameters beyond this many are dropped.</summary>
    public const int MaximumParameters = 16;

    /// <summary>Greater values of a parameter are this one.</summary>
    public const int MaximumValue = 16383;

    private const byte Cancel = 0x18;
    private const byte Substitute = 0x1a;
    private const byte EscapeByte = 0x1b;
    private const byte Bell = 0x07;
    private const byte Delete = 0x7f;

    private enum State
    {
        Ground,
        Escape,
        Sequence,
        Ignored,
        String,
        StringEscape,
    }

    private readonly int[] parameters = new int[MaximumParameters];
    private State state;
    private int last;

    /// <summary>Whether the last byte left a sequence unfinished.</summary>
    public bool IsInside => state != State.Ground;

    /// <summary>The control character, or the last byte of a sequence.</summary>
    public byte Final { get; private set; }

    /// <summary>The private marker (<c>&lt;</c> to <c>?</c>) in front of the parameters, or 0.</summary>
    public byte Marker { get; private set; }

    /// <summary>The last intermediate byte, or 0.</summary>
    public byte Intermediate { get; private set; }

    /// <summary>How many parameters there are; one that is left out between others counts.</summary>
    public int Count => last + 1;

    /// <summary>A parameter; 0 where it was left out.</summary>
    public int this[int index] => index <= last ? parameters[index] : 0;

    /// <summary>A parameter, or a default where it was left out or is 0.</summary>
    public int Value(int index, int missing) => this[index] == 0 ? missing : this[index];

    /// <summary>Takes a byte.</summary>
    /// <returns>What it completed.</returns>
    public SequenceKind Take(byte value) =>
        state switch
        {
            State.Ground => TakeGround(value),
            State.String or State.StringEscape => TakeString(value),
            _ => TakeInside(value),
        };

    private SequenceKind TakeGround(byte value)
    {
        if (value == EscapeByte)
        {
            Begin(State.Escape);
            return SequenceKind.None;
        }
        if (value >= 0x20 && value != Delete)
        {
            return SequenceKind.Text;
        }
        Final = value;
        return SequenceKind.Control;
    }

    private SequenceKind TakeInside(byte value)
    {
        switch (value)
        {
            case EscapeByte:
                Begin(State.Escape);
                return SequenceKind.None;
            case Cancel or Substitute:
                state = State.Ground;
                return SequenceKind.None;
            case < 0x20:
                Final = value;
                return SequenceKind.Control;
            case >= Delete:
                return SequenceKind.None;
        }
        return state == State.Escape ? TakeEscape(value) : TakeSequence(value);
    }

    private SequenceKind TakeEscape(byte value)
    {
        if (value < 0x30)
        {
            Intermediate = value;
            return SequenceKind.None;
        }
        if (Intermediate == 0)
        {
            switch (value)
            {
                case (byte)'[':
                    Begin(State.Sequence);
                    return SequenceKind.None;
                case (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_':
                    state = State.String;
                    return SequenceKind.None;
            }
        }
        return End(value, SequenceKind.Escape);
    }

    private SequenceKind TakeSequence(byte value)
    {
        switch (value)
        {
            case >= 0x40:
                return state == State.Ignored
                    ? End(value, SequenceKind.None)
                    : End(value, SequenceKind.ControlSequence);
            case >= (byte)'<':
                // A marker stands in front; anywhere else the sequence means nothing.
                state = last == 0 && parameters[0] == 0 && Marker == 0 ? state : State.Ignored;
                Marker = value;
                break;
            case (byte)';' or (byte)':':
                if (last < MaximumParameters - 1)
                {
                    parameters[++last] = 0;
                }
                else
                {
                    state = State.Ignored;
                }
                break;
            case >= (byte)'0':
                parameters[last] = Math.Min(MaximumValue, parameters[last] * 10 + value - '0');
                break;
            default:
                Intermediate = value;
                break;
        }
        return SequenceKind.None;
    }

    private SequenceKind TakeString(byte value)
    {
        bool ends =
            value is Bell or Cancel or Substitute
            || (state == State.StringEscape && value == (byte)'\\');
        if (ends)
        {
            return End(value, SequenceKind.ControlString);
        }
        state = value == EscapeByte ? State.StringEscape : State.String;
        return SequenceKind.None;
    }

    private void Begin(State next)
    {
        state = next;
        Marker = 0;
        Intermediate = 0;
        last = 0;
        parameters[0] = 0;
    }

    private SequenceKind End(byte value, SequenceKind kind)
    {
        state = State.Ground;
        Final = value;
        return kind;
    }
}

// Between the keys and the program: what termios(3) calls canonical mode. .NET's Console switches it off while it reads
// and edits lines itself; programs that merely read standard input get whole lines, with echo and erasing.
//
// Ctrl+C and Ctrl+\ are signals to the program where it has not switched that off (ISIG); nothing suspends a program here.
//
// Pure code, compiled for the host's tests too.

using Cosmos.Multikernel.CpuDriver.LinuxAbi;

namespace Cosmos.Multikernel.CpuDriver.Console;

public unsafe struct LineDiscipline
{
    /// <summary>The longest line; more keys are dropped until it ends.</summary>
    public const uint MaximumLine = 1024;

    /// <summary>The most bytes that one key echoes: erasing a whole line would take more, and is told as a new line.</summary>
    public const uint MaximumEcho = 3;

    public const uint WaitsForever = uint.MaxValue;

    private TerminalAttributes _attributes;
    private fixed byte _line[(int)MaximumLine];
    private uint _length;

    /// <summary>As a terminal is at first.</summary>
    public void Start()
    {
        _attributes = TerminalAttributes.Initial;
        _length = 0;
        EndsInput = false;
    }

    /// <summary>An end of file was typed on an empty line: the next read that finds nothing returns 0, once.</summary>
    public bool EndsInput;

    public readonly TerminalAttributes Attributes => _attributes;

    public readonly bool IsCanonical => (_attributes.Local & TerminalAttributes.Canonical) != 0;

    /// <summary>
    /// How many tenths of a second a read waits for a key; <see cref="WaitsForever"/> when it does until one comes (termios(3), MIN
    /// and TIME; a MIN of more than one is taken for one).
    /// </summary>
    public readonly uint Patience =>
        IsCanonical || _attributes.Characters[TerminalAttributes.Minimum] != 0
            ? WaitsForever
            : _attributes.Characters[TerminalAttributes.Time];

    /// <summary>Changes the attributes. A line begun in canonical mode is there to be read when that mode ends.</summary>
    public void Set(TerminalAttributes attributes, ref ByteQueue typed)
    {
        _attributes = attributes;
        if (!IsCanonical)
        {
            Deliver(ref typed);
        }
    }

    /// <summary>Takes a typed byte.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="typed">Gets what can be read now.</param>
    /// <param name="echo">Gets what is to be shown; <see cref="MaximumEcho"/> bytes of room.</param>
    /// <param name="signal">The signal to send, 0 for none.</param>
    /// <returns>How many bytes are to be shown.</returns>
    public uint Take(byte value, ref ByteQueue typed, byte* echo, out int signal)
    {
        signal = SignalOf(value);
        if (value == '\r' && (_attributes.Input & TerminalAttributes.CarriageReturnToLineFeed) != 0)
        {
            value = (byte)'\n';
        }
        bool shows = (_attributes.Local & TerminalAttributes.Echo) != 0;
        if (signal != 0)
        {
            if ((_attributes.Local & TerminalAttributes.KeepsInput) == 0)
            {
                // The program is to stop what it does: what was typed for that is void.
                _length = 0;
                typed = default;
            }
            return shows ? Show(value, echo) : 0;
        }
        if (!IsCanonical)
        {
            if (typed.Room != 0)
            {
                typed.Add(value);
            }
            return shows ? Show(value, echo) : 0;
        }
        if (value == _attributes.Characters[TerminalAttributes.Erase] || value == '\b')
        {
            return EraseLast() && shows ? ShowErased(echo) : 0;
        }
        if (value == _attributes.Characters[TerminalAttributes.Kill])
        {
            _length = 0;
            return shows ? Show((byte)'\n', echo) : 0;
        }
        if (value == _attributes.Characters[TerminalAttributes.EndOfFile])
        {
            EndsInput |= _length == 0;
            Deliver(ref typed);
            return 0;
        }
        // The line's end always finds its place.
        if (value == '\n')
        {
            _line[_length++] = value;
            Deliver(ref typed);
        }
        else if (_length < MaximumLine - 1)
        {
            _line[_length++] = value;
        }
        else
        {
            return 0;
        }
        return shows ? Show(value, echo) : 0;
    }

    // A character of 0 means that no key does it.
    private readonly int SignalOf(byte value)
    {
        if (value == 0 || (_attributes.Local & TerminalAttributes.Signals) == 0)
        {
            return 0;
        }
        return value == _attributes.Characters[TerminalAttributes.Interrupt] ? Signal.Interrupt
            : value == _attributes.Characters[TerminalAttributes.Quit] ? Signal.Quit
            : 0;
    }

    // One character, which in UTF-8 may be several bytes.
    private bool EraseLast()
    {
        if (_length == 0)
        {
            return false;
        }
        while (--_length > 0 && (_line[_length] & 0xc0) == 0x80) { }
        return true;
    }

    private void Deliver(ref ByteQueue typed)
    {
        if (typed.Room >= _length)
        {
            for (uint i = 0; i < _length; i++)
            {
                typed.Add(_line[i]);
            }
        }
        _length = 0;
    }

    // Control characters show as ^C does.
    private static uint Show(byte value, byte* echo)
    {
        if (value is >= 0x20 or (byte)'\n' or (byte)'\t')
        {
            echo[0] = value;
            return 1;
        }
        echo[0] = (byte)'^';
        echo[1] = (byte)(value | 0x40);
        return 2;
    }

    private static uint ShowErased(byte* echo)
    {
        echo[0] = (byte)'\b';
        echo[1] = (byte)' ';
        echo[2] = (byte)'\b';
        return 3;
    }
}

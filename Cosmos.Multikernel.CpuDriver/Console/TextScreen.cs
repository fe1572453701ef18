// The CPU driver's own screen: a terminal of 80 by 25 cells with the control sequences that the shell and .NET's Console use
// (ECMA-48: cursor movement, erasing, colours; operating system commands are swallowed), for what is said before a console
// driver has the screen and when none has it, and for a core's last words. Characters are ASCII.
//
// The cells are kept in memory: video memory is slow to read. How they look is the adapter's part: VGA's, or pixels in a
// framebuffer.

using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static unsafe class TextScreen
{
    public const int Columns = 80;
    public const int Rows = 25;

    private const byte NormalColours = 0x07;
    private const byte Escape = 0x1b;
    private const byte Bell = 0x07;
    private const int MaximumParameters = 8;

    // UTF-8: a character's first byte, and those that follow (RFC 3629, section 3).
    private const byte FirstOfMore = 0xc0;
    private const byte Delete = 0x7f;

    private enum State
    {
        Text,
        Escape,
        Sequence,
        Command,
        CommandEscape,
    }

    private struct Parameters
    {
        public fixed int Values[MaximumParameters];
        public int Count;
    }

    /// <summary>Characters in the low bytes, VGA's colours in the high ones: what is visible now.</summary>
    private struct Cells
    {
        public fixed ushort Values[Columns * Rows];
    }

    private static Cells s_cells;
    private static ScreenKind s_kind;
    private static int s_column;
    private static int s_row;
    private static byte s_colours;
    private static State s_state;
    private static Parameters s_parameters;

    /// <summary>Whether it shows what is written.</summary>
    public static bool IsRunning => s_kind != ScreenKind.None;

    /// <summary>What a cell shows.</summary>
    public static ushort CellAt(int place) => s_cells.Values[place];

    /// <summary>Begins to show what is written, on a blank screen.</summary>
    public static void Start(in ScreenDescription screen)
    {
        s_kind = screen.Kind;
        if (s_kind == ScreenKind.Framebuffer && !Framebuffer.TryStart(in screen))
        {
            s_kind = ScreenKind.None;
        }
        if (!IsRunning)
        {
            return;
        }
        s_colours = NormalColours;
        s_state = State.Text;
        s_row = 0;
        s_column = 0;
        for (int i = 0; i < Columns * Rows; i++)
        {
            // No cell is like this one: all are drawn.
            s_cells.Values[i] = 0;
        }
        Erase(0, Columns * Rows);
        ShowCursor();
    }

    /// <summary>Somebody else has the screen.</summary>
    public static void Stop() => s_kind = ScreenKind.None;

    public static void Write(byte value)
    {
        if (!IsRunning)
        {
            return;
        }
        switch (s_state)
        {
            case State.Text:
                WriteText(value);
                break;
            case State.Escape:
                s_state =
                    value == '[' ? State.Sequence
                    : value == ']' ? State.Command
                    : State.Text;
                s_parameters = default;
                break;
            case State.Sequence:
                WriteSequence(value);
                break;
            case State.Command:
                s_state =
                    value == Bell ? State.Text
                    : value == Escape ? State.CommandEscape
                    : State.Command;
                break;
            case State.CommandEscape:
                s_state = value == '\\' ? State.Text : State.Command;
                break;
        }
    }

    /// <summary>Shows where the next character goes: once for a batch, for that is slow.</summary>
    public static void ShowCursor()
    {
        int place = s_row * Columns + (s_column < Columns ? s_column : Columns - 1);
        if (s_kind == ScreenKind.Text)
        {
            VgaAdapter.ShowCursor(place);
        }
        else if (s_kind == ScreenKind.Framebuffer)
        {
            Framebuffer.ShowCursor(place);
        }
    }

    private static void WriteText(byte value)
    {
        switch (value)
        {
            case Escape:
                s_state = State.Escape;
                break;
            case (byte)'\n':
                NextRow();
                s_column = 0;
                break;
            case (byte)'\r':
                s_column = 0;
                break;
            case (byte)'\b':
                s_column = s_column > 0 ? s_column - 1 : 0;
                break;
            case (byte)'\t':
                s_column = (s_column + 8) & ~7;
                break;
            case >= 0x20 and < Delete or >= FirstOfMore:
                if (s_column >= Columns)
                {
                    NextRow();
                    s_column = 0;
                }
                Put(s_row * Columns + s_column, value < Delete ? value : (byte)'?', s_colours);
                s_column++;
                break;
        }
    }

    private static void WriteSequence(byte value)
    {
        if (value is >= (byte)'0' and <= (byte)'9')
        {
            int number = s_parameters.Values[s_parameters.Count] * 10 + (value - '0');
            s_parameters.Values[s_parameters.Count] = number > 9999 ? 9999 : number;
            return;
        }
        if (value == ';')
        {
            s_parameters.Count += s_parameters.Count < MaximumParameters - 1 ? 1 : 0;
            return;
        }
        if (value is >= 0x40 and <= 0x7e)
        {
            s_state = State.Text;
            Perform(value);
        }
    }

    private static void Perform(byte command)
    {
        int first = s_parameters.Values[0];
        int step = first == 0 ? 1 : first;
        int here = s_row * Columns + System.Math.Min(s_column, Columns - 1);
        switch (command)
        {
            case (byte)'A':
                MoveTo(s_row - step, s_column);
                break;
            case (byte)'B':
                MoveTo(s_row + step, s_column);
                break;
            case (byte)'C':
                MoveTo(s_row, s_column + step);
                break;
            case (byte)'D':
                MoveTo(s_row, s_column - step);
                break;
            case (byte)'G':
                MoveTo(s_row, step - 1);
                break;
            case (byte)'H' or (byte)'f':
                MoveTo(step - 1, s_parameters.Values[1] - 1);
                break;
            case (byte)'J':
                int from = first == 0 ? here : 0;
                int to = first == 1 ? here + 1 : Columns * Rows;
                Erase(from, to);
                break;
            case (byte)'K':
                int start = first == 0 ? here : s_row * Columns;
                int end = first == 1 ? here + 1 : (s_row + 1) * Columns;
                Erase(start, end);
                break;
            case (byte)'m':
                for (int i = 0; i <= s_parameters.Count; i++)
                {
                    SetColour(s_parameters.Values[i]);
                }
                break;
        }
    }

    // Select graphic rendition (ECMA-48, 8.3.117). ANSI's colours are red, green, blue; VGA's are blue, green, red.
    private static void SetColour(int parameter)
    {
        switch (parameter)
        {
            case 0:
                s_colours = NormalColours;
                break;
            case 1:
                s_colours |= 0x08;
                break;
            case 7:
                s_colours = (byte)((s_colours >> 4) | (s_colours << 4));
                break;
            case >= 30 and <= 37:
                s_colours = (byte)((s_colours & 0xf8) | Vga(parameter - 30));
                break;
            case 39:
                s_colours = (byte)((s_colours & 0xf0) | NormalColours);
                break;
            case >= 40 and <= 47:
                s_colours = (byte)((s_colours & 0x0f) | (Vga(parameter - 40) << 4));
                break;
            case 49:
                s_colours &= 0x0f;
                break;
            case >= 90 and <= 97:
                s_colours = (byte)((s_colours & 0xf0) | 0x08 | Vga(parameter - 90));
                break;
        }
    }

    private static int Vga(int ansi) => ((ansi & 1) << 2) | (ansi & 2) | ((ansi & 4) >> 2);

    private static void MoveTo(int row, int column)
    {
        s_row =
            row < 0 ? 0
            : row >= Rows ? Rows - 1
            : row;
        s_column =
            column < 0 ? 0
            : column >= Columns ? Columns - 1
            : column;
    }

    private static void NextRow()
    {
        if (s_row < Rows - 1)
        {
            s_row++;
            return;
        }
        for (int i = 0; i < Columns * (Rows - 1); i++)
        {
            ushort below = s_cells.Values[i + Columns];
            Put(i, (byte)below, (byte)(below >> 8));
        }
        Erase(Columns * (Rows - 1), Columns * Rows);
    }

    private static void Erase(int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            Put(i, (byte)' ', s_colours);
        }
    }

    private static void Put(int place, byte character, byte colours)
    {
        ushort cell = (ushort)(character | (colours << 8));
        if (s_cells.Values[place] == cell)
        {
            return;
        }
        s_cells.Values[place] = cell;
        if (s_kind == ScreenKind.Text)
        {
            VgaAdapter.Draw(place, cell);
        }
        else
        {
            Framebuffer.Draw(place, cell);
        }
    }
}

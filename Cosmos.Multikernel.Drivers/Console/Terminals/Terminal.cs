// A terminal: bytes in, cells of a screen out.
//
// - What it understands is what .NET's Console, the shell and full-screen programs written for xterm use of ECMA-48 and DEC's
//   additions; what it does not know it swallows whole.
// - A line feed also returns to the first column, as a terminal driver's ONLCR makes it: programs here write "\n" alone.
// - After the last column the cursor waits: only the next character goes to the next line (DEC's "deferred wrap"), so that a full
//   last line does not scroll.
// - No input can harm it: positions are clamped, counts are bounded by the screen.

using System.Globalization;
using System.Text;
using Cosmos.Multikernel.Drivers.Console.Screens;

namespace Cosmos.Multikernel.Drivers.Console.Terminals;

/// <summary>A terminal emulator. Takes bytes, changes a <see cref="TextScreen"/>, answers questions about itself.</summary>
public sealed partial class Terminal
{
    private const int TabWidth = 8;

    private readonly SequenceParser parser = new();
    private readonly TextScreen screen;
    private readonly bool[] tabs;
    private Utf8Reader utf8;
    private Rendition rendition = Rendition.Normal;
    private int row;
    private int column;
    private bool waitsToWrap;
    private int top;
    private int bottom;
    private bool wraps = true;
    private bool inserts;
    private bool showsCursor = true;
    private bool homeIsTop;
    private Rune lastCharacter = new(' ');
    private SavedState saved;
    private TextCell[]? mainScreen;

    /// <summary>A terminal whose screen is blank.</summary>
    public Terminal(TextScreen screen)
    {
        this.screen = screen;
        tabs = new bool[screen.Columns];
        Reset();
    }

    /// <summary>The cursor's row, from 0.</summary>
    public int Row => row;

    /// <summary>The cursor's column, from 0.</summary>
    public int Column => column;

    /// <summary>What it answers to a question (where is the cursor, what are you): bytes as if typed.</summary>
    public event Action<string>? Answered;

    /// <summary>A bell character came.</summary>
    public event Action? Rang;

    /// <summary>The cursor keys shall send ESC O instead of ESC [ (DECCKM), or no longer.</summary>
    public bool CursorKeysAreApplications { get; private set; }

    /// <summary>Takes what a program writes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            Take(value);
        }
    }

    /// <summary>Makes all of it visible.</summary>
    public void Show() => screen.Show(showsCursor ? (row, column) : null);

    private void Take(byte value)
    {
        SequenceKind kind = parser.Take(value);
        if (kind == SequenceKind.Text)
        {
            int count = utf8.Take(value, out Rune first, out Rune second);
            if (count > 0)
            {
                Print(first);
            }
            if (count > 1)
            {
                Print(second);
            }
            return;
        }
        if (utf8.Abandon())
        {
            Print(Rune.ReplacementChar);
        }
        switch (kind)
        {
            case SequenceKind.Control:
                Control(parser.Final);
                break;
            case SequenceKind.Escape:
                Escape(parser.Final);
                break;
            case SequenceKind.ControlSequence:
                ControlSequence(parser.Final);
                break;
        }
    }

    private void Print(Rune character)
    {
        // C1 control characters, and marks that belong to the character before: a cell holds one character.
        if (
            character.Value is >= 0x80 and < 0xa0
            || Rune.GetUnicodeCategory(character)
                is UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.Format
        )
        {
            return;
        }
        if (waitsToWrap && wraps)
        {
            column = 0;
            LineFeed();
        }
        Span<TextCell> cells = screen[row];
        if (inserts)
        {
            cells[column..^1].CopyTo(cells[(column + 1)..]);
        }
        cells[column] = rendition.Cell(character.Value);
        lastCharacter = character;
        waitsToWrap = column == screen.Columns - 1;
        column = waitsToWrap ? column : column + 1;
    }

    private void Control(byte value)
    {
        switch (value)
        {
            case (byte)'\a':
                Rang?.Invoke();
                break;
            case (byte)'\b':
                MoveTo(row, column - 1);
                break;
            case (byte)'\t':
                Tab(1);
                break;
            case (byte)'\n' or (byte)'\v' or (byte)'\f':
                column = 0;
                waitsToWrap = false;
                LineFeed();
                break;
            case (byte)'\r':
                MoveTo(row, 0);
                break;
        }
    }

    private void Escape(byte value)
    {
        if (parser.Intermediate != 0)
        {
            // Character sets: there is one, Unicode.
            return;
        }
        switch (value)
        {
            case (byte)'7':
                Save();
                break;
            case (byte)'8':
                Restore();
                break;
            case (byte)'D':
                LineFeed();
                break;
            case (byte)'E':
                column = 0;
                LineFeed();
                break;
            case (byte)'H':
                tabs[column] = true;
                break;
            case (byte)'M':
                ReverseLineFeed();
                break;
            case (byte)'c':
                Reset();
                break;
        }
        waitsToWrap &= value is (byte)'7' or (byte)'8' or (byte)'H';
    }

    private void LineFeed()
    {
        waitsToWrap = false;
        if (row == bottom - 1)
        {
            screen.ScrollUp(top, bottom, 1, rendition.Blank);
        }
        else if (row < screen.Rows - 1)
        {
            row++;
        }
    }

    private void ReverseLineFeed()
    {
        if (row == top)
        {
            screen.ScrollDown(top, bottom, 1, rendition.Blank);
        }
        else if (row > 0)
        {
            row--;
        }
    }

    private void Tab(int count)
    {
        waitsToWrap = false;
        int step = Math.Sign(count);
        for (int left = Math.Abs(count); left > 0; left--)
        {
            do
            {
                column += step;
            } while (column > 0 && column < screen.Columns - 1 && !tabs[column]);
            column = Math.Clamp(column, 0, screen.Columns - 1);
        }
    }

    private void MoveTo(int newRow, int newColumn)
    {
        row = Math.Clamp(newRow, 0, screen.Rows - 1);
        column = Math.Clamp(newColumn, 0, screen.Columns - 1);
        waitsToWrap = false;
    }

    // Inside the scrolling region up and down end at its edges, outside at the screen's.
    private void MoveBy(int rows)
    {
        int least = row >= top ? top : 0;
        int most = row < bottom ? bottom - 1 : screen.Rows - 1;
        MoveTo(Math.Clamp(row + rows, least, most), column);
    }

    private void Reset()
    {
        rendition = Rendition.Normal;
        top = 0;
        bottom = screen.Rows;
        wraps = true;
        inserts = false;
        showsCursor = true;
        homeIsTop = false;
        CursorKeysAreApplications = false;
        mainScreen = null;
        saved = new SavedState(0, 0, Rendition.Normal);
        for (int i = 0; i < tabs.Length; i++)
        {
            tabs[i] = i % TabWidth == 0;
        }
        screen.Clear(0, screen.Rows, TextCell.Blank);
        MoveTo(0, 0);
    }

    private void Save() => saved = new SavedState(row, column, rendition);

    private void Restore()
    {
        rendition = saved.Rendition;
        MoveTo(saved.Row, saved.Column);
    }

    private readonly record struct SavedState(int Row, int Column, Rendition Rendition);
}

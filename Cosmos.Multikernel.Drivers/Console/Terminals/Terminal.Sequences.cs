using System.Globalization;
using System.Text;
using Cosmos.Multikernel.Drivers.Console.Screens;

namespace Cosmos.Multikernel.Drivers.Console.Terminals;

/// <content>Control sequences (ECMA-48, 8.3; DEC's private modes as xterm has them).</content>
public sealed partial class Terminal
{
    private void ControlSequence(byte final)
    {
        if (parser.Intermediate != 0)
        {
            return;
        }
        if (parser.Marker != 0)
        {
            if (parser.Marker == '?' && final is (byte)'h' or (byte)'l')
            {
                for (int i = 0; i < parser.Count; i++)
                {
                    SetPrivateMode(parser[i], final == 'h');
                }
            }
            return;
        }
        int count = parser.Value(0, 1);
        switch (final)
        {
            case (byte)'A' or (byte)'k':
                MoveBy(-count);
                break;
            case (byte)'B' or (byte)'e':
                MoveBy(count);
                break;
            case (byte)'C' or (byte)'a':
                MoveTo(row, column + count);
                break;
            case (byte)'D' or (byte)'j':
                MoveTo(row, column - count);
                break;
            case (byte)'E':
                MoveBy(count);
                column = 0;
                break;
            case (byte)'F':
                MoveBy(-count);
                column = 0;
                break;
            case (byte)'G' or (byte)'`':
                MoveTo(row, count - 1);
                break;
            case (byte)'H' or (byte)'f':
                MoveTo((homeIsTop ? top : 0) + count - 1, parser.Value(1, 1) - 1);
                break;
            case (byte)'d':
                MoveTo((homeIsTop ? top : 0) + count - 1, column);
                break;
            case (byte)'I':
                Tab(Math.Min(count, screen.Columns));
                break;
            case (byte)'Z':
                Tab(-Math.Min(count, screen.Columns));
                break;
            case (byte)'J' or (byte)'K' or (byte)'X':
                Erase(final, parser[0], count);
                break;
            case (byte)'@' or (byte)'P' or (byte)'L' or (byte)'M' or (byte)'S' or (byte)'T':
                Shift(final, count);
                break;
            case (byte)'b':
                for (int i = Math.Min(count, screen.Columns * screen.Rows); i > 0; i--)
                {
                    Print(lastCharacter);
                }
                break;
            case (byte)'c' when parser[0] == 0:
                // A VT100 with its advanced video option, as everybody says.
                Answered?.Invoke("\e[?1;2c");
                break;
            case (byte)'g':
                ClearTabs(parser[0]);
                break;
            case (byte)'h' or (byte)'l' when parser[0] == 4:
                inserts = final == 'h';
                break;
            case (byte)'m':
                rendition = rendition.After(parser);
                break;
            case (byte)'n':
                Report(parser[0]);
                break;
            case (byte)'r':
                SetRegion(count - 1, parser.Value(1, screen.Rows));
                break;
            case (byte)'s':
                Save();
                break;
            case (byte)'u':
                Restore();
                break;
        }
    }

    private void SetPrivateMode(int mode, bool on)
    {
        switch (mode)
        {
            case 1:
                CursorKeysAreApplications = on;
                break;
            case 6:
                homeIsTop = on;
                MoveTo(on ? top : 0, 0);
                break;
            case 7:
                wraps = on;
                break;
            case 25:
                showsCursor = on;
                break;
            case 47 or 1047:
                ShowOther(on);
                break;
            case 1048:
                SaveOrRestore(on);
                break;
            case 1049 when on:
                Save();
                ShowOther(true);
                break;
            case 1049:
                ShowOther(false);
                Restore();
                break;
        }
    }

    private void SaveOrRestore(bool save)
    {
        if (save)
        {
            Save();
        }
        else
        {
            Restore();
        }
    }

    // The other screen is for programs that fill it and leave no trace of themselves.
    private void ShowOther(bool other)
    {
        if (other == (mainScreen is not null))
        {
            return;
        }
        if (other)
        {
            mainScreen = new TextCell[screen.Rows * screen.Columns];
        }
        for (int i = 0; i < screen.Rows; i++)
        {
            Span<TextCell> kept = mainScreen.AsSpan(i * screen.Columns, screen.Columns);
            if (other)
            {
                screen[i].CopyTo(kept);
                screen[i].Fill(rendition.Blank);
            }
            else
            {
                kept.CopyTo(screen[i]);
            }
        }
        mainScreen = other ? mainScreen : null;
    }

    private void Erase(byte what, int which, int count)
    {
        TextCell blank = rendition.Blank;
        Span<TextCell> cells = screen[row];
        if (what == 'X')
        {
            cells.Slice(column, Math.Min(count, cells.Length - column)).Fill(blank);
            return;
        }
        bool before = which is 1 or 2 or 3;
        bool after = which is 0 or 2 or 3;
        if (before)
        {
            cells[..(column + 1)].Fill(blank);
        }
        if (after)
        {
            cells[column..].Fill(blank);
        }
        if (what == 'J')
        {
            screen.Clear(before ? 0 : row, row, blank);
            screen.Clear(row + 1, after ? screen.Rows : row + 1, blank);
        }
        waitsToWrap = false;
    }

    // Makes room or takes it away: characters in the row, rows in the region.
    private void Shift(byte what, int count)
    {
        TextCell blank = rendition.Blank;
        bool isInside = row >= top && row < bottom;
        switch (what)
        {
            case (byte)'S':
                screen.ScrollUp(top, bottom, count, blank);
                break;
            case (byte)'T':
                screen.ScrollDown(top, bottom, count, blank);
                break;
            case (byte)'L' when isInside:
                screen.ScrollDown(row, bottom, count, blank);
                break;
            case (byte)'M' when isInside:
                screen.ScrollUp(row, bottom, count, blank);
                break;
            case (byte)'@' or (byte)'P':
                Span<TextCell> rest = screen[row][column..];
                count = Math.Min(count, rest.Length);
                if (what == '@')
                {
                    rest[..^count].CopyTo(rest[count..]);
                    rest[..count].Fill(blank);
                }
                else
                {
                    rest[count..].CopyTo(rest);
                    rest[^count..].Fill(blank);
                }
                break;
        }
        waitsToWrap = false;
    }

    private void ClearTabs(int which)
    {
        if (which == 0)
        {
            tabs[column] = false;
        }
        else if (which == 3)
        {
            Array.Clear(tabs);
        }
    }

    private void SetRegion(int newTop, int newBottom)
    {
        newBottom = Math.Min(newBottom, screen.Rows);
        if (newBottom - newTop < 2)
        {
            return;
        }
        top = newTop;
        bottom = newBottom;
        MoveTo(homeIsTop ? top : 0, 0);
    }

    // Device status report (ECMA-48, 8.3.35).
    private void Report(int what)
    {
        if (what == 5)
        {
            Answered?.Invoke("\e[0n");
        }
        else if (what == 6)
        {
            int shown = row - (homeIsTop ? top : 0);
            Answered?.Invoke(
                string.Create(CultureInfo.InvariantCulture, $"\e[{shown + 1};{column + 1}R")
            );
        }
    }
}

namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>
/// The cells of a text screen and what of them is visible already. Changes cost nothing to show until <see cref="Show"/>,
/// which draws exactly the cells that look different from what is there: a screen that scrolled a hundred lines between two
/// calls is drawn once, and video memory, which is slow to read, is never read.
/// </summary>
public sealed class TextScreen
{
    private readonly ITextSurface? surface;
    private readonly TextCell[] visible;
    private readonly TextCell[] cells;

    // Rows are found through a list, so that scrolling moves numbers and not cells.
    private readonly int[] order;
    private (int Row, int Column)? cursor;

    /// <summary>A blank screen on a surface, whatever that shows now.</summary>
    public TextScreen(ITextSurface surface)
        : this(surface.Columns, surface.Rows)
    {
        this.surface = surface;
        for (int row = 0; row < Rows; row++)
        {
            surface.Draw(row, 0, visible.AsSpan(row * Columns, Columns));
        }
    }

    /// <summary>A blank screen that nobody sees: for a machine that has a serial line only.</summary>
    public TextScreen(int columns, int rows)
    {
        Columns = columns;
        Rows = rows;
        visible = new TextCell[columns * rows];
        cells = new TextCell[columns * rows];
        order = new int[rows];
        Array.Fill(visible, TextCell.Blank);
        Array.Fill(cells, TextCell.Blank);
        for (int row = 0; row < rows; row++)
        {
            order[row] = row;
        }
    }

    /// <summary>Cells in a row.</summary>
    public int Columns { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>The cells of a row, to change.</summary>
    public Span<TextCell> this[int row] => cells.AsSpan(order[row] * Columns, Columns);

    /// <summary>Moves the rows from <paramref name="top"/> up to before <paramref name="bottom"/> up; blank ones come from below.</summary>
    public void ScrollUp(int top, int bottom, int count, TextCell blank)
    {
        count = Math.Min(count, bottom - top);
        if (count > 0)
        {
            Rotate(top, bottom, count);
            Clear(bottom - count, bottom, blank);
        }
    }

    /// <summary>Moves them down; blank ones come from above.</summary>
    public void ScrollDown(int top, int bottom, int count, TextCell blank)
    {
        count = Math.Min(count, bottom - top);
        if (count > 0)
        {
            Rotate(top, bottom, bottom - top - count);
            Clear(top, top + count, blank);
        }
    }

    /// <summary>Makes rows blank.</summary>
    public void Clear(int from, int to, TextCell blank)
    {
        for (int row = from; row < to; row++)
        {
            this[row].Fill(blank);
        }
    }

    /// <summary>Makes the surface show the cells, and the cursor where it is.</summary>
    public void Show((int Row, int Column)? newCursor)
    {
        if (surface is null)
        {
            return;
        }
        if (cursor is { } old && cursor != newCursor)
        {
            surface.HideCursor(old.Row, old.Column, visible[old.Row * Columns + old.Column]);
        }
        bool mustDraw = cursor != newCursor || !IsVisible(newCursor);
        for (int row = 0; row < Rows; row++)
        {
            ShowRow(row);
        }
        cursor = newCursor;
        if (mustDraw && newCursor is { } place)
        {
            surface.ShowCursor(place.Row, place.Column, this[place.Row][place.Column]);
        }
    }

    // Neighbours of a changed cell may be drawn with it: the whole row counts.
    private bool IsVisible((int Row, int Column)? place) =>
        place is not { Row: var row }
        || this[row].SequenceEqual(visible.AsSpan(row * Columns, Columns));

    // Cells that changed with few unchanged ones between them are drawn at once.
    private void ShowRow(int row)
    {
        const int Gap = 4;
        ReadOnlySpan<TextCell> wanted = this[row];
        Span<TextCell> shown = visible.AsSpan(row * Columns, Columns);
        int start = -1;
        int end = 0;
        for (int column = 0; column < Columns; column++)
        {
            if (wanted[column] == shown[column])
            {
                continue;
            }
            if (start >= 0 && column - end > Gap)
            {
                surface!.Draw(row, start, wanted[start..end]);
                start = -1;
            }
            start = start < 0 ? column : start;
            end = column + 1;
        }
        if (start >= 0)
        {
            surface!.Draw(row, start, wanted[start..end]);
            wanted.CopyTo(shown);
        }
    }

    private void Rotate(int top, int bottom, int count)
    {
        Span<int> rows = order.AsSpan(top, bottom - top);
        rows[..count].Reverse();
        rows[count..].Reverse();
        rows.Reverse();
    }
}

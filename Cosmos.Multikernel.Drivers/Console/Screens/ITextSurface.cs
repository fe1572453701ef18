namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>
/// A place where cells become visible. It only draws what it is told: which cells changed is <see cref="TextScreen"/>'s to find out.
/// </summary>
public interface ITextSurface
{
    /// <summary>Cells in a row.</summary>
    int Columns { get; }

    /// <summary>Rows.</summary>
    int Rows { get; }

    /// <summary>Draws neighbouring cells of one row.</summary>
    void Draw(int row, int column, ReadOnlySpan<TextCell> cells);

    /// <summary>Shows the cursor in a cell, which is shown without it as <paramref name="cell"/>.</summary>
    void ShowCursor(int row, int column, TextCell cell);

    /// <summary>Takes the cursor away again.</summary>
    void HideCursor(int row, int column, TextCell cell);
}

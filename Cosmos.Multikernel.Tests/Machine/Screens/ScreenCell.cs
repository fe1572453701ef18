namespace Cosmos.Multikernel.Tests.Machines.Screens;

/// <summary>A character on a screen and its colours, numbered as ECMA-48 does (0 black, 1 red, ... 15 bright white).</summary>
internal readonly record struct ScreenCell(char Character, int Foreground, int Background);

/// <summary>What a screen shows.</summary>
internal sealed record ScreenText(IReadOnlyList<IReadOnlyList<ScreenCell>> Cells)
{
    /// <summary>The rows as text, without the blanks at their ends.</summary>
    public IReadOnlyList<string> Rows { get; } =
    [.. Cells.Select(row => string.Concat(row.Select(cell => cell.Character)).TrimEnd())];

    public override string ToString() => string.Join('\n', Rows).TrimEnd();
}

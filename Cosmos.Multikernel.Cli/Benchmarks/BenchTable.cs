using System.Globalization;
using Spectre.Console;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>A suite's rows for people.</summary>
internal static class BenchTable
{
    // Where no terminal says how wide it is.
    private const int PlainWidth = 160;

    /// <summary>Prints them.</summary>
    public static void Print(string title, IReadOnlyList<BenchRow> rows)
    {
        var table = new Table().Title(Markup.Escape(title)).Border(TableBorder.Simple);
        var hasLinux = rows.Any(row => row.TimesLinux is not null);
        table.AddColumns([
            "measurement",
            "value",
            "unit",
            .. hasLinux ? (string[])["times Linux"] : [],
            "goal",
            "met",
            "peer",
        ]);
        table.Columns[1].RightAligned();
        foreach (var row in rows)
        {
            var met = row.Met switch
            {
                true => "[green]yes[/]",
                false => "[red]no[/]",
                null => "",
            };
            table.AddRow([
                Markup.Escape(row.Name),
                row.Value.ToString("#,0.##", CultureInfo.InvariantCulture),
                Markup.Escape(row.Unit),
                .. hasLinux
                    ? (string[])
                        [row.TimesLinux?.ToString("0.00", CultureInfo.InvariantCulture) ?? ""]
                    : [],
                Markup.Escape(row.Goal ?? ""),
                met,
                Markup.Escape(row.Peer ?? ""),
            ]);
        }

        // A row must not be broken into pieces.
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = PlainWidth;
        }

        AnsiConsole.Write(table);
    }
}

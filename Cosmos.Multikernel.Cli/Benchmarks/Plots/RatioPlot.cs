using ScottPlot;
using ScottPlot.TickGenerators;

namespace Cosmos.Multikernel.Cli.Benchmarks.Plots;

/// <summary>
/// Draws how a suite's rows compare with Linux: a bar for each row, as long as it is times as good, with the spread of the rounds, and a line
/// where both are alike.
/// </summary>
internal static class RatioPlot
{
    private const string Name = "beside Linux";
    private const double Alike = 1;
    private const double BarHeight = 0.7;

    /// <summary>Writes the file; returns its name, or nothing when nothing was compared.</summary>
    public static IReadOnlyList<string> WriteAll(string suite, IReadOnlyList<BenchRow> rows)
    {
        // The first row on top.
        var compared = rows.Where(row => row.TimesLinux is not null).Reverse().ToList();
        return compared.Count == 0
            ? []
            : [PlotFile.Write(Draw($"{suite}: {Name}", compared), suite, Name)];
    }

    private static Plot Draw(string title, List<BenchRow> rows)
    {
        Plot plot = new();
        plot.Title(title);
        plot.XLabel("times as good as Linux");
        double[] places = [.. rows.Select((_, place) => (double)place)];
        var bars = plot.Add.Bars(places, rows.Select(row => row.TimesLinux!.Value).ToArray());
        bars.Horizontal = true;
        foreach (var bar in bars.Bars)
        {
            bar.Size = BarHeight;
        }

        foreach (var (place, row) in rows.Index())
        {
            if (row.TimesLinuxSpread is var (low, high))
            {
                var spread = plot.Add.Line(low, place, high, place);
                spread.LineWidth = 2;
                spread.Color = Colors.Black;
                spread.MarkerStyle = new MarkerStyle(MarkerShape.VerticalBar, 10, Colors.Black);
            }
        }

        plot.Add.VerticalLine(Alike, 1, Colors.Red);
        plot.Axes.Left.TickGenerator = new NumericManual(places, [.. rows.Select(row => row.Name)]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.HideGrid();
        plot.Axes.SetLimitsX(0, Math.Max(Alike, rows.Max(Furthest)) * 1.05);
        return plot;
    }

    private static double Furthest(BenchRow row) =>
        Math.Max(row.TimesLinux!.Value, row.TimesLinuxSpread?.High ?? 0);
}

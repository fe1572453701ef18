using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Cosmos.Multikernel.Cli.Benchmarks.Plots;

/// <summary>Draws a suite's points: both axes logarithmic, one line for each contestant.</summary>
internal static class LinePlot
{
    /// <summary>Writes a file for each plot; returns their names.</summary>
    public static IReadOnlyList<string> WriteAll(string suite, IReadOnlyList<BenchPoint> points) =>
        [.. points.GroupBy(point => point.Plot).Select(plot => Write(suite, plot.Key, [.. plot]))];

    private static string Write(string suite, string name, List<BenchPoint> points)
    {
        using var plot = new Plot();
        plot.Title($"{suite}: {name}");
        plot.XLabel("bytes");
        plot.YLabel(points[0].Unit);
        foreach (var series in points.Where(IsDrawable).GroupBy(point => point.Series))
        {
            var line = plot.Add.Scatter(
                series.Select(point => Math.Log10(point.At)).ToArray(),
                series.Select(point => Math.Log10(point.Value)).ToArray()
            );
            line.LegendText = series.Key;
        }

        plot.Axes.Bottom.TickGenerator = Decades();
        plot.Axes.Left.TickGenerator = Decades();
        plot.ShowLegend(Alignment.UpperLeft);
        return PlotFile.Write(plot, suite, name);
    }

    private static bool IsDrawable(BenchPoint point) => point is { At: > 0, Value: > 0 };

    // ScottPlot draws logarithms as numbers; the ticks say what they are the logarithms of.
    private static NumericAutomatic Decades() =>
        new()
        {
            IntegerTicksOnly = true,
            MinorTickGenerator = new LogMinorTickGenerator(),
            LabelFormatter = exponent =>
                Math.Pow(10, exponent).ToString("#,0.###", CultureInfo.InvariantCulture),
        };
}

using Cosmos.Multikernel.Cli.Building;
using ScottPlot;

namespace Cosmos.Multikernel.Cli.Benchmarks.Plots;

/// <summary>Where plots go: <c>artifacts/bench/SUITE-NAME.svg</c>.</summary>
internal static class PlotFile
{
    private const int Width = 900;
    private const int Height = 600;

    /// <summary>Writes one; returns the file's name.</summary>
    public static string Write(Plot plot, string suite, string name)
    {
        var file = Path.Combine(
            Repository.Artifacts,
            "bench",
            $"{suite} {name}.svg".Replace(' ', '-')
        );
        plot.SaveSvg(file, Width, Height);
        return file;
    }
}

using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks.Plots;

/// <summary>A measurement that is a point of a plot.</summary>
/// <param name="Plot">The plot.</param>
/// <param name="Series">The line.</param>
/// <param name="At">The abscissa.</param>
/// <param name="Value">The ordinate.</param>
/// <param name="Unit">The ordinate's unit.</param>
public sealed record BenchPoint(string Plot, string Series, double At, double Value, string Unit)
{
    /// <summary>The points among records.</summary>
    /// <exception cref="CommandFailure">A record is damaged.</exception>
    public static IReadOnlyList<BenchPoint> ReadAll(IEnumerable<SerialRecord> records) =>
        [
            .. BenchMeasurement
                .ReadAll(records)
                .Where(measurement => measurement.Plot is not null)
                .Select(measurement => new BenchPoint(
                    measurement.Plot!,
                    measurement.Series ?? measurement.Name,
                    measurement.At ?? 0,
                    measurement.Value,
                    measurement.Unit
                )),
        ];
}

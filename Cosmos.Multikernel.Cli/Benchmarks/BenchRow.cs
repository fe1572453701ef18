using System.Globalization;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>One measurement with its goal. <c>Met</c> is null where there is no goal.</summary>
public sealed record BenchRow(
    string Bench,
    string Name,
    double Value,
    string Unit,
    string? Goal,
    bool? Met,
    string? Peer,
    double? TimesLinux = null,
    BenchSpread? TimesLinuxSpread = null
)
{
    /// <summary>Joins records and goals; of several cores' values the worst counts.</summary>
    /// <exception cref="CommandFailure">A record or a goal is damaged, or a goal's measurement is missing.</exception>
    public static IReadOnlyList<BenchRow> Collect(
        string bench,
        BenchSuite suite,
        IEnumerable<SerialRecord> records
    )
    {
        var measurements = BenchMeasurement.ReadAll(records).ToList();
        measurements.AddRange(
            suite
                .Rows.Where(row => row.SmallestOf is not null)
                .Select(row => Smallest(row, measurements))
                .ToList()
        );
        foreach (var goal in suite.Rows)
        {
            if (
                goal.Goal is not null
                && measurements.All(measurement => measurement.Name != goal.Name)
            )
            {
                throw new CommandFailure($"'{goal.Name}' has a goal, but was not measured");
            }
        }

        return
        [
            .. measurements
                .GroupBy(measurement => measurement.Name)
                .Select(group => Judge(bench, suite, [.. group])),
        ];
    }

    private static BenchMeasurement Smallest(BenchGoal row, List<BenchMeasurement> measurements) =>
        measurements
            .Where(measurement => measurement.Name == row.SmallestOf)
            .MinBy(measurement => measurement.Value)
            is { } smallest
            ? smallest with
            {
                Name = row.Name,
            }
            : throw new CommandFailure(
                $"'{row.SmallestOf}', of which '{row.Name}' is the smallest, was not measured"
            );

    private static BenchRow Judge(string bench, BenchSuite suite, List<BenchMeasurement> values)
    {
        var first = values[0];
        var declared = suite.Rows.FirstOrDefault(row => row.Name == first.Name);
        if (first.TimesLinux is { } times)
        {
            var beside = declared?.TimesLinux;
            return new(
                bench,
                first.Name,
                first.Value,
                first.Unit,
                beside is null ? null : $"{beside} times Linux",
                beside is null ? null : Meets(times, beside),
                first.Peer,
                times,
                first.TimesLinuxSpread
            );
        }

        var goal = declared?.Goal ?? first.Goal;
        var worst = IsFloor(goal)
            ? values.Min(value => value.Value)
            : values.Max(value => value.Value);
        return new(
            bench,
            first.Name,
            worst,
            first.Unit,
            goal,
            goal is null ? null : Meets(worst, goal),
            declared?.Peer ?? first.Peer
        );
    }

    private static bool IsFloor(string? goal) =>
        goal?.StartsWith(">=", StringComparison.Ordinal) == true;

    private static bool Meets(double value, string goal) =>
        IsFloor(goal) ? value >= Bound(goal) : value <= Bound(goal);

    private static double Bound(string goal)
    {
        var isGoal = goal.Length > 2 && goal[..2] is "<=" or ">=";
        return isGoal && double.TryParse(goal[2..], CultureInfo.InvariantCulture, out var bound)
            ? bound
            : throw new CommandFailure($"the goal '{goal}' is neither '<= NUMBER' nor '>= NUMBER'");
    }
}

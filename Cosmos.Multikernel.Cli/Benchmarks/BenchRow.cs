using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
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
    string? Peer
)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>Joins records and goals; of several cores' values the worst counts.</summary>
    /// <exception cref="CommandFailure">A record or a goal is damaged, or a goal's measurement is missing.</exception>
    public static IReadOnlyList<BenchRow> Collect(
        string bench,
        BenchSuite suite,
        IEnumerable<SerialRecord> records
    )
    {
        var measurements = records.Where(record => record.Kind == "bench").Select(Parse).ToList();
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

    private static Measurement Smallest(BenchGoal row, List<Measurement> measurements) =>
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

    /// <summary>The records that are points of plots.</summary>
    public static IReadOnlyList<BenchPoint> CollectPoints(IEnumerable<SerialRecord> records) =>
        [
            .. records
                .Where(record => record.Kind == "bench")
                .Select(Parse)
                .Where(measurement => measurement.Plot is not null)
                .Select(measurement => new BenchPoint(
                    measurement.Plot!,
                    measurement.Series ?? measurement.Name,
                    measurement.At ?? 0,
                    measurement.Value,
                    measurement.Unit
                )),
        ];

    private static BenchRow Judge(string bench, BenchSuite suite, List<Measurement> values)
    {
        var first = values[0];
        var declared = suite.Rows.FirstOrDefault(row => row.Name == first.Name);
        var goal = declared?.Goal ?? first.Goal;
        var isFloor = goal?.StartsWith(">=", StringComparison.Ordinal) == true;
        var worst = isFloor ? values.Min(value => value.Value) : values.Max(value => value.Value);
        bool? met =
            goal is null ? null
            : isFloor ? worst >= Bound(goal)
            : worst <= Bound(goal);
        return new(bench, first.Name, worst, first.Unit, goal, met, declared?.Peer ?? first.Peer);
    }

    private static double Bound(string goal)
    {
        var isGoal = goal.Length > 2 && goal[..2] is "<=" or ">=";
        return isGoal && double.TryParse(goal[2..], CultureInfo.InvariantCulture, out var bound)
            ? bound
            : throw new CommandFailure($"the goal '{goal}' is neither '<= NUMBER' nor '>= NUMBER'");
    }

    private static Measurement Parse(SerialRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize<Measurement>(record.Json, Format)!;
        }
        catch (JsonException failure)
        {
            throw new CommandFailure($"a damaged record: {record.Json}", [failure.Message]);
        }
    }

    private sealed record Measurement(
        [property: JsonRequired] string Name,
        [property: JsonRequired] double Value,
        [property: JsonRequired] string Unit,
        string? Goal = null,
        string? Peer = null,
        string? Plot = null,
        string? Series = null,
        double? At = null
    );
}

using System.Globalization;
using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Cli.Benchmarks.Rounds;

/// <summary>
/// What several rounds have measured, here and on Linux by turns. Of each measurement the middle value counts; and the middle of the rounds'
/// ratios, not the ratio of the middles: what this host did in a round hit both.
/// </summary>
/// <param name="linux">Which Linux; null when there is none to compare with.</param>
public sealed class RoundsTable(string? linux)
{
    // What is better the smaller it is.
    private static readonly string[] Times = ["ns", "us", "ms", "s"];

    // What may be nothing on either system: it is shown beside the other's, for there is no ratio.
    private const string Share = "%";

    private readonly List<(BenchMeasurement Ours, BenchMeasurement? Theirs)> rounds = [];

    /// <summary>Takes what was measured in a round.</summary>
    /// <param name="ours">Here.</param>
    /// <param name="theirs">The same on Linux; nothing when there is none.</param>
    public void Add(IEnumerable<SerialRecord> ours, IEnumerable<SerialRecord> theirs)
    {
        var there = BenchMeasurement.ReadAll(theirs).ToDictionary(other => other.Name);
        foreach (var measurement in BenchMeasurement.ReadAll(ours))
        {
            rounds.Add((measurement, linux is null ? null : there[measurement.Name]));
        }
    }

    /// <summary>A record for each measurement.</summary>
    public IReadOnlyList<SerialRecord> ToRecords() =>
        [
            .. rounds
                .GroupBy(round => round.Ours.Name)
                .Select(group => Summarise([.. group]).ToRecord()),
        ];

    /// <summary>How many times as good a value is as Linux's: of times the inverse.</summary>
    public static double TimesLinux(double ours, double theirs, string unit) =>
        Times.Contains(unit) ? theirs / ours : ours / theirs;

    private BenchMeasurement Summarise(
        List<(BenchMeasurement Ours, BenchMeasurement? Theirs)> rounds
    )
    {
        var measurement = rounds[0].Ours with
        {
            Value = Middle(rounds.Select(round => round.Ours.Value)),
        };
        if (rounds.Any(round => round.Theirs is null))
        {
            return measurement;
        }

        var compared = measurement with
        {
            Peer = string.Create(
                CultureInfo.InvariantCulture,
                $"{Middle(rounds.Select(round => round.Theirs!.Value)):#,0.##} {measurement.Unit}: {linux}"
            ),
        };
        if (measurement.Unit == Share)
        {
            return compared;
        }

        double[] times =
        [
            .. rounds.Select(round =>
                TimesLinux(round.Ours.Value, round.Theirs!.Value, round.Ours.Unit)
            ),
        ];
        return compared with
        {
            TimesLinux = Middle(times),
            TimesLinuxSpread = new BenchSpread(times.Min(), times.Max()),
        };
    }

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}

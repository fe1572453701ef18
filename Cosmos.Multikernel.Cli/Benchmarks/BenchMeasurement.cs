using System.Text.Json;
using System.Text.Json.Serialization;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>What a program says of one thing that it has measured (bench/README.md).</summary>
/// <param name="Name">What.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">Of what.</param>
/// <param name="Goal">What it must keep to.</param>
/// <param name="Peer">What the same costs elsewhere.</param>
/// <param name="Plot">The plot that it is a point of.</param>
/// <param name="Series">The line.</param>
/// <param name="At">The abscissa.</param>
/// <param name="TimesLinux">How many times as good as on Linux.</param>
/// <param name="TimesLinuxSpread">The least and the most of the rounds' <paramref name="TimesLinux"/>.</param>
public sealed record BenchMeasurement(
    [property: JsonRequired] string Name,
    [property: JsonRequired] double Value,
    [property: JsonRequired] string Unit,
    string? Goal = null,
    string? Peer = null,
    string? Plot = null,
    string? Series = null,
    double? At = null,
    double? TimesLinux = null,
    BenchSpread? TimesLinuxSpread = null
)
{
    private const string Kind = "bench";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>The measurements among records.</summary>
    /// <exception cref="CommandFailure">One is damaged.</exception>
    public static IReadOnlyList<BenchMeasurement> ReadAll(IEnumerable<SerialRecord> records) =>
        [.. records.Where(record => record.Kind == Kind).Select(Parse)];

    /// <summary>The same as a program would say it.</summary>
    public SerialRecord ToRecord() => new(null, null, Kind, JsonSerializer.Serialize(this, Format));

    private static BenchMeasurement Parse(SerialRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize<BenchMeasurement>(record.Json, Format)!;
        }
        catch (JsonException failure)
        {
            throw new CommandFailure($"a damaged record: {record.Json}", [failure.Message]);
        }
    }
}

/// <summary>Between which values those of several rounds lie.</summary>
public sealed record BenchSpread(double Low, double High);

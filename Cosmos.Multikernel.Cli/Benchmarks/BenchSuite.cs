using System.Text.Json;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>A file bench/NAME.json.</summary>
public sealed record BenchSuite(
    string Title,
    IReadOnlyList<BenchPart> Parts,
    IReadOnlyList<BenchGoal> Rows
)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
        RespectRequiredConstructorParameters = false,
        RespectNullableAnnotations = true,
    };

    private static string Folder => Path.Combine(Repository.Root, "bench");

    /// <summary>The suites that there are.</summary>
    public static IReadOnlyList<string> Names =>
        [
            .. Directory
                .GetFiles(Folder, "*.json")
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Order(),
        ];

    /// <exception cref="CommandFailure">There is no such suite, or its file is damaged.</exception>
    public static BenchSuite Read(string name)
    {
        if (!Names.Contains(name))
        {
            throw new CommandFailure(
                $"there is no suite '{name}'",
                [$"there are: {string.Join(", ", Names)}"]
            );
        }

        var file = Path.Combine(Folder, name + ".json");
        try
        {
            return JsonSerializer.Deserialize<BenchSuite>(File.ReadAllText(file), Format)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException failure)
        {
            throw new CommandFailure($"{Repository.Relative(file)}: {failure.Message}");
        }
    }
}

/// <summary>What a suite says about one measurement. See bench/README.md.</summary>
/// <param name="Name">The measurement.</param>
/// <param name="Goal">What it must keep to.</param>
/// <param name="Peer">What the same costs elsewhere.</param>
/// <param name="SmallestOf">Another measurement, of which this one is the smallest that a core reports.</param>
/// <param name="TimesLinux">What it must keep to beside Linux, where it was measured there too.</param>
public sealed record BenchGoal(
    string Name,
    string? Goal = null,
    string? Peer = null,
    string? SmallestOf = null,
    string? TimesLinux = null
);

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Where a figure stands in a plot: which plot, which line, which abscissa.</summary>
internal sealed record PlotPoint(string Plot, string Series, double At);

/// <summary>One measured figure, printed as a line that begins with @bench. Goals are in bench/messages.json.</summary>
internal static class Row
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Prints a figure.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="value">The figure.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="peer">Whose it is, when it is not ours.</param>
    /// <param name="point">Where it stands in a plot.</param>
    public static void Print(
        string name,
        double value,
        string unit,
        string? peer = null,
        PlotPoint? point = null
    )
    {
        var row = new
        {
            bench = "messages",
            name,
            value = Math.Round(value, 3),
            unit,
            peer,
            plot = point?.Plot,
            series = point?.Series,
            at = point?.At,
        };
        Console.WriteLine($"@bench {JsonSerializer.Serialize(row, Format)}");
    }
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>One measured figure: printed for people and, as a line that begins with @bench, for tools.</summary>
internal static class Row
{
    /// <summary>Prints a figure.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="value">The figure.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="peer">What it stands beside, when it is not our own.</param>
    /// <param name="goal">Largest (or, when negative, smallest) figure that meets the goal.</param>
    public static void Print(
        string name,
        double value,
        string unit,
        string? peer = null,
        double? goal = null
    )
    {
        bool? met =
            goal is null ? null
            : goal >= 0 ? value <= goal
            : value >= -goal;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"@bench {{\"bench\":\"messages\",\"name\":{Quote(name)},\"value\":{value:0.###},\"unit\":{Quote(unit)},\"goal\":{(goal is null ? "null" : Quote(Describe(goal.Value)))},\"met\":{met?.ToString().ToLowerInvariant() ?? "null"},\"peer\":{Quote(peer)}}}"
            )
        );
    }

    private static string Describe(double goal) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(goal >= 0 ? "<=" : ">=")} {Math.Abs(goal):0.###}"
        );

    private static string Quote(string? text) =>
        text is null
            ? "null"
            : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}

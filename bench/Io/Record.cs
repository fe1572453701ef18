using System.Globalization;

namespace Cosmos.Multikernel.Bench.Io;

/// <summary>What the program says to the host: one line each, <c>@KIND {...}</c>.</summary>
internal static class Record
{
    /// <summary>All is open; these can be measured.</summary>
    public static void WriteReady(IEnumerable<string> names) =>
        Console.WriteLine(
            $"@ready {{\"measurements\":[{string.Join(',', names.Select(name => $"\"{name}\""))}]}}"
        );

    /// <summary>A figure.</summary>
    public static void Write(string name, double value, string unit) =>
        Console.WriteLine(
            $"@bench {{\"name\":\"{name}\",\"value\":{value.ToString("0.###", CultureInfo.InvariantCulture)},\"unit\":\"{unit}\"}}"
        );

    /// <summary>Which share of what was sent has not arrived.</summary>
    public static void WriteLoss(string name, long sent, long arrived) =>
        Write($"{name}, lost", sent == 0 ? 0 : 100.0 * (sent - arrived) / sent, "%");

    /// <summary>What was asked for is done.</summary>
    public static void WriteDone() => Console.WriteLine("@done {}");
}

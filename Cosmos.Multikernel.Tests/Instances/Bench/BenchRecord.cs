using System.Globalization;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>
/// One figure, as a line that the host turns into a row: <c>@bench {"bench":"boot","core":N,"name":...,"value":...,"unit":...}</c>.
/// Goals and peers are the host's business.
/// </summary>
internal static class BenchRecord
{
    public static string Suite { get; set; } = "";

    public static void Write(string name, double value, string unit) =>
        Console.WriteLine(
            $"@bench {{\"bench\":\"{Suite}\",\"core\":{Core.Current},\"name\":\"{name}\",\"value\":{value.ToString("0.###", CultureInfo.InvariantCulture)},\"unit\":\"{unit}\"}}"
        );
}

using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Strings, builders, regular expressions, JSON and big numbers.</summary>
internal static partial class TextAndNumbers
{
    public static string Run()
    {
        var builder = new StringBuilder();
        for (var i = 0; i < 2_000; i++)
        {
            builder.Append(i).Append(' ').Insert(0, 'x');
        }

        Expect.Equal(2_000, builder.ToString().Count(character => character == 'x'));
        Expect.Equal(
            "größer ≥ 東京 🚀",
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes("größer ≥ 東京 🚀"))
        );
        Expect.Equal(
            "  1,234.50|0x00FF",
            FormattableString.Invariant($"{1234.5, 10:N2}|0x{255:X4}")
        );
        Expect.Equal(0.1 + 0.2, double.Parse((0.1 + 0.2).ToString("R")));

        Expect.Equal("2026-11", YearAndMonth().Match("on 2026-11-23 it ran").Groups[1].Value);
        Expect.Equal("a-b-c", Regex.Replace("a  b   c", @"\s+", "-"));

        var json = JsonNode.Parse("""{"name":"core","values":[1,2,3],"nested":{"on":true}}""")!;
        Expect.Equal(3, json["values"]!.AsArray().Count);
        Expect.That((bool)json["nested"]!["on"]!);
        using var document = JsonDocument.Parse(json.ToJsonString());
        Expect.Equal("core", document.RootElement.GetProperty("name").GetString());
        Expect.Throws<JsonException>(() => JsonNode.Parse("{\"broken\""));

        var factorial = BigInteger.One;
        for (var i = 2; i <= 100; i++)
        {
            factorial *= i;
        }

        Expect.Equal(158, factorial.ToString().Length);
        Expect.That(factorial % 97 == 0);
        Expect.Equal(1.5m, 4.5m / 3);
        Expect.That((Int128.MaxValue / 3) > long.MaxValue);
        return "";
    }

    [GeneratedRegex(@"(\d{4}-\d{2})-\d{2}")]
    private static partial Regex YearAndMonth();
}

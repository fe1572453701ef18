using System.Text.Json;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tracing;

/// <summary>A trace file as a viewer reads it, and what must hold for every one.</summary>
internal sealed class TraceContent
{
    private readonly List<JsonElement> events;

    public TraceContent(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        events =
        [
            .. document
                .RootElement.GetProperty("traceEvents")
                .EnumerateArray()
                .Select(e => e.Clone()),
        ];
    }

    /// <summary>Arrows from a send to its receive.</summary>
    public int Flows => OfPhase("s").Count();

    /// <summary>The cores that have a name.</summary>
    public IEnumerable<int> Cores =>
        events.Where(e => Text(e, "name") == "process_name").Select(Core).Order();

    /// <summary>Names of tracks as CORE/NAME.</summary>
    public IEnumerable<string> Tracks =>
        events
            .Where(e => Text(e, "name") == "thread_name")
            .Select(e => $"{Core(e)}/{e.GetProperty("args").GetProperty("name").GetString()}");

    /// <summary>How many events of this name a core has.</summary>
    public int Count(int core, string name) =>
        events.Count(e => Core(e) == core && Text(e, "name") == name);

    /// <summary>The numbers that full buffers give.</summary>
    public IEnumerable<long> Dropped =>
        events
            .Where(e => Text(e, "name") == "trace buffer full")
            .Select(e => e.GetProperty("args").GetProperty("dropped").GetInt64());

    /// <summary>Sends that some arrow leaves from.</summary>
    public int Sends => events.Count(e => Text(e, "name") == "send");

    /// <summary>
    /// Every arrow has one beginning and one end, at a send and a receive, the end not before the beginning; slices of a track
    /// do not overlap.
    /// </summary>
    public void Check()
    {
        Dictionary<int, JsonElement> begins = OfPhase("s")
            .ToDictionary(e => e.GetProperty("id").GetInt32());
        Dictionary<int, JsonElement> ends = OfPhase("f")
            .ToDictionary(e => e.GetProperty("id").GetInt32());
        HashSet<(string, int, int, decimal)> slices =
        [
            .. OfPhase("X").Select(e => (Text(e, "name"), Core(e), Track(e), Time(e))),
        ];
        Assert.That(ends.Keys, Is.EquivalentTo(begins.Keys));
        foreach ((int id, JsonElement begin) in begins)
        {
            JsonElement end = ends[id];
            Assert.That(Time(end), Is.GreaterThanOrEqualTo(Time(begin)), $"message {id}");
            Assert.That(
                slices.Contains(("send", Core(begin), Track(begin), Time(begin)))
                    && slices.Contains(("receive", Core(end), Track(end), Time(end))),
                Is.True,
                $"message {id}"
            );
        }
        foreach (var track in OfPhase("X").GroupBy(e => (Core(e), Track(e))))
        {
            decimal free = 0;
            foreach (JsonElement slice in track.OrderBy(Time))
            {
                Assert.That(Time(slice), Is.GreaterThanOrEqualTo(free), $"{slice}");
                free = Time(slice) + slice.GetProperty("dur").GetDecimal();
            }
        }
    }

    private IEnumerable<JsonElement> OfPhase(string phase) =>
        events.Where(e => Text(e, "ph") == phase);

    private static string Text(JsonElement element, string property) =>
        element.GetProperty(property).GetString()!;

    private static int Core(JsonElement element) => element.GetProperty("pid").GetInt32();

    private static int Track(JsonElement element) => element.GetProperty("tid").GetInt32();

    private static decimal Time(JsonElement element) => element.GetProperty("ts").GetDecimal();
}

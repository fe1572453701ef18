using System.Text.Json;

namespace Cosmos.Multikernel.Cli.Tracing;

/// <summary>
/// The Trace Event Format: JSON with an object for each event. In its words a core is a process, and a track of it a thread; its times are
/// microseconds, here they are nanoseconds.
/// </summary>
internal sealed class TraceEventWriter : IDisposable
{
    private readonly Utf8JsonWriter _json;

    public TraceEventWriter(Stream output)
    {
        _json = new Utf8JsonWriter(output);
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ns");
        _json.WriteStartArray("traceEvents");
    }

    /// <summary>Names a core.</summary>
    public void NameCore(int core, string name) => Name("process_name", core, 0, name);

    /// <summary>Names a track.</summary>
    public void NameTrack(int core, int track, string name) =>
        Name("thread_name", core, track, name);

    /// <summary>What lasts.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="place">The core, and its track.</param>
    /// <param name="time">When it begins.</param>
    /// <param name="duration">How long it lasts; slices of a track may not overlap.</param>
    /// <param name="details">Writes what else is known of it.</param>
    public void Slice(
        string name,
        (int Core, int Track) place,
        long time,
        long duration,
        Action<Utf8JsonWriter>? details = null
    )
    {
        Begin("X", name, place, time);
        _json.WriteNumber("dur", Microseconds(duration));
        End(details);
    }

    /// <summary>A moment.</summary>
    public void Instant(
        string name,
        (int Core, int Track) place,
        long time,
        Action<Utf8JsonWriter>? details = null
    )
    {
        Begin("i", name, place, time);
        // Its mark is as high as its track.
        _json.WriteString("s", "t");
        End(details);
    }

    /// <summary>An arrow's beginning, at the slice that encloses the moment.</summary>
    public void ArrowFrom(string name, int number, (int Core, int Track) place, long time)
    {
        Begin("s", name, place, time);
        _json.WriteNumber("id", number);
        End(null);
    }

    /// <summary>An arrow's end, at the slice that encloses the moment.</summary>
    public void ArrowTo(string name, int number, (int Core, int Track) place, long time)
    {
        Begin("f", name, place, time);
        _json.WriteNumber("id", number);
        // Binds to the slice that encloses the moment, not to the next one.
        _json.WriteString("bp", "e");
        End(null);
    }

    /// <summary>There are no more events.</summary>
    public void End()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private static decimal Microseconds(long nanoseconds) => nanoseconds / 1000m;

    private void Name(string kind, int core, int track, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", "M");
        _json.WriteString("name", kind);
        _json.WriteNumber("pid", core);
        _json.WriteNumber("tid", track);
        End(json => json.WriteString("name", name));
    }

    private void Begin(string phase, string name, (int Core, int Track) place, long time)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteString("name", name);
        _json.WriteString("cat", "multikernel");
        _json.WriteNumber("pid", place.Core);
        _json.WriteNumber("tid", place.Track);
        _json.WriteNumber("ts", Microseconds(time));
    }

    private void End(Action<Utf8JsonWriter>? details)
    {
        if (details is not null)
        {
            _json.WriteStartObject("args");
            details(_json);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }
}

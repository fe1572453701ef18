using System.Globalization;
using System.Text.Json;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel.Cli.Tracing;

/// <summary>
/// Writes recordings in the Trace Event Format, which Perfetto and Chrome open: a process for each core; in it a track for
/// the CPU driver and one for each instance; an arrow from each send to its receive.
/// </summary>
/// <remarks>
/// Times are microseconds. Arrows bind to slices, so a send and a receive, which are moments, are drawn as slices of
/// <see cref="Moment"/> ns, shorter where the next event of the track comes sooner: slices of a track may not overlap.
/// A send whose receive nobody recorded (or the reverse) has no arrow.
/// </remarks>
public sealed class ChromeTrace
{
    private const long Moment = 100;

    private readonly Utf8JsonWriter _json;
    private readonly IReadOnlyList<TraceRecording> _recordings;

    // A message by the channel's connecting side, the channel's number there, the direction, and the ring's line count.
    private readonly Dictionary<(int, string, uint, bool, uint), int> _flows = [];

    private ChromeTrace(Utf8JsonWriter json, IReadOnlyList<TraceRecording> recordings)
    {
        _json = json;
        _recordings = recordings;
    }

    /// <param name="recordings">As instances hand them out.</param>
    /// <param name="output">Receives UTF-8 JSON.</param>
    /// <exception cref="InvalidDataException">A recording is none.</exception>
    public static void Write(IEnumerable<byte[]> recordings, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        new ChromeTrace(json, [.. recordings.Select(TraceRecording.FromBytes)]).Write();
    }

    private void Write()
    {
        PairMessages();
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ns");
        _json.WriteStartArray("traceEvents");
        foreach (var core in _recordings.GroupBy(recording => recording.Core))
        {
            WriteName("process_name", core.Key, 0, $"core {core.Key}");
            WriteName("thread_name", core.Key, 0, "CPU driver");
            foreach (var recording in core)
            {
                WriteCore(recording);
            }

            foreach (var (index, recording) in core.Index())
            {
                WriteName("thread_name", core.Key, index + 1, recording.Name);
                WriteInstance(recording, index + 1);
            }
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    // An arrow needs both ends: only a message whose send and receive are there gets a number.
    private void PairMessages()
    {
        var sent = new HashSet<(int, string, uint, bool, uint)>();
        foreach (var (recording, happened) in AllOf(TraceKind.Send))
        {
            sent.Add(MessageOf(recording, happened));
        }

        foreach (var (recording, happened) in AllOf(TraceKind.Receive))
        {
            var message = MessageOf(recording, happened);
            if (sent.Contains(message))
            {
                _flows.TryAdd(message, _flows.Count + 1);
            }
        }
    }

    private IEnumerable<(TraceRecording, TraceEvent)> AllOf(TraceKind kind) =>
        from recording in _recordings
        from happened in recording.Events
        where happened.Kind == kind && IsShown(recording, happened)
        select (recording, happened);

    private static bool IsShown(TraceRecording recording, TraceEvent happened) =>
        happened.Kind == TraceKind.Sleep
        || recording.Channels[happened.Channel].Service != TraceRecording.Service;

    private static (int, string, uint, bool, uint) MessageOf(
        TraceRecording recording,
        TraceEvent happened
    )
    {
        var channel = recording.Channels[happened.Channel];
        var fromConnecting = channel.SideA == (happened.Kind == TraceKind.Send);
        return channel.SideA
            ? (recording.Core, recording.Name, channel.Number, fromConnecting, happened.Line)
            : (channel.PeerCore, channel.PeerName, channel.Number, fromConnecting, happened.Line);
    }

    private void WriteInstance(TraceRecording recording, int track)
    {
        var events = Array.FindAll(recording.Events, happened => IsShown(recording, happened));
        for (var i = 0; i < events.Length; i++)
        {
            var happened = events[i];
            var next = i + 1 < events.Length ? events[i + 1].Time : long.MaxValue;
            var moment = Math.Clamp(next - happened.Time, 0, Moment);
            switch (happened.Kind)
            {
                case TraceKind.Sleep:
                    Begin("X", "sleep", recording.Core, track, happened.Time);
                    WriteDuration(happened.Value);
                    _json.WriteEndObject();
                    break;
                case TraceKind.Send or TraceKind.Receive:
                    var isSend = happened.Kind == TraceKind.Send;
                    Begin("X", isSend ? "send" : "receive", recording.Core, track, happened.Time);
                    WriteDuration(moment);
                    WriteContext(recording, happened, withBytes: true);
                    _json.WriteEndObject();
                    WriteFlow(recording, happened, track, isSend);
                    break;
                default:
                    var name = happened.Kind switch
                    {
                        TraceKind.Full => "ring full",
                        TraceKind.Ring => "ring doorbell",
                        _ => "notified",
                    };
                    BeginInstant(name, recording.Core, track, happened.Time);
                    WriteContext(recording, happened, withBytes: happened.Kind == TraceKind.Full);
                    _json.WriteEndObject();
                    break;
            }
        }

        if (recording.Dropped > 0)
        {
            var end = events.Length > 0 ? events[^1].Time : 0;
            WriteDropped(recording.Core, track, end, recording.Dropped);
        }
    }

    private void WriteFlow(TraceRecording recording, TraceEvent happened, int track, bool isSend)
    {
        if (!_flows.TryGetValue(MessageOf(recording, happened), out var flow))
        {
            return;
        }

        Begin(isSend ? "s" : "f", "message", recording.Core, track, happened.Time);
        _json.WriteNumber("id", flow);
        if (!isSend)
        {
            // Binds to the slice that encloses the moment, not to the next one.
            _json.WriteString("bp", "e");
        }

        _json.WriteEndObject();
    }

    private void WriteCore(TraceRecording recording)
    {
        var idleSince = 0UL;
        foreach (var happened in recording.CoreEvents)
        {
            var time = (long)happened.Time;
            switch (happened.Kind)
            {
                case CoreTraceKind.Idle:
                    idleSince = happened.Time;
                    break;
                case CoreTraceKind.Busy:
                    Begin("X", "idle", recording.Core, 0, (long)idleSince);
                    WriteDuration((long)(happened.Time - idleSince));
                    _json.WriteEndObject();
                    break;
                case CoreTraceKind.Dropped:
                    WriteDropped(recording.Core, 0, time, happened.Argument);
                    break;
                case CoreTraceKind.Doorbell:
                    BeginInstant("doorbell interrupt", recording.Core, 0, time);
                    _json.WriteEndObject();
                    break;
                case CoreTraceKind.Woken:
                    BeginInstant("thread woken", recording.Core, 0, time);
                    _json.WriteStartObject("args");
                    _json.WriteNumber("thread", happened.Argument);
                    _json.WriteEndObject();
                    _json.WriteEndObject();
                    break;
            }
        }
    }

    private void WriteContext(TraceRecording recording, TraceEvent happened, bool withBytes)
    {
        var channel = recording.Channels[happened.Channel];
        _json.WriteStartObject("args");
        _json.WriteString(
            "channel",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{channel.PeerName} on core {channel.PeerCore}"
            )
        );
        _json.WriteString("service", channel.Service);
        if (withBytes)
        {
            _json.WriteNumber("bytes", happened.Value);
        }

        _json.WriteEndObject();
    }

    private void WriteDropped(int core, int track, long time, long count)
    {
        BeginInstant("trace buffer full", core, track, time);
        _json.WriteStartObject("args");
        _json.WriteNumber("dropped", count);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteName(string kind, int core, int track, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", "M");
        _json.WriteString("name", kind);
        _json.WriteNumber("pid", core);
        _json.WriteNumber("tid", track);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void BeginInstant(string name, int core, int track, long time)
    {
        Begin("i", name, core, track, time);
        // Its mark is as high as its track.
        _json.WriteString("s", "t");
    }

    private void Begin(string phase, string name, int core, int track, long time)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteString("name", name);
        _json.WriteString("cat", "multikernel");
        _json.WriteNumber("pid", core);
        _json.WriteNumber("tid", track);
        _json.WriteNumber("ts", Microseconds(time));
    }

    private void WriteDuration(long nanoseconds) =>
        _json.WriteNumber("dur", Microseconds(nanoseconds));

    private static decimal Microseconds(long nanoseconds) => nanoseconds / 1000m;
}

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
/// Arrows bind to slices, so a send and a receive, which are moments, are drawn as slices of
/// <see cref="Moment"/> ns, shorter where the next event of the track comes sooner: slices of a track may not overlap.
/// A send whose receive nobody recorded (or the reverse) has no arrow.
/// </remarks>
public sealed class ChromeTrace
{
    private const long Moment = 100;

    // Its track; those of the instances follow.
    private const int CpuDriver = 0;

    private readonly TraceEventWriter _writer;
    private readonly IReadOnlyList<TraceRecording> _recordings;

    // A message by the channel's connecting side, the channel's number there, the direction, and the ring's line count.
    private readonly Dictionary<(int, string, uint, bool, uint), int> _flows = [];

    private ChromeTrace(TraceEventWriter writer, IReadOnlyList<TraceRecording> recordings)
    {
        _writer = writer;
        _recordings = recordings;
    }

    /// <param name="recordings">As instances hand them out.</param>
    /// <param name="output">Receives UTF-8 JSON.</param>
    /// <exception cref="InvalidDataException">A recording is none.</exception>
    public static void Write(IEnumerable<byte[]> recordings, Stream output)
    {
        TraceRecording[] read = [.. recordings.Select(TraceRecording.FromBytes)];
        using var writer = new TraceEventWriter(output);
        new ChromeTrace(writer, read).Write();
        writer.End();
    }

    private void Write()
    {
        PairMessages();
        foreach (var core in _recordings.GroupBy(recording => recording.Core))
        {
            _writer.NameCore(core.Key, $"core {core.Key}");
            _writer.NameTrack(core.Key, CpuDriver, "CPU driver");
            foreach (var recording in core)
            {
                WriteCore(recording);
            }

            foreach (var (index, recording) in core.Index())
            {
                _writer.NameTrack(core.Key, index + 1, recording.Name);
                WriteInstance(recording, index + 1);
            }
        }
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
        var place = (recording.Core, track);
        var events = Array.FindAll(recording.Events, happened => IsShown(recording, happened));
        for (var i = 0; i < events.Length; i++)
        {
            var happened = events[i];
            var next = i + 1 < events.Length ? events[i + 1].Time : long.MaxValue;
            var moment = Math.Clamp(next - happened.Time, 0, Moment);
            switch (happened.Kind)
            {
                case TraceKind.Sleep:
                    _writer.Slice("sleep", place, happened.Time, happened.Value);
                    break;
                case TraceKind.Send or TraceKind.Receive:
                    WriteMessage(recording, happened, place, moment);
                    break;
                case TraceKind.Full:
                    _writer.Instant(
                        "ring full",
                        place,
                        happened.Time,
                        Message(recording, happened)
                    );
                    break;
                case TraceKind.Ring:
                    _writer.Instant(
                        "ring doorbell",
                        place,
                        happened.Time,
                        Channel(recording, happened)
                    );
                    break;
                default:
                    _writer.Instant("notified", place, happened.Time, Channel(recording, happened));
                    break;
            }
        }

        if (recording.Dropped > 0)
        {
            var end = events.Length > 0 ? events[^1].Time : 0;
            WriteDropped(place, end, recording.Dropped);
        }
    }

    private void WriteMessage(
        TraceRecording recording,
        TraceEvent happened,
        (int Core, int Track) place,
        long moment
    )
    {
        var isSent = happened.Kind == TraceKind.Send;
        _writer.Slice(
            isSent ? "send" : "receive",
            place,
            happened.Time,
            moment,
            Message(recording, happened)
        );
        if (!_flows.TryGetValue(MessageOf(recording, happened), out var flow))
        {
            return;
        }

        if (isSent)
        {
            _writer.ArrowFrom("message", flow, place, happened.Time);
        }
        else
        {
            _writer.ArrowTo("message", flow, place, happened.Time);
        }
    }

    private void WriteCore(TraceRecording recording)
    {
        var place = (recording.Core, CpuDriver);
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
                    _writer.Slice(
                        "idle",
                        place,
                        (long)idleSince,
                        (long)(happened.Time - idleSince)
                    );
                    break;
                case CoreTraceKind.Dropped:
                    WriteDropped(place, time, happened.Argument);
                    break;
                case CoreTraceKind.Doorbell:
                    _writer.Instant("doorbell interrupt", place, time);
                    break;
                case CoreTraceKind.Woken:
                    _writer.Instant(
                        "thread woken",
                        place,
                        time,
                        json => json.WriteNumber("thread", happened.Argument)
                    );
                    break;
            }
        }
    }

    private void WriteDropped((int Core, int Track) place, long time, long count) =>
        _writer.Instant(
            "trace buffer full",
            place,
            time,
            json => json.WriteNumber("dropped", count)
        );

    // What is told of an event on a channel, and besides of a message.
    private static Action<Utf8JsonWriter> Channel(TraceRecording recording, TraceEvent happened) =>
        json =>
        {
            var channel = recording.Channels[happened.Channel];
            json.WriteString(
                "channel",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{channel.PeerName} on core {channel.PeerCore}"
                )
            );
            json.WriteString("service", channel.Service);
        };

    private static Action<Utf8JsonWriter> Message(TraceRecording recording, TraceEvent happened) =>
        Channel(recording, happened) + (json => json.WriteNumber("bytes", happened.Value));
}

using System.Globalization;
using System.Text;

namespace Cosmos.Multikernel.Tests.Simulation.Machines;

/// <summary>What happened, in order of virtual time; prints as a Mermaid sequence diagram.</summary>
internal sealed class SequenceTrace(int longest)
{
    private readonly Queue<(long Time, string From, string To, string What)> events = new();

    public int Total { get; private set; }

    /// <summary>One hash over everything that happened: two runs of a seed must agree on it.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    public void Add(long time, string from, string to, string what)
    {
        Total++;
        foreach (char unit in $"{time} {from} {to} {what}")
        {
            Fingerprint = (Fingerprint ^ unit) * 1099511628211;
        }
        events.Enqueue((time, from, to, what));
        if (events.Count > longest)
        {
            events.Dequeue();
        }
    }

    /// <summary>The last events as a diagram.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine("sequenceDiagram");
        foreach ((long time, string from, string to, string what) in events)
        {
            string at = (time / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);
            text.AppendLine(
                from == to
                    ? $"    Note over {from}: {at} us {what}"
                    : $"    {from}->>{to}: {at} us {what}"
            );
        }
        return text.ToString();
    }
}

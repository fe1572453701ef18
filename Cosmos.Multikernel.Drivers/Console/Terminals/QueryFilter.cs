namespace Cosmos.Multikernel.Drivers.Console.Terminals;

/// <summary>
/// Lets everything pass but questions (device status report, device attributes): the screen's terminal answers them, and one that
/// hangs on the serial line must not answer a second time.
/// </summary>
public sealed class QueryFilter
{
    private readonly SequenceParser parser = new();
    private readonly List<byte> held = [];

    // A sequence longer than this is none of the questions: it passes without waiting for its end.
    private const int LongestQuestion = 24;

    /// <summary>Takes bytes; adds those that pass to a list. An unfinished sequence waits for its end.</summary>
    public void Take(ReadOnlySpan<byte> bytes, List<byte> passed)
    {
        foreach (byte value in bytes)
        {
            SequenceKind kind = parser.Take(value);
            held.Add(value);
            if (parser.IsInside && held.Count < LongestQuestion)
            {
                continue;
            }
            bool isQuestion =
                kind == SequenceKind.ControlSequence
                && parser.Final is (byte)'n' or (byte)'c'
                && parser.Intermediate == 0;
            if (!isQuestion)
            {
                passed.AddRange(held);
            }
            held.Clear();
        }
    }
}

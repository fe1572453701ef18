using System.Globalization;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Tracing;

/// <summary>
/// Finds the trace that a machine's console instance has written among what the machine has said (Trace.cs in
/// Cosmos.Multikernel says how it is wrapped), and writes it as a file that trace viewers open.
/// </summary>
public static partial class TraceFile
{
    /// <summary>Writes the trace from a machine's serial log.</summary>
    /// <exception cref="CommandFailure">There is none, or a part is missing.</exception>
    public static void Write(string serialLog, string file)
    {
        var recordings = Extract(File.ReadAllText(serialLog), Repository.Relative(serialLog));
        using var trace = new MemoryStream();
        try
        {
            ChromeTrace.Write(recordings, trace);
        }
        catch (InvalidDataException failure)
        {
            throw new CommandFailure($"{Repository.Relative(serialLog)}: {failure.Message}");
        }

        using (var output = File.Create(file))
        {
            trace.WriteTo(output);
        }

        Report.Line(
            $"{file}: {recordings.Count} instances; open it in https://ui.perfetto.dev or chrome://tracing"
        );
    }

    /// <summary>The recordings of the last trace in a text.</summary>
    /// <exception cref="CommandFailure">There is none, or a part is missing.</exception>
    public static IReadOnlyList<byte[]> Extract(string text, string source)
    {
        var recordings = new List<byte[]>();
        var hasBegun = false;
        var isComplete = false;
        var announced = 0;
        using var current = new MemoryStream();
        foreach (
            var fields in Marks().Matches(text).Select(match => match.Groups[1].Value.Split(';'))
        )
        {
            switch (fields[0])
            {
                case "begin":
                    recordings.Clear();
                    current.SetLength(0);
                    (hasBegun, isComplete, announced) = (true, false, 0);
                    break;
                case "recording":
                    Finish();
                    announced = Announced(fields);
                    break;
                case "piece":
                    current.Write(Piece(fields));
                    break;
                case "end":
                    Finish();
                    isComplete = true;
                    break;
            }
        }

        return isComplete ? recordings
            : hasBegun
                ? throw new CommandFailure(
                    $"{source}: the machine ended in the middle of its trace"
                )
            : throw new CommandFailure(
                $"{source}: no trace; the console's instance writes it at 'trace', 'shutdown' and 'reboot'"
            );

        int Announced(string[] fields) =>
            fields.Length == 2
            && int.TryParse(
                fields[1],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var length
            )
                ? length
                : throw Damaged(fields);

        byte[] Piece(string[] fields)
        {
            try
            {
                return Convert.FromBase64String(fields.Length == 2 ? fields[1] : "?");
            }
            catch (FormatException)
            {
                throw Damaged(fields);
            }
        }

        CommandFailure Damaged(string[] fields) =>
            new($"{source}: the trace is damaged at '{string.Join(';', fields)}'");

        void Finish()
        {
            if (current.Length != announced)
            {
                throw new CommandFailure(
                    $"{source}: a recording has {current.Length} bytes where it announced {announced}"
                );
            }

            if (announced > 0)
            {
                recordings.Add(current.ToArray());
                current.SetLength(0);
                announced = 0;
            }
        }
    }

    [GeneratedRegex(@"\e\]8421;([^\a\e]*)\a")]
    private static partial Regex Marks();
}

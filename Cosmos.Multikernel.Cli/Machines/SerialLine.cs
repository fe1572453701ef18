using System.Globalization;
using System.Text.RegularExpressions;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>How an instance came to its end.</summary>
/// <param name="Core">The core it ran on.</param>
/// <param name="Name">The instance.</param>
/// <param name="Status">As a shell would return it: the exit status, 128 + the signal's number, or 126 when it was refused.</param>
/// <param name="Text">The CPU driver's words.</param>
public sealed record InstanceEnd(int Core, string Name, int Status, string Text);

/// <summary>A record that a program in the machine printed for us: <c>@test {...}</c>, <c>@bench {...}</c>, <c>@done {...}</c>.</summary>
/// <param name="Core">The core that the line was tagged with, or none for the console's instance.</param>
/// <param name="Instance">The instance's name, when the line was tagged.</param>
/// <param name="Kind">The word after the <c>@</c>.</param>
/// <param name="Json">The object after it.</param>
public sealed record SerialRecord(int? Core, string? Instance, string Kind, string Json);

/// <summary>What a line of a machine's console says; the forms are those of the CPU driver.</summary>
public static partial class SerialLine
{
    private const int SignalBase = 128;
    private const int Refused = 126;

    /// <summary>The end of an instance, or its refusal; null for any other line.</summary>
    public static InstanceEnd? ParseEnd(string line)
    {
        var match = EndPattern().Match(line);
        // A line that starts with another tag is what that instance wrote, whatever it says.
        if (!match.Success || (match.Index > 0 && TagPattern().IsMatch(line)))
        {
            return null;
        }

        var number = match.Groups["number"];
        var status = match.Groups["how"].Value switch
        {
            "status" => Number(number.Value),
            "signal" => SignalBase + Number(number.Value),
            _ => Refused,
        };
        return new(Number(match.Groups["core"].Value), match.Groups["name"].Value, status, line);
    }

    /// <summary>The record on a line; null when there is none.</summary>
    public static SerialRecord? ParseRecord(string line)
    {
        var match = RecordPattern().Match(line);
        if (!match.Success)
        {
            return null;
        }

        var core = match.Groups["core"];
        return new(
            core.Success ? Number(core.Value) : null,
            core.Success ? match.Groups["name"].Value : null,
            match.Groups["kind"].Value,
            match.Groups["json"].Value
        );
    }

    /// <summary>A CPU driver reports its own end: a defect of ours, never of an instance.</summary>
    public static bool IsPanic(string line) => PanicPattern().IsMatch(line);

    /// <summary>The instance at the console has ended: nothing typed there is answered any more.</summary>
    public static bool IsConsoleLost(string line) =>
        ParseEnd(line) is not null
        && line.TrimEnd()
            .EndsWith("; the console's input goes to nobody now", StringComparison.Ordinal);

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"\[(?<core>\d{1,9}) (?<name>[^\]\s]+)\]: (?:ended: (?<how>status|signal) (?<number>\d{1,9})(?!\d)|refused: )"
    )]
    private static partial Regex EndPattern();

    [GeneratedRegex(
        @"(?:\[(?<core>\d{1,9}) (?<name>[^\]\s]+)\] )?@(?<kind>[a-z]+) (?<json>\{.*\})\s*$"
    )]
    private static partial Regex RecordPattern();

    [GeneratedRegex(@"^\[\d+ [^\]\s]+\] ")]
    private static partial Regex TagPattern();

    /// <summary>A CPU driver has said something: from now on keys are kept for who will read them.</summary>
    [GeneratedRegex(@"\[\d+\] \S")]
    public static partial Regex DriverPattern();

    [GeneratedRegex(@"\[\d+\] PANIC:")]
    private static partial Regex PanicPattern();
}

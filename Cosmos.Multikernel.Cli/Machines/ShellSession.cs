using System.Globalization;
using System.Text.RegularExpressions;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>What a command of the shell did.</summary>
/// <param name="Status">Its status, or null when the machine ended or restarted while it ran.</param>
/// <param name="Output">What it printed; other cores' lines that came meanwhile are among it.</param>
/// <param name="Restarted">The machine restarted: there is a shell again.</param>
public sealed record ShellResult(int? Status, string Output, bool Restarted = false);

/// <summary>
/// Drives the shell over the serial line, as a user does by hand. The shell frames what it prints by the marks of
/// OSC 133 (semantic prompts), so we never guess where a prompt or a result ends.
/// </summary>
public sealed partial class ShellSession(VirtualMachine machine)
{
    private int _position;

    /// <summary>Waits until the shell is ready for a command.</summary>
    /// <exception cref="MachineException">The machine ended, or the limit passed.</exception>
    public async Task WaitForPromptAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var prompt = await machine
            .ExpectAsync(PromptEnd(), limit, cancellation, _position)
            .ConfigureAwait(false);
        _position += prompt.Index + prompt.Length;
    }

    /// <summary>Runs one command and waits for its end.</summary>
    /// <param name="command">The command, without Enter.</param>
    /// <param name="print">Receives the command's output as it comes.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends the wait, not the machine.</param>
    /// <exception cref="MachineException">The limit passed, or the machine was gone before the command was sent.</exception>
    public async Task<ShellResult> RunAsync(
        string command,
        Action<string> print,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(limit);
        await machine.SendAsync(command + "\r", cancellation).ConfigureAwait(false);
        try
        {
            return await ReadResultAsync(print, timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MachineException(
                $"'{command}' did not end within {limit.TotalSeconds:0} s\n{machine.Serial.Tail(20)}"
            );
        }
    }

    /// <summary>Splits a line of commands at its semicolons; quotes keep a semicolon.</summary>
    public static IReadOnlyList<string> SplitCommands(string line)
    {
        var commands = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (i == line.Length || (line[i] == ';' && !quoted))
            {
                commands.Add(line[start..i].Trim());
                start = i + 1;
            }
        }

        return [.. commands.Where(command => command.Length > 0)];
    }

    /// <summary>Removes terminal control sequences, which a log or a pipe should not get.</summary>
    public static string RemoveControls(string text) => ControlSequence().Replace(text, "");

    private async Task<ShellResult> ReadResultAsync(
        Action<string> print,
        CancellationToken cancellation
    )
    {
        int? outputStart = null;
        var printed = 0;
        while (true)
        {
            var text = machine.Serial.From(_position);
            if (outputStart is null && OutputStart().Match(text) is { Success: true } begin)
            {
                outputStart = printed = begin.Index + begin.Length;
            }

            if (outputStart is { } start)
            {
                var end = CommandEnd().Match(text, printed);
                // A prompt before the command's end: another shell's, after a restart.
                var prompt = end.Success ? Match.Empty : PromptStart().Match(text, printed);
                var upTo =
                    end.Success ? end.Index
                    : prompt.Success ? prompt.Index
                    : SafeLength(text);
                if (upTo > printed)
                {
                    print(text[printed..upTo]);
                    printed = upTo;
                }

                if (prompt.Success)
                {
                    _position += prompt.Index;
                    return new(null, text[start..prompt.Index], Restarted: true);
                }

                if (end.Success)
                {
                    _position += end.Index + end.Length;
                    var status = int.Parse(
                        end.Groups["status"].Value,
                        CultureInfo.InvariantCulture
                    );
                    return new(status, text[start..end.Index]);
                }
            }

            if (
                !await machine
                    .Serial.WaitForMoreAsync(_position + text.Length, cancellation)
                    .ConfigureAwait(false)
            )
            {
                var rest = text[(outputStart ?? 0)..];
                print(rest[Math.Max(0, printed - (outputStart ?? 0))..]);
                return new(null, rest);
            }
        }
    }

    // A mark may have arrived by half: what follows the last escape character waits for the rest.
    private static int SafeLength(string text)
    {
        const int LongestMark = 600;
        var escape = text.LastIndexOf('\e');
        return escape >= 0 && text.Length - escape < LongestMark ? escape : text.Length;
    }

    [GeneratedRegex(@"\e\]133;A\a")]
    private static partial Regex PromptStart();

    [GeneratedRegex(@"\e\]133;B\a")]
    private static partial Regex PromptEnd();

    [GeneratedRegex(@"\e\]133;C\a")]
    private static partial Regex OutputStart();

    [GeneratedRegex(@"\e\]133;D;(?<status>-?\d+)\a")]
    private static partial Regex CommandEnd();

    [GeneratedRegex(@"\e\][^\a\e]*(?:\a|\e\\)|\e\[[0-?]*[ -/]*[@-~]|\e[@-Z\\^_]")]
    private static partial Regex ControlSequence();
}

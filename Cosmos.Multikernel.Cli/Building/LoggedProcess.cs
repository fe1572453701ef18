using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Building;

/// <summary>Runs a tool with its output in a log; when it fails, finds the lines that say why.</summary>
public static partial class LoggedProcess
{
    private const int DetailLines = 3;

    /// <param name="what">What the tool does, for the user: "building samples/Shell".</param>
    /// <param name="logName">The log's file name, without extension.</param>
    /// <param name="program">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Ends the tool and its children.</param>
    /// <param name="onLine">Also receives each line as it comes.</param>
    /// <param name="failureIsFatal">Throws when the tool does not return 0; otherwise the status is returned.</param>
    /// <exception cref="CommandFailure">The tool is missing, or it failed.</exception>
    public static async Task<int> RunAsync(
        string what,
        string logName,
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellation,
        Action<string>? onLine = null,
        bool failureIsFatal = true
    )
    {
        var logFile = Path.Combine(Repository.Logs, logName + ".log");
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        process.StandardInput.Close();
        var lines = new List<string>();
        using (var log = new StreamWriter(logFile))
        {
            var pumps = Task.WhenAll(Pump(process.StandardOutput), Pump(process.StandardError));
            try
            {
                await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            await pumps.ConfigureAwait(false);

            async Task Pump(StreamReader reader)
            {
                while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
                {
                    lock (lines)
                    {
                        lines.Add(line);
                        log.WriteLine(line);
                        onLine?.Invoke(line);
                    }
                }
            }
        }

        return process.ExitCode == 0 || !failureIsFatal
            ? process.ExitCode
            : throw new CommandFailure($"{what} failed", Details(lines), logFile);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new CommandFailure($"{start.FileName} is not installed");
        }
    }

    // The first errors are the causes, later ones mostly their consequences.
    private static IReadOnlyList<string> Details(List<string> lines)
    {
        var errors = lines
            .Where(line => ErrorPattern().IsMatch(line))
            .Select(line => ProjectSuffix().Replace(line.Trim(), ""))
            .Distinct()
            .Take(DetailLines)
            .ToList();
        return errors.Count > 0
            ? errors
            : [.. lines.Where(line => line.Trim().Length > 0).TakeLast(DetailLines)];
    }

    // MSBuild's count of errors is none.
    [GeneratedRegex(@"\berror\b(?!\(s\))|^E: ", RegexOptions.IgnoreCase)]
    private static partial Regex ErrorPattern();

    [GeneratedRegex(@" \[[^\]]*proj\]$")]
    private static partial Regex ProjectSuffix();
}

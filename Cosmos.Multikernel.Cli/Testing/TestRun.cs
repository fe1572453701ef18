using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Testing;

/// <summary>Runs the test project and follows it: failures at once, the count every few seconds.</summary>
internal static partial class TestRun
{
    // The log with all that the test host says.
    private const string LogName = "test";

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    public static async Task<TestCount> RunAsync(string? filter, CancellationToken cancellation)
    {
        var progress = new Progress();
        List<string> arguments =
        [
            "test",
            Repository.TestProject,
            "--configuration",
            "Release",
            "--no-build",
            "--nologo",
            "--logger",
            "console;verbosity=normal",
        ];
        if (filter is not null)
        {
            var isExpression = filter.AsSpan().IndexOfAny("=~") >= 0;
            arguments.AddRange([
                "--filter",
                isExpression ? filter : $"FullyQualifiedName~{filter}",
            ]);
        }

        var status = 0;
        await Report
            .ProgressAsync(
                "Testing",
                async tell =>
                {
                    status = await LoggedProcess
                        .RunAsync(
                            "testing",
                            LogName,
                            "dotnet",
                            arguments,
                            cancellation,
                            line => tell(progress.Read(line)),
                            failureIsFatal: false
                        )
                        .ConfigureAwait(false);
                }
            )
            .ConfigureAwait(false);
        var count = progress.Count;
        // The test host can die without a word about the test that killed it.
        if (status != 0 && count.Failed == 0)
        {
            Report.Line($"the test host ended with status {status}");
            count = count with { Failed = 1 };
        }

        if (count.Failed > 0)
        {
            Report.Line($"log: {Path.Combine(Repository.Logs, LogName + ".log")}");
        }

        return count;
    }

    private sealed class Progress
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _reported;
        private int _passed;
        private int _failed;
        private int _skipped;
        private int _all;
        private bool _isInFailure;

        public TestCount Count => new(_passed, _failed, _skipped);

        /// <summary>Reads a line of the test host's; gives the part of the tests that are done.</summary>
        public double Read(string line)
        {
            var match = ResultPattern().Match(line);
            if (CountPattern().Match(line) is { Success: true } count)
            {
                _all = int.Parse(count.Groups["all"].Value, CultureInfo.InvariantCulture);
            }
            else if (match.Success)
            {
                Add(match.Groups["outcome"].Value, match.Groups["name"].Value);
            }
            else if (line.StartsWith("  Stack Trace:", StringComparison.Ordinal))
            {
                // The message says what was wrong; where the assertion stands is in the log.
                _isInFailure = false;
            }
            else if (_isInFailure && line.Length > 0)
            {
                Report.Line(line);
            }

            return _all == 0 ? 0 : (double)(_passed + _failed + _skipped) / _all;
        }

        private void Add(string outcome, string name)
        {
            _isInFailure = outcome == "Failed";
            switch (outcome)
            {
                case "Passed":
                    _passed++;
                    break;
                case "Failed":
                    _failed++;
                    Report.Line($"FAILED {name}");
                    break;
                default:
                    _skipped++;
                    Report.Line($"skipped {name}");
                    break;
            }

            // On a terminal a bar shows it.
            if (!Report.IsInteractive && _clock.Elapsed - _reported >= ProgressInterval)
            {
                _reported = _clock.Elapsed;
                Report.Line($"{_clock.Elapsed.TotalSeconds, 4:0} s: {Count} ... {name}");
            }
        }
    }

    [GeneratedRegex(@"^  (?<outcome>Passed|Failed|Skipped) (?<name>.+?)(?: \[[^\]]*\])?$")]
    private static partial Regex ResultPattern();

    [GeneratedRegex(@"discovered (?<all>\d+) of \d+ NUnit test cases")]
    private static partial Regex CountPattern();
}

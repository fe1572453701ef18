using System.Diagnostics;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Testing;

/// <summary>Runs the test project and follows it: failures at once, the count every few seconds.</summary>
internal static partial class TestRun
{
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

        var status = await LoggedProcess
            .RunAsync(
                "testing",
                "test",
                "dotnet",
                arguments,
                cancellation,
                progress.Read,
                failureIsFatal: false
            )
            .ConfigureAwait(false);
        var count = progress.Count;
        // The test host can die without a word about the test that killed it.
        if (status != 0 && count.Failed == 0)
        {
            Report.Line($"the test host ended with status {status}; see artifacts/logs/test.log");
            return count with { Failed = 1 };
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
        private bool _isInFailure;

        public TestCount Count => new(_passed, _failed, _skipped);

        public void Read(string line)
        {
            var match = ResultPattern().Match(line);
            if (match.Success)
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
                Console.Error.WriteLine(line);
            }
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
                    Console.Error.WriteLine($"FAILED {name}");
                    break;
                default:
                    _skipped++;
                    Console.Error.WriteLine($"skipped {name}");
                    break;
            }

            if (_clock.Elapsed - _reported >= ProgressInterval)
            {
                _reported = _clock.Elapsed;
                Report.Line($"{_clock.Elapsed.TotalSeconds, 4:0} s: {Count} ... {name}");
            }
        }
    }

    [GeneratedRegex(@"^  (?<outcome>Passed|Failed|Skipped) (?<name>.+?)(?: \[[^\]]*\])?$")]
    private static partial Regex ResultPattern();
}

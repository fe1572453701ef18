using System.CommandLine;
using System.Text.Json;
using Cosmos.Multikernel.Cli.Benchmarks;
using Cosmos.Multikernel.Cli.Benchmarks.Linux;
using Cosmos.Multikernel.Cli.Benchmarks.Plots;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Setup;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>bench</c>: runs a suite of measurements, prints a table and writes its rows as JSON.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // Goals hold '<' and '>', which are for people to read.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Argument<string?> Suite = new("suite")
    {
        Description = "The suite, such as boot. Without one the suites are listed.",
        DefaultValueFactory = _ => null,
    };

    private static readonly Option<bool> Check = new("--check")
    {
        Description = "Fail when a goal is missed.",
    };

    private static readonly Option<bool> AgainstLinux = new("--against-linux")
    {
        Description = "Measure the same on Debian's Linux, in the same machine, and compare.",
    };

    private static readonly Option<bool> DevicesFirst = new("--devices-first")
    {
        Description =
            "Give the emulated devices real-time priority on this host, as if they had a processor of their own; in suites of rounds.",
    };

    public static Command Create()
    {
        var command = new Command(
            "bench",
            "Measure: prints a table; writes the rows to artifacts/bench/SUITE.json, and plots beside it."
        )
        {
            Suite,
            Check,
            AgainstLinux,
            DevicesFirst,
        };
        command.SetAction(
            (arguments, cancellation) =>
                RunAsync(
                    arguments.GetValue(Suite),
                    arguments.GetValue(Check),
                    arguments.GetValue(AgainstLinux),
                    arguments.GetValue(DevicesFirst),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string? name,
        bool check,
        bool againstLinux,
        bool devicesFirst,
        CancellationToken cancellation
    )
    {
        if (name is null)
        {
            foreach (var suiteName in BenchSuite.Names)
            {
                Console.WriteLine($"{suiteName}: {BenchSuite.Read(suiteName).Title}");
            }

            return 0;
        }

        var suite = BenchSuite.Read(name);
        if (againstLinux && suite.Parts.All(part => part.Linux is null))
        {
            throw new CommandFailure($"nothing of the suite '{name}' runs on Linux as well");
        }

        await Installer.EnsureAsync(cancellation).ConfigureAwait(false);
        var linux = againstLinux
            ? await LinuxPackage.EnsureAsync(cancellation).ConfigureAwait(false)
            : null;
        await BuildAsync(suite, cancellation).ConfigureAwait(false);
        var records = new List<SerialRecord>();
        foreach (var (number, part) in suite.Parts.Index())
        {
            var run = suite.Parts.Count == 1 ? name : $"{name}-{number + 1}";
            await Report
                .StepAsync(
                    $"Measuring {name}: {Path.GetFileNameWithoutExtension(part.Project)} {part.Arguments}",
                    async () =>
                        records.AddRange(
                            await BenchRun
                                .RunAsync(
                                    run,
                                    part with
                                    {
                                        DevicesFirst = devicesFirst || part.DevicesFirst,
                                    },
                                    linux,
                                    cancellation
                                )
                                .ConfigureAwait(false)
                        )
                )
                .ConfigureAwait(false);
        }

        var rows = BenchRow.Collect(name, suite, records);
        BenchTable.Print(suite.Title, rows);
        var file = Path.Combine(
            Directory.CreateDirectory(Path.Combine(Repository.Artifacts, "bench")).FullName,
            name + ".json"
        );
        await File.WriteAllTextAsync(
                file,
                JsonSerializer.Serialize(rows, Format) + "\n",
                cancellation
            )
            .ConfigureAwait(false);
        Report.Line(Repository.Relative(file));
        foreach (
            var plot in (string[])
                [
                    .. LinePlot.WriteAll(name, BenchPoint.ReadAll(records)),
                    .. RatioPlot.WriteAll(name, rows),
                ]
        )
        {
            Report.Line(Repository.Relative(plot));
        }

        var missed = rows.Where(row => row.Met == false).Select(row => row.Name).ToList();
        return missed.Count == 0 || !check
            ? 0
            : throw new CommandFailure($"{missed.Count} goals missed: {string.Join(", ", missed)}");
    }

    private static async Task BuildAsync(BenchSuite suite, CancellationToken cancellation)
    {
        var inMachine = suite.Parts.Any(part => part.Runs == BenchPlace.Machine);
        if (inMachine)
        {
            var driver = Path.Combine(
                Repository.Root,
                "Cosmos.Multikernel.CpuDriver/Cosmos.Multikernel.CpuDriver.csproj"
            );
            await Report
                .StepAsync(
                    "Building the CPU driver",
                    () => DotnetBuild.RunAsync(driver, "build-cpudriver", cancellation)
                )
                .ConfigureAwait(false);
        }

        string[] publish =
        [
            "-target:PublishInstance",
            "--property:CosmosInstanceOnly=true;_IsPublishing=true",
        ];
        var projects = suite
            .Parts.Select(part => (part.ProjectFile, part.Runs))
            .Concat(
                suite
                    .Parts.SelectMany(BenchMachine.FurtherProjects)
                    .Select(project => (project, BenchPlace.Machine))
            )
            .Distinct();
        foreach (var (project, place) in projects)
        {
            await Report
                .StepAsync(
                    $"Building {Repository.Relative(project)}",
                    () =>
                        DotnetBuild.RunAsync(
                            project,
                            "build-bench",
                            cancellation,
                            place == BenchPlace.Machine ? publish : []
                        )
                )
                .ConfigureAwait(false);
        }
    }
}

using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>Runs a suite's program and collects its records.</summary>
internal static class BenchRun
{
    private const int Cores = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static Task<IReadOnlyList<SerialRecord>> RunAsync(
        string name,
        BenchSuite suite,
        CancellationToken cancellation
    ) =>
        suite.Runs == BenchPlace.Machine
            ? RunInMachineAsync(name, suite, cancellation)
            : RunOnHostAsync(name, suite, cancellation);

    private static async Task<IReadOnlyList<SerialRecord>> RunInMachineAsync(
        string name,
        BenchSuite suite,
        CancellationToken cancellation
    )
    {
        var image = Path.Combine(Repository.Artifacts, "iso", $"bench-{name}.iso");
        // With a monitor on every core, as on every image that the Sdk makes: its cost counts.
        var module = new ImageModule("bench", suite.ProgramFile, "all");
        try
        {
            ImageWriter.Write(
                new(Repository.CpuDriver, "", [module, Repository.MonitorModule]),
                image
            );
        }
        catch (ImageException failure)
        {
            throw new CommandFailure(failure.Message);
        }

        var options = new MachineOptions(image)
        {
            Cores = Cores,
            Deterministic = true,
            SerialLog = Path.Combine(Repository.Logs, $"bench-{name}.serial.log"),
        };
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(Limit);
        await using var machine = await VirtualMachine
            .StartAsync(options, timer.Token)
            .ConfigureAwait(false);
        try
        {
            return await CollectAsync(machine, timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure($"not done after {Limit.TotalMinutes:0} minutes", machine);
        }
    }

    private static async Task<IReadOnlyList<SerialRecord>> CollectAsync(
        VirtualMachine machine,
        CancellationToken cancellation
    )
    {
        var records = new List<SerialRecord>();
        var running = Enumerable.Range(0, Cores).ToHashSet();
        await foreach (var line in machine.Serial.LinesAsync(0, cancellation).ConfigureAwait(false))
        {
            if (SerialLine.ParseRecord(line) is { } record)
            {
                records.Add(record);
                if (record is { Kind: "done", Core: { } done })
                {
                    running.Remove(done);
                }
            }
            else if (SerialLine.ParseEnd(line) is { } end)
            {
                if (end.Status != 0)
                {
                    throw Failure(end.Text.Trim(), machine);
                }

                running.Remove(end.Core);
            }

            if (running.Count == 0)
            {
                return records;
            }
        }

        throw Failure("the machine ended before its cores were done", machine);
    }

    private static async Task<IReadOnlyList<SerialRecord>> RunOnHostAsync(
        string name,
        BenchSuite suite,
        CancellationToken cancellation
    )
    {
        var records = new List<SerialRecord>();
        await LoggedProcess
            .RunAsync(
                $"bench {name}",
                $"bench-{name}",
                "dotnet",
                [suite.ProgramFile],
                cancellation,
                line =>
                {
                    if (SerialLine.ParseRecord(line) is { } record)
                    {
                        records.Add(record);
                    }
                }
            )
            .ConfigureAwait(false);
        return records;
    }

    private static CommandFailure Failure(string what, VirtualMachine machine) =>
        new(
            what,
            ShellSession.RemoveControls(machine.Serial.Tail(3)).Split('\n'),
            Repository.Relative(machine.Options.SerialLog!)
        );
}

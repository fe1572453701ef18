using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>Runs a suite's program and collects its records.</summary>
internal static class BenchRun
{
    private const string DefaultInstance = "bench";

    /// <summary>Runs one part of a suite; <paramref name="name"/> is for its image and logs.</summary>
    public static Task<IReadOnlyList<SerialRecord>> RunAsync(
        string name,
        BenchPart part,
        CancellationToken cancellation
    ) =>
        part.Runs == BenchPlace.Machine
            ? RunInMachineAsync(name, part, cancellation)
            : RunOnHostAsync(name, part, cancellation);

    private static async Task<IReadOnlyList<SerialRecord>> RunInMachineAsync(
        string name,
        BenchPart part,
        CancellationToken cancellation
    )
    {
        var image = Path.Combine(Repository.Artifacts, "iso", $"bench-{name}.iso");
        var modules = (part.Instances ?? [$"{DefaultInstance} all"])
            .Select(instance => instance.Split(' ', 2))
            .Select(fields => new ImageModule(
                fields[0],
                part.ProgramFile,
                fields[1],
                Arguments: part.Arguments,
                Devices: part.Devices
            ))
            .ToList();

        // Those that will say that they are done: a monitor, added below, never is.
        var count = modules.Sum(module => CoreList.Expand(module.Cores, part.Cores).Count);
        try
        {
            // With a monitor on every core, as on every image that the Sdk makes: its cost counts. Not where a part speaks to
            // the CPU driver below monitors, which would have to permit its channels.
            if (part.Monitors)
            {
                modules.Add(Repository.MonitorModule);
            }

            ImageWriter.Write(new(Repository.CpuDriver, "", modules), image);
        }
        catch (ImageException failure)
        {
            throw new CommandFailure(failure.Message);
        }

        var options = new MachineOptions(image)
        {
            Cores = part.Cores,
            Deterministic = part.Counted,
            Memory = part.Memory,
            SerialLog = Path.Combine(Repository.Logs, $"bench-{name}.serial.log"),
        };
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(TimeSpan.FromMinutes(part.Minutes));
        await using var machine = await VirtualMachine
            .StartAsync(options, timer.Token)
            .ConfigureAwait(false);
        try
        {
            // In the host's time it is the host's scheduler that one would measure.
            if (
                !part.Counted
                && !await machine.TakeProcessorsAsync(timer.Token).ConfigureAwait(false)
            )
            {
                Report.Line(
                    $"{name}: this user may not give the machine processors of its own: its tails are this host's"
                );
            }

            return await CollectAsync(machine, count, timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure($"not done after {part.Minutes} minutes", machine);
        }
    }

    private static async Task<IReadOnlyList<SerialRecord>> CollectAsync(
        VirtualMachine machine,
        int running,
        CancellationToken cancellation
    )
    {
        var records = new List<SerialRecord>();
        await foreach (var line in machine.Serial.LinesAsync(0, cancellation).ConfigureAwait(false))
        {
            if (SerialLine.ParseRecord(line) is { } record)
            {
                records.Add(record);
                if (record.Kind == "done")
                {
                    running--;
                }
            }
            else if (SerialLine.ParseEnd(line) is { } end)
            {
                if (end.Status != 0)
                {
                    throw Failure(end.Text.Trim(), machine);
                }
            }

            if (running == 0)
            {
                return records;
            }
        }

        throw Failure("the machine ended before its cores were done", machine);
    }

    private static async Task<IReadOnlyList<SerialRecord>> RunOnHostAsync(
        string name,
        BenchPart part,
        CancellationToken cancellation
    )
    {
        var records = new List<SerialRecord>();
        await LoggedProcess
            .RunAsync(
                $"bench {name}",
                $"bench-{name}",
                "dotnet",
                [
                    part.ProgramFile,
                    .. part.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                ],
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

using Cosmos.Multikernel.Cli.Benchmarks.Linux;
using Cosmos.Multikernel.Cli.Benchmarks.Rounds;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>Runs a suite's program and collects its records.</summary>
internal static class BenchRun
{
    /// <summary>Runs one part of a suite.</summary>
    /// <param name="name">For its image and logs.</param>
    /// <param name="part">The part.</param>
    /// <param name="linux">The Linux to compare with, where the part can run there as well; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Task<IReadOnlyList<SerialRecord>> RunAsync(
        string name,
        BenchPart part,
        LinuxKernel? linux,
        CancellationToken cancellation
    ) =>
        part.Runs == BenchPlace.Host ? RunOnHostAsync(name, part, cancellation)
        : part.Rounds == 0 ? RunInMachineAsync(name, part, cancellation)
        : BenchRounds.RunAsync(name, part, part.Linux is null ? null : linux, cancellation);

    private static async Task<IReadOnlyList<SerialRecord>> RunInMachineAsync(
        string name,
        BenchPart part,
        CancellationToken cancellation
    )
    {
        var (options, count) = BenchMachine.OfMultikernel(name, part);
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
            throw BenchMachine.Failure($"not done after {part.Minutes} minutes", machine);
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
                    throw BenchMachine.Failure(end.Text.Trim(), machine);
                }
            }

            if (running == 0)
            {
                return records;
            }
        }

        throw BenchMachine.Failure("the machine ended before its cores were done", machine);
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
}

using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Running;

/// <summary><c>run --with</c> alone: boots the programs, prints all that the machine says, ends when all of them have.</summary>
internal static class InstanceRun
{
    /// <returns>The programs' exit status when they agree on one, otherwise the first that is not 0.</returns>
    public static async Task<int> RunAsync(
        MachineOptions options,
        IReadOnlyList<AddedInstance> instances,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var waiting = instances
            .SelectMany(instance =>
                instance.CoresOf(options.Cores).Select(core => (core, instance.Module.Name))
            )
            .ToHashSet();
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(limit);
        await using var machine = await VirtualMachine
            .StartAsync(options, timer.Token)
            .ConfigureAwait(false);
        var status = 0;
        try
        {
            await foreach (
                var raw in machine.Serial.LinesAsync(0, timer.Token).ConfigureAwait(false)
            )
            {
                var line = ShellSession.RemoveControls(raw);
                Console.WriteLine(line);
                if (SerialLine.IsPanic(line))
                {
                    throw new CommandFailure(line.Trim());
                }

                if (SerialLine.ParseEnd(line) is { } end && waiting.Remove((end.Core, end.Name)))
                {
                    status = status == 0 ? end.Status : status;
                    if (waiting.Count == 0)
                    {
                        return status;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure(
                $"not ended after {limit.TotalSeconds:0} s: {Describe(waiting)}",
                machine
            );
        }

        throw Failure($"the machine ended before {Describe(waiting)} did", machine);
    }

    private static string Describe(IEnumerable<(int Core, string Name)> waiting) =>
        string.Join(", ", waiting.Order().Select(item => $"{item.Name} on core {item.Core}"));

    private static CommandFailure Failure(string what, VirtualMachine machine) =>
        new(
            what,
            [.. machine.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3)],
            machine.Options.SerialLog is { } log ? Repository.Relative(log) : null
        );
}

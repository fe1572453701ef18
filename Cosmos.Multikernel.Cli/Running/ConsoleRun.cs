using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Running;

/// <summary>
/// <c>run</c> without a script: the serial console is the user's terminal. Where standard input is no terminal, what it
/// holds is typed into the machine, and what the machine says is printed.
/// </summary>
internal static class ConsoleRun
{
    public static async Task<int> RunAsync(
        MachineOptions options,
        TimeSpan? limit,
        CancellationToken cancellation
    )
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (limit is { } time)
        {
            timer.CancelAfter(time);
        }

        try
        {
            if (
                options.Kind != MachineKind.Bochs
                && options.HostedLayout is null
                && !Console.IsInputRedirected
                && !Console.IsOutputRedirected
            )
            {
                Report.Line("Ctrl+A X ends the machine");
                return await QemuMachine
                    .RunOnTerminalAsync(options, timer.Token)
                    .ConfigureAwait(false);
            }

            return await PumpAsync(options, timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailure(
                $"the machine still ran after {limit!.Value.TotalSeconds:0} s"
            );
        }
    }

    private static async Task<int> PumpAsync(MachineOptions options, CancellationToken cancellation)
    {
        await using var machine = await VirtualMachine
            .StartAsync(options, cancellation)
            .ConfigureAwait(false);
        var pump = new TerminalPump(machine);
        var status = await pump.RunAsync(cancellation).ConfigureAwait(false);
        return status == 0
            ? 0
            : throw new CommandFailure(
                $"the emulator ended with status {status}",
                [.. machine.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3)]
            );
    }
}

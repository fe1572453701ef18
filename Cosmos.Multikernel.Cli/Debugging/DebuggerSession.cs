using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Running;

namespace Cosmos.Multikernel.Cli.Debugging;

/// <summary>A machine that waits at its first instruction, and who lets it go on. The machine ends with the debugger.</summary>
internal static class DebuggerSession
{
    private const string Gdb = "gdb";

    /// <summary>Runs gdb on this terminal, or with a script.</summary>
    /// <returns>gdb's exit status.</returns>
    public static async Task<int> RunGdbAsync(
        MachineOptions options,
        int port,
        string symbols,
        string? script
    )
    {
        await using var machine = await StartAsync(options).ConfigureAwait(false);
        Report.Line($"The machine's console goes to {Repository.Relative(options.SerialLog!)}");
        List<string> arguments =
        [
            "-quiet",
            "-iex",
            // gdb must not ask other machines for symbols.
            "set debuginfod enabled off",
            "-x",
            symbols,
            "-ex",
            $"target remote 127.0.0.1:{port}",
        ];
        if (script is not null)
        {
            arguments.AddRange(["-batch", "-x", script]);
        }

        // Ctrl+C interrupts the cores, not us.
        Console.CancelKeyPress += (_, press) => press.Cancel = true;
        using var gdb = EmulatorProcess.Start(Gdb, arguments, ownsTerminal: true);
        await gdb.WaitForExitAsync().ConfigureAwait(false);
        return gdb.ExitCode;
    }

    /// <summary>Waits for a debugger to attach; shows the machine's console until the machine ends.</summary>
    public static async Task<int> WaitAsync(
        MachineOptions options,
        int port,
        string symbols,
        CancellationToken cancellation
    )
    {
        await using var machine = await StartAsync(options).ConfigureAwait(false);

        // .vscode/tasks.json waits for this line.
        Report.Line(
            $"Waiting for a debugger on 127.0.0.1:{port}; its symbols: {Repository.Relative(symbols)}"
        );
        return await new TerminalPump(machine).RunAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task<VirtualMachine> StartAsync(MachineOptions options)
    {
        var machine = await VirtualMachine
            .StartAsync(options, CancellationToken.None)
            .ConfigureAwait(false);

        // A port that is taken ends QEMU at once.
        var early = await Task.WhenAny(machine.Exited, Task.Delay(300)).ConfigureAwait(false);
        if (early == machine.Exited)
        {
            var errors = machine.Errors;
            await machine.DisposeAsync().ConfigureAwait(false);
            throw new CommandFailure($"QEMU did not start: {errors}");
        }

        return machine;
    }
}

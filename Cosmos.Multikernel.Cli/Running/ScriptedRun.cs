using System.Diagnostics;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Running;

/// <summary><c>run --exec</c>: the shell's commands by script. Prints what they print; the first that fails ends it.</summary>
internal static class ScriptedRun
{
    // These end the machine, so that no status comes back.
    private static readonly string[] EndingCommands = ["shutdown", "reboot"];

    /// <summary>Whether a command ends the machine, so that none can follow it.</summary>
    public static bool EndsMachine(string command) =>
        EndingCommands.Contains(command.Split(' ')[0]);

    /// <returns>0, or 1 when a command failed, the machine died, a CPU driver panicked, or the limit passed.</returns>
    public static async Task<int> RunAsync(
        MachineOptions options,
        IReadOnlyList<string> commands,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        await using var machine = await VirtualMachine
            .StartAsync(options, cancellation)
            .ConfigureAwait(false);
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var loss = WatchAsync(machine, watched);
        try
        {
            return await RunAsync(machine, commands, limit, watched.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure(await loss.ConfigureAwait(false), machine);
        }
        finally
        {
            await watched.CancelAsync().ConfigureAwait(false);
        }
    }

    // Ends the waits when nothing will answer them: the shell's instance has ended, or a CPU driver. Returns the line that
    // says so.
    private static async Task<string> WatchAsync(
        VirtualMachine machine,
        CancellationTokenSource waits
    )
    {
        try
        {
            await foreach (
                var raw in machine.Serial.LinesAsync(0, waits.Token).ConfigureAwait(false)
            )
            {
                var line = ShellSession.RemoveControls(raw);
                if (SerialLine.IsPanic(line) || SerialLine.IsConsoleLost(line))
                {
                    await waits.CancelAsync().ConfigureAwait(false);
                    return line.Trim();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run came to its end first.
        }

        return "";
    }

    private static async Task<int> RunAsync(
        VirtualMachine machine,
        IReadOnlyList<string> commands,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var clock = Stopwatch.StartNew();
        var shell = new ShellSession(machine);
        await WaitForPromptAsync(machine, shell, Left(), cancellation).ConfigureAwait(false);
        foreach (var (index, command) in commands.Index())
        {
            Console.WriteLine($"> {command}");
            var result = await RunAsync(machine, shell, command, Left(), cancellation)
                .ConfigureAwait(false);
            if (result.Restarted && command.Split(' ')[0] == "reboot")
            {
                await WaitForPromptAsync(machine, shell, Left(), cancellation)
                    .ConfigureAwait(false);
                continue;
            }

            if (result.Restarted)
            {
                throw Failure($"the machine restarted while '{command}' ran", machine);
            }

            if (result.Status is null)
            {
                return await EndAsync(machine, command, isLast: index == commands.Count - 1)
                    .ConfigureAwait(false);
            }

            if (result.Status != 0)
            {
                throw Failure($"'{command}' failed with status {result.Status}", machine);
            }

            await WaitForPromptAsync(machine, shell, Left(), cancellation).ConfigureAwait(false);
        }

        return CheckPanic(machine);

        TimeSpan Left() => limit > clock.Elapsed ? limit - clock.Elapsed : TimeSpan.Zero;
    }

    private static async Task WaitForPromptAsync(
        VirtualMachine machine,
        ShellSession shell,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        try
        {
            await shell.WaitForPromptAsync(limit, cancellation).ConfigureAwait(false);
        }
        catch (MachineException)
        {
            throw Failure(
                machine.Exited.IsCompleted
                    ? "the machine ended before the shell was ready"
                    : "the shell was not ready in time",
                machine
            );
        }
    }

    private static async Task<ShellResult> RunAsync(
        VirtualMachine machine,
        ShellSession shell,
        string command,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        try
        {
            return await shell.RunAsync(command, Print, limit, cancellation).ConfigureAwait(false);
        }
        catch (MachineException)
        {
            throw Failure($"'{command}' had not ended when the time limit passed", machine);
        }
    }

    private static async Task<int> EndAsync(VirtualMachine machine, string command, bool isLast)
    {
        var status = await machine.Exited.ConfigureAwait(false);
        if (!EndsMachine(command))
        {
            throw Failure($"the machine ended while '{command}' ran", machine);
        }

        // Bochs reports the end of its machine as 1, however it came about.
        if (status != 0 && machine.Options.Kind != MachineKind.Bochs)
        {
            throw Failure($"the emulator ended with status {status}", machine);
        }

        return isLast
            ? CheckPanic(machine)
            : throw Failure($"'{command}' was not the last command", machine);
    }

    private static int CheckPanic(VirtualMachine machine)
    {
        var panic = machine.Serial.From(0).Split('\n').FirstOrDefault(SerialLine.IsPanic);
        return panic is null ? 0 : throw Failure(panic.Trim(), machine);
    }

    private static CommandFailure Failure(string what, VirtualMachine machine)
    {
        var text = ShellSession.RemoveControls(machine.Serial.Tail(8)).Split('\n');
        List<string> lines =
        [
            .. text.Select(line => line.Trim()).Where(line => line.Length > 0),
            .. machine.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        ];
        return new(
            what,
            [.. lines.TakeLast(3)],
            machine.Options.SerialLog is { } log ? Repository.Relative(log) : null
        );
    }

    private static void Print(string text)
    {
        var plain = Console.IsOutputRedirected
            ? ShellSession.RemoveControls(text).Replace("\r", "")
            : text;
        Console.Write(plain);
    }
}

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>
/// Starts emulators so that none outlives us, even when we are killed: <c>setpriv --pdeathsig</c> asks Linux to end the
/// child with its parent. Linux means the parent <em>thread</em>, so all are started by one thread that never ends.
/// </summary>
internal static class EmulatorProcess
{
    private const string Guard = "/usr/bin/setpriv";
    private static readonly BlockingCollection<Action> Requests = [];

    static EmulatorProcess()
    {
        var launcher = new Thread(() =>
        {
            foreach (var request in Requests.GetConsumingEnumerable())
            {
                request();
            }
        })
        {
            IsBackground = true,
            Name = "Emulator launcher",
        };
        launcher.Start();
    }

    /// <exception cref="MachineException">The program is not there.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, bool ownsTerminal)
    {
        if (FindProgram(program) is not { } path)
        {
            throw new MachineException(
                $"{program} is not installed; './build.sh setup' installs it"
            );
        }

        List<string> command = [path, .. arguments];
        if (File.Exists(Guard))
        {
            command.InsertRange(0, [Guard, "--pdeathsig", "KILL", "--"]);
        }

        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = !ownsTerminal,
            RedirectStandardOutput = !ownsTerminal,
            RedirectStandardError = !ownsTerminal,
        };
        var started = new TaskCompletionSource<Process>();
        Requests.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Win32Exception failure)
            {
                started.SetException(new MachineException($"{program}: {failure.Message}"));
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static string? FindProgram(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}

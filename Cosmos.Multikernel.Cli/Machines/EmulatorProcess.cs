using System.ComponentModel;
using System.Diagnostics;
using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>Starts emulators so that none outlives us: see <see cref="ParentThread"/>.</summary>
internal static class EmulatorProcess
{
    /// <exception cref="MachineException">The program is not there.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, bool ownsTerminal)
    {
        if (FindProgram(program) is not { } path)
        {
            throw new MachineException(
                $"{program} is not installed; '{Repository.Caller} setup' installs it"
            );
        }

        var command = ParentThread.Guarded([path, .. arguments]);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = !ownsTerminal,
            RedirectStandardOutput = !ownsTerminal,
            RedirectStandardError = !ownsTerminal,
        };
        try
        {
            return ParentThread.Run(() => Process.Start(start)!);
        }
        catch (Win32Exception failure)
        {
            throw new MachineException($"{program}: {failure.Message}");
        }
    }

    private static string? FindProgram(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}

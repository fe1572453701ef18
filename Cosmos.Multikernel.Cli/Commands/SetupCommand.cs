using System.CommandLine;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Setup;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>setup</c>: installs what is missing.</summary>
internal static class SetupCommand
{
    public static Command Create()
    {
        var command = new Command(
            "setup",
            "Install the programs that building and running need (build, run and test do it too)."
        );
        command.SetAction(
            async (_, cancellation) =>
            {
                await Installer.EnsureAsync(cancellation).ConfigureAwait(false);
                Report.Line($"everything is there: {Prerequisite.All.Count} packages");
                return 0;
            }
        );
        return command;
    }
}

using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Packing;
using Cosmos.Multikernel.Cli.Setup;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>pack</c>: the Sdk, the libraries and the templates as packages on a local feed.</summary>
internal static class PackCommand
{
    public static Command Create()
    {
        var command = new Command(
            "pack",
            "Make the packages that kernel projects outside this checkout use: artifacts/feed, a folder that NuGet reads."
        );
        command.SetAction(
            async (_, cancellation) =>
            {
                await Installer.EnsureAsync(cancellation).ConfigureAwait(false);
                var feed = await Feed.MakeAsync(cancellation).ConfigureAwait(false);
                Report.Line($"packages of version {feed.Version} are in {feed.Folder}");
                Report.Line("A kernel of your own:");
                Report.Line($"  dotnet new install {feed.Templates}");
                Report.Line("  dotnet new cosmos-multikernel -n MyOS && cd MyOS && dotnet run");
                return 0;
            }
        );
        return command;
    }
}

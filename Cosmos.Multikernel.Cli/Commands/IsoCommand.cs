using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Setup;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>iso</c>: one kernel project's boot image.</summary>
internal static class IsoCommand
{
    public static Command Create()
    {
        var project = new Argument<string?>("project")
        {
            Description =
                "A kernel project: its .csproj, its folder, or a sample's name. Default: samples/Shell.",
            DefaultValueFactory = _ => null,
        };
        var command = new Command("iso", "Build a kernel project's boot image, iso/NAME.iso.")
        {
            project,
        };
        command.SetAction(
            async (arguments, cancellation) =>
            {
                var kernel = KernelProject.Find(arguments.GetValue(project));
                await Installer.EnsureAsync(cancellation).ConfigureAwait(false);
                await kernel.BuildAsync(cancellation).ConfigureAwait(false);
                var image = new FileInfo(kernel.Image);
                Console.WriteLine(
                    $"{Repository.Relative(image.FullName)} {image.Length / 1e6:0.0} MB"
                );
                return 0;
            }
        );
        return command;
    }
}

using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>iso</c>: one kernel project's boot image.</summary>
internal static class IsoCommand
{
    public static Command Create()
    {
        var project = ProjectArgument.Create();
        var command = new Command("iso", "Build a kernel project's boot image, iso/NAME.iso.")
        {
            project,
        };
        command.SetAction(
            async (arguments, cancellation) =>
            {
                var kernel = KernelProject.Find(arguments.GetValue(project));
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

using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Releasing;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>release</c>: one kernel project's image with all that goes with it, to be handed on.</summary>
internal static class ReleaseCommand
{
    public static Command Create()
    {
        var project = ProjectArgument.Create();
        var command = new Command(
            "release",
            "Make NAME-VERSION.zip of a kernel: image, checksum, licences of all that is in it, and what is needed to link it anew."
        )
        {
            project,
        };
        command.SetAction(
            async (arguments, cancellation) =>
            {
                var kernel = KernelProject.Find(arguments.GetValue(project));
                await kernel.BuildAsync(cancellation).ConfigureAwait(false);
                var version = await kernel.ReadVersionAsync(cancellation).ConfigureAwait(false);
                var release = "";
                await Report
                    .StepAsync(
                        "Packing the release",
                        () => Task.Run(() => release = Release.Make(kernel, version), cancellation)
                    )
                    .ConfigureAwait(false);
                Console.WriteLine(
                    $"{Repository.Relative(release)} {new FileInfo(release).Length / 1e6:0.0} MB"
                );
                return 0;
            }
        );
        return command;
    }
}

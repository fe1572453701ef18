using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Setup;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>build</c>: everything in the solution, the samples' images included.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var command = new Command(
            "build",
            "Build everything: the CPU driver, the libraries, the samples' boot images, the tests."
        );
        command.SetAction(
            async (_, cancellation) =>
            {
                await Installer.EnsureAsync(cancellation).ConfigureAwait(false);
                var solution = Path.Combine(Repository.Root, "Cosmos.Multikernel.slnx");
                await Report
                    .StepAsync(
                        "Building Cosmos.Multikernel.slnx",
                        () => DotnetBuild.RunAsync(solution, "build", cancellation)
                    )
                    .ConfigureAwait(false);
                // One after the other: two samples may hold the same instance.
                foreach (var sample in KernelProject.Samples)
                {
                    await sample.BuildAsync(cancellation).ConfigureAwait(false);
                }

                await Report
                    .StepAsync(
                        "Building the test instances",
                        () =>
                            DotnetBuild.RunAsync(
                                Repository.TestInstances,
                                "build-instances",
                                cancellation
                            )
                    )
                    .ConfigureAwait(false);
                return 0;
            }
        );
        return command;
    }
}

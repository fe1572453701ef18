using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Building;

/// <summary>What the last build of a kernel project made.</summary>
internal enum BuiltPart
{
    /// <summary>It has to be built.</summary>
    None,

    /// <summary>The boot image and the native programs on it.</summary>
    Image,

    /// <summary>The assemblies to run hosted.</summary>
    Hosted,
}

/// <summary>What a machine is made from.</summary>
/// <param name="Kernel">The kernel project; null for the added instances alone.</param>
/// <param name="Additions">Further instances.</param>
/// <param name="Built">What of the project need not be built again.</param>
internal sealed record MachineSource(
    KernelProject? Kernel,
    IReadOnlyList<ImageModule> Additions,
    BuiltPart Built
)
{
    /// <summary>The boot image.</summary>
    /// <param name="driverArguments">Further arguments for the CPU driver.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <exception cref="CommandFailure">It does not build.</exception>
    public async Task<string> MakeImageAsync(string driverArguments, CancellationToken cancellation)
    {
        if (Kernel is null)
        {
            var driver = Path.Combine(
                Repository.Root,
                "Cosmos.Multikernel.CpuDriver/Cosmos.Multikernel.CpuDriver.csproj"
            );
            await Report
                .StepAsync(
                    "Building the CPU driver",
                    () => DotnetBuild.RunAsync(driver, "build-cpudriver", cancellation)
                )
                .ConfigureAwait(false);
            return KernelProject.WriteImageOf(Additions, driverArguments);
        }

        if (Built != BuiltPart.Image)
        {
            await Kernel.BuildAsync(cancellation).ConfigureAwait(false);
        }

        return Additions.Count > 0 || driverArguments.Length > 0
            ? Kernel.WriteImageWith(Additions, driverArguments)
            : Kernel.Image;
    }

    /// <summary>The instances to run as processes.</summary>
    /// <param name="native">The native programs of the image, instead of assemblies for the just-in-time compiler.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <exception cref="CommandFailure">It does not build.</exception>
    public async Task<ImageLayout> MakeHostedLayoutAsync(
        bool native,
        CancellationToken cancellation
    )
    {
        if (Kernel is null)
        {
            return new("", "", Additions);
        }

        if (native && Built != BuiltPart.Image)
        {
            await Kernel.BuildAsync(cancellation).ConfigureAwait(false);
        }
        else if (!native && Built != BuiltPart.Hosted)
        {
            await Kernel.BuildHostedAsync(cancellation).ConfigureAwait(false);
        }

        var file = native ? Kernel.Layout : Kernel.HostedLayout;
        if (!File.Exists(file))
        {
            throw new CommandFailure(
                $"{Repository.Relative(Kernel.ProjectFile)} has no instances to run: it has no KernelInstance items, or was not built"
            );
        }

        var layout = ImageLayout.Read(file);
        return layout with { Modules = [.. layout.Modules, .. Additions] };
    }
}

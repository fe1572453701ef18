using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Setup;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Building;

/// <summary>A project that Cosmos.Multikernel.Sdk turns into a boot image.</summary>
public sealed class KernelProject
{
    private KernelProject(string file) => ProjectFile = file;

    public string ProjectFile { get; }

    public string Name => Path.GetFileNameWithoutExtension(ProjectFile);

    /// <summary>The image that its build makes.</summary>
    public string Image =>
        Path.Combine(Repository.IsCheckout ? Repository.Root : Folder, "iso", Name + ".iso");

    /// <summary>What its build put on the image.</summary>
    public string Layout => Path.Combine(Repository.ArtifactsOf(Folder), "iso", Name + ".layout");

    /// <summary>What a build for hosted use made.</summary>
    public string HostedLayout =>
        Path.Combine(Repository.ArtifactsOf(Folder), "hosted", Name + ".layout");

    /// <summary>The folder for what is handed on of it.</summary>
    public string ReleaseFolder =>
        Path.Combine(Repository.IsCheckout ? Repository.Artifacts : Folder, "release");

    /// <summary>Its author's own licence and notices, in a project of one's own.</summary>
    public IReadOnlyList<string> LicenceFiles =>
        Repository.IsCheckout
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(Folder)
                    .Where(file =>
                        Path.GetFileNameWithoutExtension(file).ToUpperInvariant()
                            is "LICENSE"
                                or "LICENCE"
                                or "COPYING"
                    )
                    .Order(StringComparer.Ordinal),
            ];

    // As a user calls it.
    private string Place => Repository.IsCheckout ? Repository.Relative(Folder) : Name;

    private string Folder => Path.GetDirectoryName(ProjectFile)!;

    /// <summary>The projects under samples/.</summary>
    public static IReadOnlyList<KernelProject> Samples =>
        [
            .. Directory
                .GetFiles(
                    Path.Combine(Repository.Root, "samples"),
                    "*.csproj",
                    SearchOption.AllDirectories
                )
                .Order()
                .Select(file => new KernelProject(file)),
        ];

    /// <summary>Finds a project by file, by folder, or by the name of a sample.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static KernelProject Find(string? path)
    {
        path ??= Repository.DefaultProject;
        string[] places =
        [
            path,
            Path.Combine(Repository.Root, path),
            Path.Combine(Repository.Root, "samples", path),
        ];
        foreach (var place in places.Select(Path.GetFullPath))
        {
            if (File.Exists(place) && place.EndsWith(".csproj", StringComparison.Ordinal))
            {
                return new(place);
            }

            if (Directory.Exists(place) && Directory.GetFiles(place, "*.csproj") is [var only])
            {
                return new(only);
            }
        }

        throw new CommandFailure(
            $"there is no kernel project '{path}' (give a .csproj"
                + (Repository.IsCheckout ? ", its folder, or a sample's name)" : " or its folder)")
        );
    }

    /// <summary>Builds the image, and installs first what that needs; takes seconds when nothing changed.</summary>
    /// <param name="cancellation">Ends the build.</param>
    /// <param name="unoptimised">The instances as a debugger likes them: all locals, line by line.</param>
    /// <exception cref="CommandFailure">It does not build, or it makes no image.</exception>
    public async Task BuildAsync(CancellationToken cancellation, bool unoptimised = false)
    {
        await Installer.EnsureAsync(cancellation).ConfigureAwait(false);
        await Report
            .StepAsync(
                $"Building {Place}",
                () =>
                    DotnetBuild.RunAsync(
                        ProjectFile,
                        unoptimised ? "Debug" : "Release",
                        $"build-{Name}",
                        cancellation
                    )
            )
            .ConfigureAwait(false);
        if (!File.Exists(Image))
        {
            throw new CommandFailure(
                $"{Repository.Relative(ProjectFile)} makes no boot image: it has no KernelInstance items"
            );
        }
    }

    /// <summary>Asks its project for its version.</summary>
    /// <exception cref="CommandFailure">MSBuild cannot read it.</exception>
    public async Task<string> ReadVersionAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        await LoggedProcess
            .RunAsync(
                $"reading the version of {Repository.Relative(ProjectFile)}",
                $"version-{Name}",
                "dotnet",
                ["msbuild", ProjectFile, "-getProperty:Version", "-property:Configuration=Release"],
                cancellation,
                lines.Add
            )
            .ConfigureAwait(false);
        return lines is [var version, ..] ? version.Trim() : Product.Version;
    }

    /// <summary>Builds its instances' assemblies for hosted use, to be debugged.</summary>
    public Task BuildHostedAsync(CancellationToken cancellation) =>
        Report.StepAsync(
            $"Building {Place} to run hosted",
            () =>
                DotnetBuild.RunAsync(
                    ProjectFile,
                    "Debug",
                    $"build-{Name}-hosted",
                    cancellation,
                    "--property:CosmosHosted=true"
                )
        );

    /// <summary>
    /// Writes an image with further instances, and other arguments for the CPU driver, under artifacts/; the project's own
    /// image stays as it is.
    /// </summary>
    /// <exception cref="CommandFailure">An instance is wrong; the message names it.</exception>
    public string WriteImageWith(IReadOnlyList<ImageModule> additions, string driverArguments)
    {
        var layout = ImageLayout.Read(Layout);
        return WriteImage(
            layout with
            {
                DriverArguments = $"{layout.DriverArguments} {driverArguments}".Trim(),
                Modules = [.. layout.Modules, .. additions],
            },
            $"{Name}-with"
        );
    }

    /// <summary>Writes an image that holds only these instances.</summary>
    /// <exception cref="CommandFailure">An instance is wrong; the message names it.</exception>
    public static string WriteImageOf(IReadOnlyList<ImageModule> modules, string driverArguments) =>
        WriteImage(new(Repository.CpuDriver, driverArguments, modules), "with");

    private static string WriteImage(ImageLayout layout, string name)
    {
        var image = Path.Combine(Repository.Artifacts, "iso", name + ".iso");
        try
        {
            ImageWriter.Write(layout, image);
        }
        catch (ImageException failure)
        {
            throw new CommandFailure(failure.Message);
        }

        return image;
    }
}

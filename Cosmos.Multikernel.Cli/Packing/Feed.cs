using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Packing;

/// <summary>
/// The packages as a folder that NuGet reads. All have one version, made from what is in them: NuGet keeps what it has once
/// unpacked under a version for ever, so other content must have another version.
/// </summary>
/// <param name="Folder">The folder.</param>
/// <param name="Version">The packages' version.</param>
public sealed record Feed(string Folder, string Version)
{
    private const string Release = "0.1.0";
    private const int HashDigits = 10;

    // The order matters: what comes first is built by itself, what gathers comes later.
    private static readonly string[] Sources =
    [
        "Cosmos.Multikernel.CpuDriver/Cosmos.Multikernel.CpuDriver.csproj",
        "Cosmos.Multikernel.XSharp/Cosmos.Multikernel.XSharp.csproj",
        "Cosmos.Multikernel.Generators/Cosmos.Multikernel.Generators.csproj",
        "Cosmos.Multikernel.Compatibility/Cosmos.Multikernel.Compatibility.csproj",
        "Cosmos.Multikernel.Plugs/Cosmos.Multikernel.Plugs.csproj",
    ];

    private static readonly string[] Packages =
    [
        "Library",
        "Drivers",
        "Compatibility",
        "Sdk",
        "Testing",
        "Templates",
    ];

    // What the packages hold, under artifacts/ or the checkout.
    private static readonly string[] Contents =
    [
        "artifacts/bin/Cosmos.Multikernel.Cli/release",
        "artifacts/bin/Cosmos.Multikernel.CpuDriver/release",
        "artifacts/bin/Cosmos.Multikernel.XSharp/release",
        "artifacts/bin/Cosmos.Multikernel.Generators/release",
        "artifacts/bin/Cosmos.Multikernel.Drivers/release",
        "artifacts/bin/Cosmos.Multikernel.Compatibility/release",
        "artifacts/bin/Cosmos.Multikernel.Plugs/release",
        "artifacts/bin/Cosmos.Multikernel/release",
        "artifacts/publish/Cosmos.Multikernel.Monitor/release_linux-x64",
        "Cosmos.Multikernel.Sdk/Sdk",
        "packages",
        "templates",
    ];

    /// <summary>The package of templates, for <c>dotnet new install</c>.</summary>
    public string Templates =>
        Path.Combine(Folder, $"Cosmos.Multikernel.Templates.{Version}.nupkg");

    /// <summary>Builds what the packages hold, and packs what has changed.</summary>
    /// <exception cref="CommandFailure">Something does not build.</exception>
    public static async Task<Feed> MakeAsync(CancellationToken cancellation)
    {
        await Report
            .StepAsync(
                "Building what the packages hold",
                async () =>
                {
                    foreach (var source in Sources)
                    {
                        await BuildAsync(source, cancellation).ConfigureAwait(false);
                    }

                    await BuildAsync(
                            Repository.MonitorProject,
                            cancellation,
                            "-t:Restore;PublishInstance",
                            "-p:_IsPublishing=true",
                            "-p:CosmosInstanceOnly=true"
                        )
                        .ConfigureAwait(false);
                }
            )
            .ConfigureAwait(false);
        var feed = new Feed(
            Path.Combine(Repository.Artifacts, "feed"),
            $"{Release}-dev.h{HashContents()}"
        );
        Directory.CreateDirectory(feed.Folder);
        if (!File.Exists(feed.Templates))
        {
            await Report
                .StepAsync($"Packing version {feed.Version}", () => feed.PackAsync(cancellation))
                .ConfigureAwait(false);
        }

        return feed;
    }

    private static Task BuildAsync(
        string source,
        CancellationToken cancellation,
        params IEnumerable<string> furtherArguments
    ) =>
        DotnetBuild.RunAsync(
            Path.Combine(Repository.Root, source),
            $"pack-{Path.GetFileNameWithoutExtension(source)}",
            cancellation,
            furtherArguments
        );

    // The templates come last: their package says that all the others are there.
    private async Task PackAsync(CancellationToken cancellation)
    {
        foreach (var package in Packages)
        {
            await LoggedProcess
                .RunAsync(
                    $"packing {package}",
                    $"pack-{package}",
                    "dotnet",
                    [
                        "pack",
                        Path.Combine(Repository.Root, "packages", package + ".csproj"),
                        "--configuration",
                        "Release",
                        "--nologo",
                        "-nodeReuse:false",
                        "--output",
                        Folder,
                        $"-p:PackageVersion={Version}",
                        $"-p:CosmosFeed={Folder}",
                    ],
                    cancellation
                )
                .ConfigureAwait(false);
        }
    }

    private static string HashContents() =>
        ContentHash.Of(
            Repository.Root,
            Contents.Select(folder => Path.Combine(Repository.Root, folder))
        )[..HashDigits];
}

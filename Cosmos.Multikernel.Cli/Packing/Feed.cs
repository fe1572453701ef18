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
    private const int HashDigits = 10;

    // What the packages hold, under the checkout; what packages/Packages.proj builds for them is under artifacts/.
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
        "Cosmos.Multikernel.Sdk/Sdk",
        "packages",
        "templates",
    ];

    // Published programs of the Sdk's own have names like this.
    private const string PartNames = "Cosmos.Multikernel.*";

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
                () => BuildAsync("pack-contents", cancellation, "-t:Contents")
            )
            .ConfigureAwait(false);
        return await PackAsync(cancellation).ConfigureAwait(false);
    }

    // Unless the same has been packed before.
    private static async Task<Feed> PackAsync(CancellationToken cancellation)
    {
        var feed = new Feed(
            Path.Combine(Repository.Artifacts, "feed"),
            $"{Product.Version}-dev.h{HashContents()}"
        );
        Directory.CreateDirectory(feed.Folder);
        if (!File.Exists(feed.Templates))
        {
            await Report
                .StepAsync(
                    $"Packing version {feed.Version}",
                    () =>
                    {
                        PackagedParts.Gather();
                        return BuildAsync(
                            "pack",
                            cancellation,
                            "-t:Pack",
                            $"-p:PackageVersion={feed.Version}",
                            $"-p:PackageOutputPath={feed.Folder}",
                            $"-p:CosmosFeed={feed.Folder}"
                        );
                    }
                )
                .ConfigureAwait(false);
        }

        return feed;
    }

    private static Task BuildAsync(
        string logName,
        CancellationToken cancellation,
        params IEnumerable<string> arguments
    ) =>
        DotnetBuild.RunAsync(
            Path.Combine(Repository.Root, "packages/Packages.proj"),
            logName,
            cancellation,
            ["--no-restore", .. arguments]
        );

    private static string HashContents()
    {
        var parts = Directory.GetDirectories(
            Path.Combine(Repository.Artifacts, "publish"),
            PartNames
        );
        return ContentHash.Of(
            Repository.Root,
            Contents.Select(folder => Path.Combine(Repository.Root, folder)).Concat(parts)
        )[..HashDigits];
    }
}

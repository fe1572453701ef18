using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks.Linux;

/// <summary>
/// Debian's kernel for virtual machines: fetched by apt and unpacked to artifacts/linux, never installed. Once it is there no network is
/// needed.
/// </summary>
public static partial class LinuxPackage
{
    // The newest is what this one depends on.
    private const string Newest = "linux-image-cloud-amd64";

    private static string Folder => Path.Combine(Repository.Artifacts, "linux");

    /// <summary>Finds the kernel, or fetches it.</summary>
    /// <exception cref="CommandFailure">It is not there and cannot be fetched.</exception>
    public static async Task<LinuxKernel> EnsureAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        if (Find() is { } there)
        {
            return there;
        }

        if (!File.Exists("/usr/bin/apt-get"))
        {
            throw new CommandFailure(
                "there is no Linux to compare with, and this is not Debian or Ubuntu",
                [
                    $"unpack Debian's package {Newest}'s kernel into {Repository.Relative(Folder)}/NAME_VERSION",
                ]
            );
        }

        await Report
            .StepAsync("Fetching Debian's kernel", () => FetchAsync(cancellation))
            .ConfigureAwait(false);
        return Find() ?? throw new CommandFailure("apt-get brought no kernel");
    }

    /// <summary>The package that a package of packages depends on, in apt-cache's words.</summary>
    public static string? Dependency(IEnumerable<string> lines) =>
        lines
            .Select(line => DependencyPattern().Match(line))
            .FirstOrDefault(match => match.Success)
            ?.Groups["package"]
            .Value;

    private static async Task FetchAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        await RunAsync(
                "asking for Debian's kernel",
                "apt-cache",
                ["depends", Newest],
                cancellation,
                lines.Add
            )
            .ConfigureAwait(false);
        var package =
            Dependency(lines)
            ?? throw new CommandFailure(
                $"apt-cache knows no kernel that {Newest} depends on",
                ["is this Debian, and has apt-get update been run?"]
            );
        var work = Directory.CreateTempSubdirectory("cosmos-linux-").FullName;
        try
        {
            await RunAsync(
                    $"fetching {package}",
                    "env",
                    ["-C", work, "apt-get", "download", package],
                    cancellation
                )
                .ConfigureAwait(false);
            var file = Directory.GetFiles(work, "*.deb").Single();
            var unpacked = Path.Combine(work, "unpacked");
            await RunAsync($"unpacking {package}", "dpkg-deb", ["-x", file, unpacked], cancellation)
                .ConfigureAwait(false);

            // Whole or not at all: what is in the folder is complete.
            await RunAsync(
                    $"keeping {package}",
                    "cp",
                    ["-r", unpacked, Path.Combine(Folder, "unfinished")],
                    cancellation
                )
                .ConfigureAwait(false);
            Directory.Move(
                Path.Combine(Folder, "unfinished"),
                Path.Combine(Folder, Path.GetFileNameWithoutExtension(file))
            );
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static LinuxKernel? Find() =>
        Directory
            .GetDirectories(Folder, "linux-image-*_*")
            .OrderDescending(StringComparer.Ordinal)
            .Select(folder => new LinuxKernel(folder, Path.GetFileName(folder).Split('_')[1]))
            .FirstOrDefault();

    private static Task RunAsync(
        string what,
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation,
        Action<string>? onLine = null
    ) => LoggedProcess.RunAsync(what, $"linux-{program}", program, arguments, cancellation, onLine);

    [GeneratedRegex(@"^\s*\|?Depends: (?<package>linux-image-\S+)$")]
    private static partial Regex DependencyPattern();
}

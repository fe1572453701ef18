using Cosmos.Multikernel.Cli.Packing;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A folder outside the checkout, and dotnet as the author of a kernel calls it there: with the packages of this
/// checkout, and templates and NuGet's cache of its own, so that what the user of this machine has stays as it is.
/// </summary>
internal sealed class AuthorsFolder : IDisposable
{
    private readonly string _cache;
    private readonly string _hive;

    private AuthorsFolder()
    {
        Root = Directory.CreateTempSubdirectory("cosmos-author-").FullName;
        _cache = Path.Combine(Root, ".packages");
        _hive = Path.Combine(Root, ".templates");
    }

    public string Root { get; }

    /// <summary>What dotnet finds in its environment there.</summary>
    public IEnumerable<string> Variables =>
        [
            $"NUGET_PACKAGES={_cache}",
            // What is not ours comes from where it is already.
            $"NUGET_FALLBACK_PACKAGES={UserPackages()}",
            "MSBUILDDISABLENODEREUSE=1",
        ];

    /// <summary>Makes the packages and installs the templates.</summary>
    public static async Task<AuthorsFolder> MakeAsync()
    {
        var feed = await Feed.MakeAsync(CancellationToken.None);
        var folder = new AuthorsFolder();
        await folder.MustRunAsync(
            ".",
            ["new", "install", feed.Templates, "--debug:custom-hive", folder._hive]
        );
        return folder;
    }

    /// <summary><c>dotnet new</c>.</summary>
    /// <param name="folder">Where; its last part is the project's name.</param>
    /// <returns>The project's folder, from the root.</returns>
    public async Task<string> NewAsync(string template, string folder, params string[] further)
    {
        var path = Path.Combine(Root, folder);
        string[] place = ["-n", Path.GetFileName(path), "-o", path];
        await MustRunAsync(
            ".",
            ["new", template, .. place, "--debug:custom-hive", _hive, .. further]
        );
        return path;
    }

    /// <summary>Runs dotnet in a folder.</summary>
    /// <param name="input">A file that it reads.</param>
    public Task<(int Status, string Output, string Errors)> RunAsync(
        string folder,
        IEnumerable<string> arguments,
        string input = "/dev/null"
    ) =>
        HostProgram.RunAsync(
            "env",
            [
                "-C",
                Path.Combine(Root, folder),
                .. Variables,
                "sh",
                "-c",
                "dotnet \"$@\" < \"$0\"",
                input,
                .. arguments,
            ]
        );

    /// <summary>Runs dotnet, which must succeed; gives what it printed.</summary>
    public async Task<string> MustRunAsync(string folder, params IEnumerable<string> arguments)
    {
        var (status, output, errors) = await RunAsync(folder, arguments);
        Assert.That(status, Is.Zero, $"dotnet {string.Join(' ', arguments)}:\n{output}{errors}");
        return output;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string UserPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget/packages"
            );
}

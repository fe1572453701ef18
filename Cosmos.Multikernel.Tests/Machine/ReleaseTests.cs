using System.IO.Compression;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A release as its reader has it: checked by its sum, its licences complete, its instances linked anew; and the same, bit for
/// bit, when it is made again.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed partial class ReleaseTests
{
    private string _folder = null!;
    private string _release = null!;
    private string _content = null!;

    [OneTimeSetUp]
    public async Task MakeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("cosmos-release-").FullName;
        _release = await MakeReleaseAsync();
        _content = Path.Combine(_folder, "content");
        await ZipFile.ExtractToDirectoryAsync(_release, _content);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task ItsReaderCanCheckTheImage()
    {
        var (status, output, _) = await InContentAsync("sha256sum", "--check", "SHA256SUMS");
        Assert.That(status, Is.Zero);
        Assert.That(output.Trim(), Is.EqualTo("Shell.iso: OK"));
    }

    /// <summary>The texts that NOTICE names are there, all of them and no others.</summary>
    [Test]
    public void NoticeNamesTheLicences()
    {
        var notice = File.ReadAllText(Path.Combine(_content, "NOTICE"));
        var named = TextPattern().Matches(notice).Select(match => match.Value).Distinct();
        var there = Directory
            .EnumerateFiles(Path.Combine(_content, "licences"))
            .Select(file => Path.GetRelativePath(_content, file));
        Assert.That(named, Is.EquivalentTo(there));
        foreach (var text in there)
        {
            Assert.That(new FileInfo(Path.Combine(_content, text)).Length, Is.Positive, text);
        }
    }

    /// <summary>Whoever adds a NuGet package to what instances link has to say here, and in NOTICE, whose it is.</summary>
    [Test]
    public void WhatIsLinkedIsKnown()
    {
        string[] linked =
        [
            "Cosmos.Multikernel",
            "Cosmos.Multikernel.Compatibility",
            "Cosmos.Multikernel.Drivers",
        ];
        var packages = linked.SelectMany(project =>
            PackagePattern()
                .Matches(
                    File.ReadAllText(Path.Combine(Repository.Root, project, project + ".csproj"))
                )
                .Select(match => match.Groups["name"].Value)
        );
        Assert.That(packages, Is.EquivalentTo(new[] { "System.IO.Hashing" }), "it is .NET's");
    }

    /// <summary>With the same C library an instance that is linked anew is the one that was released.</summary>
    [Test]
    public async Task AnInstanceCanBeLinkedAnew()
    {
        await MustInContentAsync("sh", "relink/HelloCores.sh");
        await MustInContentAsync(
            "xorriso",
            "-osirrox",
            "on",
            "-indev",
            "Shell.iso",
            "-extract",
            "/boot/instances/hello",
            "released"
        );
        // What is left of the file with its symbols, which the release has not.
        await MustInContentAsync(
            "llvm-objcopy-14",
            "--remove-section=.gnu_debuglink",
            "released",
            "bare"
        );
        await MustInContentAsync("cmp", "bare", "relink/HelloCores.relinked");

        await MustInContentAsync(
            "xorriso",
            "-indev",
            "Shell.iso",
            "-outdev",
            "new.iso",
            "-boot_image",
            "any",
            "replay",
            "-update",
            "relink/HelloCores.relinked",
            "/boot/instances/hello"
        );
        var (status, output, errors) = await CommandLineProgram.RunAsync(
            "run",
            "--image",
            Path.Combine(_content, "new.iso"),
            "--exec",
            "ping 1 1; shutdown"
        );
        Assert.That(status, Is.Zero, output + errors);
    }

    /// <summary>The image is written anew: the release is the same.</summary>
    [Test]
    [Order(1)]
    public async Task MadeAgainItIsTheSame()
    {
        var layout = Path.Combine(Repository.Artifacts, "iso/Shell.layout");
        File.SetLastWriteTimeUtc(layout, DateTime.UtcNow);
        var before = File.GetLastWriteTimeUtc(Path.Combine(Repository.Root, "iso/Shell.iso"));
        var again = await MakeReleaseAsync();
        Assert.That(
            File.GetLastWriteTimeUtc(Path.Combine(Repository.Root, "iso/Shell.iso")),
            Is.GreaterThan(before)
        );
        await HostProgram.RunToolAsync("cmp", _release, again);
    }

    /// <summary>The same sources in another folder, compiled from nothing: the CPU driver is the same.</summary>
    [Test]
    public async Task CompiledElsewhereTheCpuDriverIsTheSame()
    {
        var copy = Path.Combine(_folder, "elsewhere/deeper");
        Directory.CreateDirectory(copy);
        string[] parts =
        [
            "Cosmos.Multikernel",
            "Cosmos.Multikernel.CpuDriver",
            "Cosmos.Multikernel.Drivers",
            "Cosmos.Multikernel.Fonts",
            "Cosmos.Multikernel.XSharp",
            "Directory.Build.props",
            "Directory.Packages.props",
            "global.json",
            ".editorconfig",
        ];
        foreach (var part in parts)
        {
            await HostProgram.RunToolAsync("cp", "-r", Path.Combine(Repository.Root, part), copy);
        }

        await HostProgram.RunToolAsync(
            "env",
            "-C",
            copy,
            "dotnet",
            "build",
            "Cosmos.Multikernel.CpuDriver",
            "-property:Configuration=Release",
            "-nodeReuse:false",
            "-nologo"
        );
        const string Program = "bin/Cosmos.Multikernel.CpuDriver/release/cpudriver.elf";
        await HostProgram.RunToolAsync(
            "cmp",
            Path.Combine(copy, "artifacts", Program),
            Path.Combine(Repository.Artifacts, Program)
        );
    }

    // A copy: other tests make releases too.
    private async Task<string> MakeReleaseAsync()
    {
        var (status, output, errors) = await CommandLineProgram.RunAsync("release", "Shell");
        Assert.That(status, Is.Zero, output + errors);
        var file = Path.Combine(Repository.Root, output.Split(' ')[0]);
        var copy = Path.Combine(_folder, $"{Guid.NewGuid()}.zip");
        File.Copy(file, copy);
        return copy;
    }

    private Task<(int Status, string Output, string Errors)> InContentAsync(
        params IEnumerable<string> command
    ) => HostProgram.RunAsync("env", ["-C", _content, .. command]);

    private async Task MustInContentAsync(params IEnumerable<string> command)
    {
        var (status, output, errors) = await InContentAsync(command);
        Assert.That(status, Is.Zero, $"{string.Join(' ', command)}: {output}{errors}");
    }

    [GeneratedRegex(@"licences/\S+")]
    private static partial Regex TextPattern();

    [GeneratedRegex("""<PackageReference Include="(?<name>[^"]+)" """)]
    private static partial Regex PackagePattern();
}

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
public sealed class ReleaseTests
{
    private string _folder = null!;
    private string _release = null!;
    private ReleaseContent _content = null!;

    [OneTimeSetUp]
    public async Task MakeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("cosmos-release-").FullName;
        _release = await MakeReleaseAsync();
        _content = await ReleaseContent.UnpackAsync(_release, Path.Combine(_folder, "content"));
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public Task ItsReaderCanCheckTheImage() => _content.CheckImageAsync("Shell.iso");

    /// <summary>NuGet packages that instances are made with are named as they name themselves.</summary>
    [Test]
    public void NoticeNamesTheLicences()
    {
        var notice = _content.CheckNotice();
        Assert.That(
            notice,
            Does.Match(@"\nSystem\.IO\.Hashing\n  version  .*\n  licence  MIT\n")
                .And.Contain("LGPL")
        );
    }

    /// <summary>With the same C library an instance that is linked anew is the one that was released.</summary>
    [Test]
    public async Task AnInstanceCanBeLinkedAnew()
    {
        await _content.RelinkAsync("HelloCores", "Shell.iso", "hello");
        await _content.MustRunAsync(
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
            _content["new.iso"],
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
}

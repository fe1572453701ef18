using System.IO.Compression;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>A release as its reader has unpacked it, and what it promises to them.</summary>
internal sealed partial class ReleaseContent
{
    private readonly string _folder;

    private ReleaseContent(string folder) => _folder = folder;

    /// <summary>Unpacks a release.</summary>
    /// <param name="release">The zip file.</param>
    /// <param name="folder">A new folder.</param>
    public static async Task<ReleaseContent> UnpackAsync(string release, string folder)
    {
        await ZipFile.ExtractToDirectoryAsync(release, folder);
        return new(folder);
    }

    /// <summary>The path of one of its files.</summary>
    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>The image is the one whose sum is beside it.</summary>
    public async Task CheckImageAsync(string image)
    {
        var (status, output, _) = await RunAsync("sha256sum", "--check", "SHA256SUMS");
        Assert.That(status, Is.Zero);
        Assert.That(output.Trim(), Is.EqualTo($"{image}: OK"));
    }

    /// <summary>The texts that NOTICE names are there, all of them and no others.</summary>
    /// <returns>NOTICE.</returns>
    public string CheckNotice()
    {
        var notice = File.ReadAllText(this["NOTICE"]);
        var named = TextPattern().Matches(notice).Select(match => match.Value).Distinct();
        var there = Directory
            .EnumerateFiles(this["licences"], "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder, file))
            .ToList();
        Assert.That(named, Is.EquivalentTo(there));
        foreach (var text in there)
        {
            Assert.That(new FileInfo(this[text]).Length, Is.Positive, text);
        }

        return notice;
    }

    /// <summary>With the same C library a program that is linked anew is the one on the image.</summary>
    /// <param name="program">Its name in the kit.</param>
    /// <param name="image">The image.</param>
    /// <param name="instance">Its name on the image.</param>
    public async Task RelinkAsync(string program, string image, string instance)
    {
        await MustRunAsync("sh", $"relink/{program}.sh");
        await MustRunAsync(
            "xorriso",
            "-osirrox",
            "on",
            "-indev",
            image,
            "-extract",
            $"/boot/instances/{instance}",
            "released"
        );
        // What is left of the file with its symbols, which the release has not.
        await MustRunAsync(
            "llvm-objcopy-14",
            "--remove-section=.gnu_debuglink",
            "released",
            "bare"
        );
        await MustRunAsync("cmp", "bare", $"relink/{program}.relinked");
        File.Delete(this["released"]);
    }

    /// <summary>Runs a program in its folder, which must succeed.</summary>
    public async Task MustRunAsync(params IEnumerable<string> command)
    {
        var (status, output, errors) = await RunAsync(command);
        Assert.That(status, Is.Zero, $"{string.Join(' ', command)}: {output}{errors}");
    }

    private Task<(int Status, string Output, string Errors)> RunAsync(
        params IEnumerable<string> command
    ) => HostProgram.RunAsync("env", ["-C", _folder, .. command]);

    [GeneratedRegex(@"licences/\S+")]
    private static partial Regex TextPattern();
}

using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>What the command line says before it builds or boots anything: help, and wrong arguments by name.</summary>
[TestFixture]
public sealed class CommandLineTests
{
    private static readonly string[][] WrongLines =
    [
        ["frobnicate", "'frobnicate'"],
        ["run --frobnicate", "'--frobnicate'"],
        ["run nowhere", "'nowhere'"],
        ["run --cores", "--cores"],
        ["run --cores many", "--cores many"],
        ["run --cores 0", "--cores 0"],
        ["run --cores -3", "--cores -3"],
        ["run --cores 9999999999", "--cores 9999999999"],
        ["run --memory 0", "--memory 0"],
        ["run --memory -5", "--memory -5"],
        ["run --memory 2GM", "--memory 2GM"],
        ["run --machine vax", "--machine vax"],
        ["run --machine bochs --uefi", "bochs"],
        ["run --disk /nowhere.img", "/nowhere.img"],
        ["run --timeout 0", "--timeout 0"],
        ["run --timeout -5", "--timeout -5"],
        ["run --timeout NaN", "--timeout NaN"],
        ["run --exec ;", "--exec"],
        ["run --image /nowhere.iso", "/nowhere.iso"],
        ["run Shell --image /nowhere.iso", "--image"],
        ["run --with /nowhere/hello@1", "/nowhere/hello"],
        ["run --with /bin/sh", "write FILE@CORES"],
        ["run --with @1", "--with @1"],
        ["run --with /bin/sh@", "cores ''"],
        ["run --with /bin/sh@-1", "'-1'"],
        ["run --with /bin/sh@1,,2", "cores '1,,2'"],
        ["run --with /bin/sh@3-1", "runs backwards"],
        ["run --with /bin/sh@9", "no core 9"],
        ["run --with /bin/sh@1:\"open", "\"open"],
        ["iso nowhere", "'nowhere'"],
        ["write-usb", "write-usb"],
        ["write-usb /dev/nowhere", "/dev/nowhere"],
        ["write-usb /dev/null", "/dev/null"],
        ["project /x.csproj image --cores many", "--cores many"],
        ["bench nowhere", "'nowhere'"],
    ];

    [TestCaseSource(nameof(WrongLines))]
    public async Task AWrongLineIsRefusedByName(string line, string names)
    {
        var (status, output, errors) = await CommandLineProgram.RunAsync(line.Split(' '));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(1));
            Assert.That(output, Is.Empty);
            var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(lines[0], Does.StartWith("failed: ").And.Contain(names));
            Assert.That(lines, Has.Length.LessThanOrEqualTo(2), errors);
        }
    }

    [Test]
    public async Task EveryVerbHasHelp(
        [Values(
            "setup",
            "build",
            "iso",
            "run",
            "test",
            "bench",
            "debug",
            "doctor",
            "pack",
            "release",
            "write-usb"
        )]
            string verb
    )
    {
        var (status, output, _) = await CommandLineProgram.RunAsync(verb, "--help");
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("Usage:"));
    }

    /// <summary>What is there is named with its version, and what it is for.</summary>
    [Test]
    public async Task DoctorFindsWhatTheTestsNeed()
    {
        var (status, output, errors) = await CommandLineProgram.RunAsync("doctor");
        Assert.That(status, Is.Zero, output + errors);
        Assert.That(output, Does.Match(@"(?m)^ok\s+nasm\s+2\.\d+\S*\s+assembles"));
        Assert.That(output, Does.Match(@"(?m)^ok\s+\.NET SDK\s+\d+\."));
    }

    /// <summary>On a machine without the programs it says what to install, and fails.</summary>
    [Test]
    public async Task DoctorSaysWhatToInstall()
    {
        var (status, output, errors) = await HostProgram.RunAsync(
            "env",
            ["PATH=/nowhere", FindDotnet(), CommandLineProgram.File, "doctor"]
        );
        Assert.That(status, Is.EqualTo(1));
        Assert.That(output, Does.Match(@"(?m)^MISSING\s+nasm\s+not found"));
        Assert.That(errors, Does.Match(@"install: sudo apt-get install .*\bnasm\b"));
    }

    private static string FindDotnet() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "dotnet"))
            .First(File.Exists);

    [Test]
    public async Task WithoutAVerbThereIsHelp()
    {
        var (_, output, _) = await CommandLineProgram.RunAsync();
        Assert.That(output, Does.Contain("Usage:"));
    }
}

using System.Diagnostics;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>The command line itself, as a script calls it: its output and its exit status.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class CommandLineTests
{
    [Test]
    public async Task WithReturnsTheProgramsStatus()
    {
        var (status, output, _) = await RunAsync(
            "run",
            "--with",
            $"{TestMachine.Fatal}@1:exit-42",
            "--timeout",
            "150"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(42), output);
            Assert.That(
                output,
                Does.Contain("[1 fatal] exit-42 now").And.Contain("[1 fatal] ended: status 42")
            );
        }
    }

    [Test]
    public async Task ExecPrintsAndSucceeds()
    {
        var image = TestMachine.WriteImage(
            "exec",
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true)
        );
        var (status, output, errors) = await RunAsync(
            "run",
            "--image",
            image,
            "--exec",
            "echo a b; shutdown",
            "--timeout",
            "150"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.Zero, errors);
            Assert.That(output, Does.Contain("a b"));
        }
    }

    [Test]
    public async Task ExecFailsWithItsCommand()
    {
        var image = TestMachine.WriteImage(
            "exec-fails",
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true)
        );
        var (status, _, errors) = await RunAsync(
            "run",
            "--image",
            image,
            "--exec",
            "frobnicate; shutdown",
            "--timeout",
            "150"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(1));
            Assert.That(errors, Does.Contain("'frobnicate' failed"));
        }
    }

    [TestCase("no file", "/nowhere/hello@1", "no file /nowhere/hello")]
    [TestCase("no cores", "/bin/sh", "write FILE@CORES")]
    [TestCase("a range backwards", "/bin/sh@3-1", "runs backwards")]
    [TestCase("a core that is not there", "/bin/sh@9", "no core 9")]
    public async Task WithExplainsWhatIsWrong(string what, string with, string says)
    {
        var (status, _, errors) = await RunAsync("run", "--with", with);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(1), what);
            Assert.That(errors, Does.Contain(says), what);
        }
    }

    [Test]
    public async Task EveryVerbHasHelp(
        [Values("setup", "build", "iso", "run", "test", "bench")] string verb
    )
    {
        var (status, output, _) = await RunAsync(verb, "--help");
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("Usage:"));
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(
        params string[] arguments
    )
    {
        var program = Path.Combine(
            Repository.Artifacts,
            "bin/Cosmos.Multikernel.Cli/release/Cosmos.Multikernel.Cli.dll"
        );
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}

using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Host.Tools;
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
        var (status, output, _) = await CommandLineProgram.RunAsync(
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
                Does.Contain("[1 fatal] exit-42 now").And.Contain("[1 fatal]: ended: status 42")
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
        var (status, output, errors) = await CommandLineProgram.RunAsync(
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
        var (status, _, errors) = await CommandLineProgram.RunAsync(
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

    [Test]
    public async Task AScriptEndsWhenTheConsolesInstanceDoes()
    {
        var image = TestMachine.WriteImage(
            "exec-ends",
            new ImageModule("fatal", TestMachine.Fatal, "0", IsConsole: true, Arguments: "exit-42")
        );
        var (status, _, errors) = await CommandLineProgram
            .RunAsync(
                "run",
                "--image",
                image,
                "--exec",
                "cores",
                // Far beyond the limit of this test: the end must be noticed, not waited for.
                "--timeout",
                "900"
            )
            .WaitAsync(TimeSpan.FromSeconds(150));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(1));
            Assert.That(errors, Does.Contain("[0 fatal]: ended: status 42"));
        }
    }
}

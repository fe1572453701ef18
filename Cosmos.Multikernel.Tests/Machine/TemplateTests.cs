using Cosmos.Multikernel.Cli.Packing;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A kernel of one's own, outside the checkout, as its author makes it: from the packages, by dotnet new, build, test and
/// publish. The template's own test boots it and types to it.
/// </summary>
[TestFixture]
[Category("Machine")]
public sealed class TemplateTests
{
    private string _folder = null!;
    private string _project = null!;

    [OneTimeSetUp]
    public async Task MakeAKernel()
    {
        _folder = Directory.CreateTempSubdirectory("cosmos-template-").FullName;
        _project = Path.Combine(_folder, "MyFirst");
        var feed = await Feed.MakeAsync(CancellationToken.None);
        // A hive of its own: what the user of this machine has installed stays as it is.
        string[] hive = ["--debug:custom-hive", Path.Combine(_folder, "hive")];
        await HostProgram.RunToolAsync("dotnet", ["new", "install", feed.Templates, .. hive]);
        await HostProgram.RunToolAsync(
            "dotnet",
            ["new", "cosmos-multikernel", "-n", "MyFirst", "-o", _project, .. hive]
        );
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    [Order(1)]
    public async Task ItsTestsBootIt()
    {
        var (status, output, errors) = await RunDotnetAsync("test");
        Assert.That(status, Is.Zero, output + errors);
        Assert.That(output, Does.Match(@"Passed:\s+1\b").Or.Match(@"passed:\s+1\b"));
    }

    [Test]
    [Order(2)]
    public async Task PublishLeavesTheImageAndItsChecksum()
    {
        var (status, output, errors) = await RunDotnetAsync("publish");
        Assert.That(status, Is.Zero, output + errors);
        var folder = Path.Combine(_project, "bin/Release/net10.0/linux-x64/publish");
        var (checks, said, _) = await HostProgram.RunAsync(
            "sh",
            ["-c", $"cd '{folder}' && sha256sum --check SHA256SUMS"]
        );
        Assert.That(checks, Is.Zero);
        Assert.That(said.Trim(), Is.EqualTo("MyFirst.iso: OK"));
    }

    /// <summary>X# beside the C# is compiled, linked and called; its errors stand where the IDE looks for them.</summary>
    [Test]
    [Order(3)]
    public async Task XSharpFilesArePartOfTheProject()
    {
        var source = Path.Combine(_project, "Sum.xs");
        await File.WriteAllTextAsync(
            source,
            """
            bits 64
            section .text exec

            // RDI and RSI: two numbers. Returns their sum.
            function my_sum {
                RAX = RDI
                RAX + RSI
            }

            """
        );
        var kernel = Path.Combine(_project, "Kernel.cs");
        var text = await File.ReadAllTextAsync(kernel);
        await File.WriteAllTextAsync(
            kernel,
            text.Replace(
                    "protected override void BeforeRun() =>",
                    """
                    [System.Runtime.InteropServices.DllImport("*", EntryPoint = "my_sum")]
                        private static extern long Sum(long left, long right);

                        protected override void BeforeRun() =>
                    """,
                    StringComparison.Ordinal
                )
                .Replace(
                    "has started on core {Core.Current} of",
                    "has started on core {Core.Current} ({Sum(40, 2)}) of",
                    StringComparison.Ordinal
                )
        );
        var (status, output, errors) = await RunDotnetAsync(
            "run",
            "--",
            "--timeout",
            "60",
            "--exec",
            "anything"
        );
        // There is no shell to answer: the time limit ends it, and what it said is shown.
        Assert.That(status, Is.Not.Zero);
        Assert.That(output + errors, Does.Contain("has started on core 0 (42) of"));

        await File.AppendAllTextAsync(source, "function broken { RAX = }\n");
        (status, output, _) = await RunDotnetAsync("build");
        Assert.That(status, Is.Not.Zero);
        Assert.That(output, Does.Match(@"Sum\.xs\(9,\d+\): error \w+"));
    }

    private Task<(int Status, string Output, string Errors)> RunDotnetAsync(
        params string[] arguments
    ) =>
        HostProgram.RunAsync(
            "sh",
            ["-c", $"cd '{_project}' && exec dotnet \"$@\"", "dotnet", .. arguments]
        );
}

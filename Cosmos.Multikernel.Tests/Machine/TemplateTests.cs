using System.Net;
using System.Net.Sockets;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A kernel of one's own as its author makes it: from the packages, outside the checkout. One project has all that there is:
/// X#, files, a disk, a network card, a driver from the template for drivers; its tests boot it and type to it.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class TemplateTests
{
    private AuthorsFolder _folder = null!;

    [OneTimeSetUp]
    public async Task MakeKernelsAsync()
    {
        _folder = await AuthorsFolder.MakeAsync();
        await _folder.NewAsync("cosmos-multikernel-driver", "MyDevice");
        var kernel = await _folder.NewAsync("cosmos-multikernel", "MyFirst");
        await AuthorsKernel.ExtendAsync(kernel);
    }

    [OneTimeTearDown]
    public void Remove() => _folder?.Dispose();

    [Test]
    [Order(1)]
    public async Task ItsTestsBootItAndTypeToIt()
    {
        var output = await _folder.MustRunAsync("MyFirst", "test", "--configuration", "Release");
        Assert.That(output, Does.Match(@"Passed:\s+1\b"));
    }

    [Test]
    [Order(2)]
    public async Task PublishLeavesTheImageAndItsChecksum()
    {
        await _folder.MustRunAsync("MyFirst", "publish");
        var (checks, said, _) = await HostProgram.RunAsync(
            "env",
            "-C",
            Path.Combine(_folder.Root, "MyFirst/bin/Release/net10.0/linux-x64/publish"),
            "sha256sum",
            "--check",
            "SHA256SUMS"
        );
        Assert.That(checks, Is.Zero);
        Assert.That(said.Trim(), Is.EqualTo("MyFirst.iso: OK"));
    }

    /// <summary>What comes ready-made from the packages has its licences and can be linked anew, as what is compiled here.</summary>
    [Test]
    [Order(3)]
    public async Task ReleaseTakesWhatThePackagesBring()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "MyFirst/LICENSE.md"), "Mine.\n");
        await _folder.MustRunAsync(
            "MyFirst",
            "run",
            "--no-build",
            "-c",
            "Release",
            "--",
            "release"
        );
        var content = await ReleaseContent.UnpackAsync(
            Path.Combine(_folder.Root, "MyFirst/release/MyFirst-1.0.0.zip"),
            Path.Combine(_folder.Root, "release")
        );
        await content.CheckImageAsync("MyFirst.iso");
        Assert.That(content["LICENSE.md"], Does.Exist);
        Assert.That(
            content.CheckNotice(),
            Does.Match(@"in +MyDevice, MyFirst, devices, disk, files, monitor, nic\n")
                .And.Contain("Unifont")
        );
        await content.RelinkAsync("MyFirst", "MyFirst.iso", "myfirst");
        await content.RelinkAsync("nic", "MyFirst.iso", "nic");
    }

    /// <summary>What is typed reaches it, and its shutdown ends dotnet run.</summary>
    [Test]
    [Order(4)]
    public async Task RunBootsIt()
    {
        var typed = await TypeAsync("one line\nexit\n");
        var (status, output, errors) = await _folder.RunAsync(
            "MyFirst",
            ["run", "--configuration", "Release", "--", "--timeout", "120"],
            typed
        );
        Assert.That(status, Is.Zero, output + errors);
        Assert.That(output, Does.Contain("Text typed: one line"));
    }

    /// <summary>F5, from nothing to a breakpoint in a kernel of one's own, a step and the end.</summary>
    [Test]
    [Order(5)]
    public async Task ABreakpointStopsIt()
    {
        var source = Path.Combine(_folder.Root, "MyFirst/Kernel.cs");
        var line =
            1
            + Array.FindIndex(
                await File.ReadAllLinesAsync(source),
                text => text.Contains("Console.Write(\"Input: \")", StringComparison.Ordinal)
            );
        await using var editor = await EditorSession.StartAsync(
            Path.Combine(_folder.Root, "MyFirst"),
            _folder.Variables,
            FreePort()
        );
        await editor.DoAsync($"-break-insert MyFirst/Kernel.cs:{line}");
        var said = await editor.DoAsync("-exec-continue", @"\*stopped");
        Assert.That(
            said,
            Does.Match($@"breakpoint-hit.*Kernel__Run"".*line=""{line}"".*thread-id=""1""")
        );
        Assert.That(await editor.DoAsync("-stack-list-variables 1"), Does.Contain("name=\"this\""));
        said = await editor.DoAsync("-exec-next", @"\*stopped");
        Assert.That(said, Does.Match($@"end-stepping-range.*line=""{line + 1}"""));
        await editor.StopAsync();
    }

    /// <summary>The driver from its template computes for another core; without its device it says so.</summary>
    [Test]
    [Order(6)]
    public async Task TheDriversTestsPass()
    {
        var output = await _folder.MustRunAsync("MyDevice", "test", "--configuration", "Release");
        Assert.That(output, Does.Match(@"Passed:\s+2\b"));
    }

    [Test]
    [Order(7)]
    public async Task FurtherTestsBootTheKernelTheyName()
    {
        // Inside the kernel's folder, where its nuget.config is.
        await _folder.NewAsync(
            "cosmos-multikernel-tests",
            "MyFirst/Tests/More",
            "--kernel",
            "../../MyFirst.csproj"
        );
        var output = await _folder.MustRunAsync(
            "MyFirst/Tests/More",
            "test",
            "--configuration",
            "Release"
        );
        Assert.That(output, Does.Match(@"Passed:\s+1\b"));
    }

    /// <summary>
    /// The template as it is, by a name that no instance and no linker's argument can have, on a machine of processes; and another
    /// verb than run.
    /// </summary>
    [Test]
    [Order(8)]
    public async Task HostedIsAMachineToo()
    {
        var kernel = await _folder.NewAsync("cosmos-multikernel", "Mein zweites ÖS");
        await AuthorsKernel.ChangeAsync(
            Path.Combine(kernel, "Mein zweites ÖS.csproj"),
            ("<CosmosMachine>q35<", "<CosmosMachine>hosted<")
        );
        var typed = await TypeAsync("one line\nexit\n");
        var (status, output, errors) = await _folder.RunAsync("Mein zweites ÖS", ["run"], typed);
        Assert.That(status, Is.Zero, output + errors);
        Assert.That(
            output,
            Does.Contain("Mein_zweites_ÖS: mein-zweites--s has started on core 0 of 4")
                .And.Contain("Text typed: one line")
        );
        output = await _folder.MustRunAsync("Mein zweites ÖS", "run", "--no-build", "--", "doctor");
        Assert.That(output, Does.Contain("nasm"));
    }

    /// <summary>Errors in X# stand where the IDE looks for them; what is wrong in the project is named, all at once.</summary>
    [Test]
    [Order(9)]
    public async Task MistakesAreNamed()
    {
        await File.AppendAllTextAsync(
            Path.Combine(_folder.Root, "MyFirst/Sum.xs"),
            "function broken { RAX = }\n"
        );
        var (status, output, _) = await _folder.RunAsync("MyFirst", ["build", "--no-restore"]);
        Assert.That(status, Is.Not.Zero);
        Assert.That(output, Does.Match(@"Sum\.xs\(9,\d+\): error XS\d{4}: expected"));

        await AuthorsKernel.ChangeAsync(
            Path.Combine(_folder.Root, "MyFirst/MyFirst.csproj"),
            ("Part=\"DiskCore\"", "Part=\"Disks\""),
            ("Include=\"disk\"", "Include=\"nic\" Console=\"true\""),
            ("pci:1234:11e8", "pci:1234:11e8,edu"),
            (
                "<CosmosMachineCores>",
                "<CosmosMachineUefi>perhaps</CosmosMachineUefi><CosmosMachineCores>"
            )
        );
        (status, output, _) = await _folder.RunAsync("MyFirst", ["build", "--no-restore"]);
        using var scope = Assert.EnterMultipleScope();
        Assert.That(status, Is.Not.Zero);
        Assert.That(output, Does.Match(@"error CMK1002: instance 'files': .*'Disks'.*DiskCore"));
        Assert.That(output, Does.Match("error CMK1003: CosmosMachineUefi is perhaps: "));
        Assert.That(output, Does.Match("error CMK1004: two instances are called 'nic'"));
        Assert.That(
            output,
            Does.Match("error CMK1005: instance 'device': Driver '.*edu' names no")
        );
        Assert.That(output, Does.Match("error CMK1006: instances 'myfirst, nic': only one"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> TypeAsync(string keys)
    {
        var file = Path.Combine(_folder.Root, "typed.txt");
        await File.WriteAllTextAsync(file, keys);
        return file;
    }
}

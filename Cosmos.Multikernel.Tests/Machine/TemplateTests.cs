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
        await WriteSumAsync(kernel);
        await WriteDiskAsync(kernel);
        await ChangeAsync(
            Path.Combine(kernel, "MyFirst.csproj"),
            (
                """<KernelInstance Include="worker" Cores="1-" />""",
                """
                <KernelInstance Include="files" Part="DiskCore" Cores="2" Memory="64M" />
                    <KernelInstance Include="disk" Part="DiskDriver" Cores="2" />
                    <KernelInstance Include="nic" Part="NetworkDriver" Cores="1" />
                    <KernelInstance Include="device" Project="../MyDevice/MyDevice.csproj" Cores="3" Driver="pci:1234:11e8" />
                  </ItemGroup>
                  <ItemGroup>
                    <PackageReference Include="Cosmos.Multikernel.Drivers" Version="$(CosmosVersion)" />
                """
            ),
            (
                "<CosmosMachineCores>",
                """
                <CosmosMachineDisk>disk.img</CosmosMachineDisk>
                    <CosmosMachineNic>e1000e</CosmosMachineNic>
                    <CosmosMachineOptions>--emulator-argument -device --emulator-argument edu</CosmosMachineOptions>
                    <CosmosMachineCores>
                """
            )
        );
        await ChangeAsync(
            Path.Combine(kernel, "Kernel.cs"),
            (
                "protected override void BeforeRun() =>",
                """
                [System.Runtime.InteropServices.DllImport("*", EntryPoint = "my_sum")]
                    private static extern long Sum(long left, long right);

                    private static string AddressByNetwork() =>
                        EventLoop
                            .Instance.InvokeAsync(async () =>
                            {
                                using var network =
                                    await Cosmos.Multikernel.Drivers.Network.Service.NetworkClient.BindAsync(
                                        TimeSpan.FromSeconds(30)
                                    );
                                return "a network";
                            })
                            .GetAwaiter()
                            .GetResult();

                    private static string CopyAndRead()
                    {
                        File.Copy("/disk0/disk.txt", "/copy.txt");
                        return File.ReadAllText("/copy.txt");
                    }

                    protected override void BeforeRun() =>
                """
            ),
            (
                "has started on core {Core.Current} of",
                "with {Sum(40, 2)}, {CopyAndRead()} and {AddressByNetwork()} has started on core {Core.Current} of"
            )
        );
        await ChangeAsync(
            Path.Combine(kernel, "Tests/BootTests.cs"),
            (
                "for (var core",
                """
                await machine.ExpectAsync("with 42, a disk and a network has started on core 0", Limit);
                        await machine.ExpectAsync("[3 device] drives", Limit);
                        for (var core
                """
            ),
            ("core < machine.Options.Cores", "core < 1")
        );
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

    /// <summary>What is typed reaches it, and its shutdown ends dotnet run.</summary>
    [Test]
    [Order(3)]
    public async Task RunBootsIt()
    {
        var typed = Path.Combine(_folder.Root, "typed.txt");
        await File.WriteAllTextAsync(typed, "one line\rexit\r");
        var (status, output, errors) = await _folder.RunAsync(
            "MyFirst",
            ["run", "--configuration", "Release", "--", "--timeout", "120"],
            typed
        );
        Assert.That(status, Is.Zero, output + errors);
        Assert.That(output, Does.Contain("Text typed: one line"));
    }

    /// <summary>The driver from its template computes for another core; without its device it says so.</summary>
    [Test]
    [Order(4)]
    public async Task TheDriversTestsPass()
    {
        var output = await _folder.MustRunAsync("MyDevice", "test", "--configuration", "Release");
        Assert.That(output, Does.Match(@"Passed:\s+2\b"));
    }

    [Test]
    [Order(5)]
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

    /// <summary>Errors in X# stand where the IDE looks for them, and a part that is none is named.</summary>
    [Test]
    [Order(6)]
    public async Task MistakesAreNamed()
    {
        await File.AppendAllTextAsync(
            Path.Combine(_folder.Root, "MyFirst/Sum.xs"),
            "function broken { RAX = }\n"
        );
        var (status, output, _) = await _folder.RunAsync("MyFirst", ["build", "--no-restore"]);
        Assert.That(status, Is.Not.Zero);
        Assert.That(output, Does.Match(@"Sum\.xs\(9,\d+\): error XS\d{4}: expected"));

        await ChangeAsync(
            Path.Combine(_folder.Root, "MyFirst/MyFirst.csproj"),
            ("Part=\"DiskCore\"", "Part=\"Disks\"")
        );
        (status, output, _) = await _folder.RunAsync("MyFirst", ["build", "--no-restore"]);
        Assert.That(status, Is.Not.Zero);
        Assert.That(output, Does.Match(@"error CMK1002: instance 'files': .*'Disks'.*DiskCore"));
    }

    private static Task WriteSumAsync(string kernel) =>
        File.WriteAllTextAsync(
            Path.Combine(kernel, "Sum.xs"),
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

    private static async Task WriteDiskAsync(string kernel)
    {
        var disk = Path.Combine(kernel, "disk.img");
        var file = Path.Combine(kernel, "disk.txt");
        await File.WriteAllTextAsync(file, "a disk");
        await HostProgram.RunToolAsync("truncate", "-s", "8M", disk);
        await HostProgram.RunToolAsync("/usr/sbin/mkfs.fat", disk);
        await HostProgram.RunToolAsync("mcopy", "-i", disk, file, "::");
    }

    private static async Task ChangeAsync(string file, params (string Old, string New)[] changes)
    {
        var text = await File.ReadAllTextAsync(file);
        foreach (var (old, changed) in changes)
        {
            Assert.That(text, Does.Contain(old), file);
            text = text.Replace(old, changed, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(file, text);
    }
}

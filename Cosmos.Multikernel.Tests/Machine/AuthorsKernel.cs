using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// The template's kernel, extended by all that a kernel may have: X#, files, a disk, a file on the boot medium, a network card, a driver
/// that is a project of its own beside it. Its greeting and its own test say that they are there.
/// </summary>
internal static class AuthorsKernel
{
    private const string Instances = """
        <KernelInstance Include="files" Part="DiskCore" Cores="2" Memory="64M" />
            <KernelInstance Include="disk" Part="DiskDriver" Cores="2" />
            <KernelInstance Include="nic" Part="NetworkDriver" Cores="1" />
            <KernelInstance Include="device" Project="../MyDevice/MyDevice.csproj" Cores="3" Driver="pci:1234:11e8" />
            <KernelModule Include="note.txt" />
          </ItemGroup>
          <ItemGroup>
            <PackageReference Include="Cosmos.Multikernel.Drivers" Version="$(CosmosVersion)" />
        """;

    private const string Machine = """
        <CosmosMachineDisk>disk.img</CosmosMachineDisk>
            <CosmosMachineNic>e1000e</CosmosMachineNic>
            <CosmosMachineOptions>--emulator-argument -device --emulator-argument edu</CosmosMachineOptions>
            <CosmosMachineCores>
        """;

    private const string Parts = """
        using System.Runtime.InteropServices;
        using Cosmos.Multikernel;
        using Cosmos.Multikernel.Drivers.Network.Service;

        internal static class Parts
        {
            public static string Describe() => $"{Sum(40, 2)}, {ReadDisk()}, {ReadNote()} and {FindNetwork()}";

            [DllImport("*", EntryPoint = "my_sum")]
            private static extern long Sum(long left, long right);

            private static string ReadDisk()
            {
                File.Copy("/disk0/disk.txt", "/copy.txt");
                return File.ReadAllText("/copy.txt");
            }

            private static string ReadNote() => File.ReadAllText(BootModules.PathOf("note.txt"));

            private static string FindNetwork() =>
                EventLoop
                    .Instance.InvokeAsync(async () =>
                    {
                        using var network = await NetworkClient.BindAsync(TimeSpan.FromSeconds(30));
                        return "a network";
                    })
                    .GetAwaiter()
                    .GetResult();
        }
        """;

    private const string Sum = """
        bits 64
        section .text exec

        // RDI and RSI: two numbers. Returns their sum.
        function my_sum {
            RAX = RDI
            RAX + RSI
        }

        """;

    private const string Expectations = """
        await machine.ExpectAsync("with 42, a disk, a note and a network has started on core 0", Limit);
                await machine.ExpectAsync("[3 device] drives", Limit);
                for (var core = 0; core < 1
        """;

    /// <summary>Extends the kernel in a folder.</summary>
    public static async Task ExtendAsync(string folder)
    {
        await WriteDiskAsync(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "Parts.cs"), Parts);
        await File.WriteAllTextAsync(Path.Combine(folder, "Sum.xs"), Sum);
        await File.WriteAllTextAsync(Path.Combine(folder, "note.txt"), "a note");
        await ChangeAsync(
            Path.Combine(folder, Path.GetFileName(folder) + ".csproj"),
            ("""<KernelInstance Include="worker" Cores="1-" />""", Instances),
            ("<CosmosMachineCores>", Machine)
        );
        await ChangeAsync(
            Path.Combine(folder, "Kernel.cs"),
            ("has started on", "with {Parts.Describe()} has started on")
        );
        await ChangeAsync(
            Path.Combine(folder, "Tests/BootTests.cs"),
            ("for (var core = 0; core < machine.Options.Cores", Expectations)
        );
    }

    /// <summary>Replaces texts in a file, each of which must be there.</summary>
    public static async Task ChangeAsync(string file, params (string Old, string New)[] changes)
    {
        var text = await File.ReadAllTextAsync(file);
        foreach (var (old, changed) in changes)
        {
            Assert.That(text, Does.Contain(old), file);
            text = text.Replace(old, changed, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(file, text);
    }

    private static async Task WriteDiskAsync(string folder)
    {
        var disk = Path.Combine(folder, "disk.img");
        var file = Path.Combine(folder, "disk.txt");
        await File.WriteAllTextAsync(file, "a disk");
        await HostProgram.RunToolAsync("truncate", "-s", "8M", disk);
        await HostProgram.RunToolAsync("/usr/sbin/mkfs.fat", disk);
        await HostProgram.RunToolAsync("mcopy", "-i", disk, file, "::");
    }
}

using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Cli.Benchmarks.Linux;

/// <summary>All that there is on the Linux that we compare with: one program as init, and the drivers of the machine's devices.</summary>
internal static class InitialFileSystem
{
    // The console is the serial line. Linux may do without what guards against other programs of the machine, of which there are none,
    // and needs not doubt the emulator's clock: both make it faster.
    private const string ForKernel =
        "console=ttyS0 quiet mitigations=off tsc=reliable panic=-1 rdinit=/init";

    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="program">Init.</param>
    /// <param name="modules">Drivers, in the order in which they are to be loaded.</param>
    public static void Write(string file, string program, IReadOnlyList<string> modules)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var archive = new CpioArchive(File.Create(file));
        foreach (var folder in (string[])["dev", "proc", "sys", "modules"])
        {
            archive.AddFolder(folder);
        }

        // Linux opens it for init before init can make it.
        archive.AddCharacterDevice("dev/console", major: 5, minor: 1);
        archive.AddFile("init", File.ReadAllBytes(program));
        for (var i = 0; i < modules.Count; i++)
        {
            archive.AddFile(
                $"modules/{i:00}-{Path.GetFileName(modules[i])}",
                File.ReadAllBytes(modules[i])
            );
        }
    }

    /// <summary>What Linux is told: for itself, and for init.</summary>
    public static string CommandLine(string arguments) => $"{ForKernel} -- {arguments}";
}

using System.Buffers.Binary;
using Cosmos.Multikernel.Cli.Benchmarks.Linux;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>
/// Makes the machine that a part of a suite runs in. The one with Linux has the same processors, memory and devices, and is started with the
/// same flags: only what boots is another.
/// </summary>
internal static class BenchMachine
{
    private const string DefaultInstance = "bench";
    private const int PieceBytes = 4096;

    /// <summary>Writes the image; returns the machine, and how many instances of the part's program it has.</summary>
    /// <param name="name">For its files and logs.</param>
    /// <param name="part">What runs there.</param>
    /// <param name="network">Where its network card's cable ends, in QEMU's words.</param>
    public static (MachineOptions Options, int Instances) OfMultikernel(
        string name,
        BenchPart part,
        string? network = null
    )
    {
        var image = Path.Combine(Repository.Artifacts, "iso", $"bench-{name}.iso");
        var modules = (part.Instances ?? [$"{DefaultInstance} all"])
            .Select(instance => instance.Split(' ', 2))
            .Select(fields => new ImageModule(
                fields[0],
                part.ProgramFile,
                fields[1],
                IsConsole: part.Rounds > 0,
                Arguments: part.Arguments,
                Devices: part.Devices
            ))
            .ToList();

        // Those that will say that they are done: a monitor, added below, never is.
        var count = modules.Sum(module => CoreList.Expand(module.Cores, part.Cores).Count);
        try
        {
            modules.AddRange(Drivers(part));

            // With a monitor on every core, as on every image that the Sdk makes: its cost counts. Not where a part speaks to
            // the CPU driver below monitors, which would have to permit its channels.
            if (part.Monitors)
            {
                modules.Add(Repository.MonitorModule);
            }

            ImageWriter.Write(new(Repository.CpuDriver, "", modules), image);
        }
        catch (ImageException failure)
        {
            throw new CommandFailure(failure.Message);
        }

        return (Machine(name, part, image, network), count);
    }

    /// <summary>Writes the initial file system; returns the machine.</summary>
    /// <param name="name">For its files and logs.</param>
    /// <param name="part">What runs there.</param>
    /// <param name="linux">How the program is told of it.</param>
    /// <param name="kernel">Which Linux.</param>
    /// <param name="network">Where its network card's cable ends, in QEMU's words.</param>
    public static MachineOptions OfLinux(
        string name,
        BenchPart part,
        BenchLinux linux,
        LinuxKernel kernel,
        string? network
    )
    {
        var files = Path.Combine(Repository.Artifacts, "linux", $"{name}.cpio");
        InitialFileSystem.Write(files, part.ProgramFile, kernel.ModulesFor(linux.Drivers));
        return Machine(name, part, files, network) with
        {
            Linux = new(kernel.File, InitialFileSystem.CommandLine(linux.Arguments)),
        };
    }

    /// <summary>The projects of what a part's image holds beside its own program.</summary>
    public static IEnumerable<string> FurtherProjects(BenchPart part)
    {
        if (part.Runs == BenchPlace.Machine)
        {
            yield return Repository.MonitorProject;
        }

        if (part.Disk is not null)
        {
            yield return Repository.PartProject("DiskDriver");
        }

        if (part.Nic is not null)
        {
            yield return Repository.PartProject("NetworkDriver");
        }

        if (part.Disk is not null || part.Nic is not null)
        {
            yield return Repository.PartProject("DeviceManager");
        }
    }

    /// <summary>What went wrong in a machine, with the last that it has said.</summary>
    public static CommandFailure Failure(string what, VirtualMachine machine) =>
        new(
            what,
            ShellSession.RemoveControls(machine.Serial.Tail(3)).Split('\n'),
            Repository.Relative(machine.Options.SerialLog!)
        );

    private static MachineOptions Machine(
        string name,
        BenchPart part,
        string image,
        string? network
    ) =>
        new(image)
        {
            Cores = part.Cores,
            Deterministic = part.Counted,
            Memory = part.Memory,
            Disks = part.Disk is { } disk ? [new(WriteDisk(name, disk), disk.Kind)] : [],
            Nic = part.Nic?.Kind ?? NicKind.None,
            Network = network,
            SerialLog = Path.Combine(Repository.Logs, $"bench-{name}.serial.log"),
        };

    private static IEnumerable<ImageModule> Drivers(BenchPart part)
    {
        List<string> declared = [];
        if (part.Disk is { } disk)
        {
            declared.Add($"disk={disk.Driver}");
            yield return Repository.DiskDriverModule(disk.Core);
        }

        if (part.Nic is { } nic)
        {
            declared.Add($"nic={nic.Driver}");
            yield return Repository.NetworkModule(nic.Core, nic.Arguments);
        }

        if (declared.Count > 0)
        {
            yield return Repository.DeviceManagerModule(string.Join(' ', declared));
        }
    }

    private static string WriteDisk(string name, BenchDisk disk)
    {
        var file = Path.Combine(
            Directory.CreateDirectory(Path.Combine(Repository.Artifacts, "bench")).FullName,
            $"{name}.disk"
        );
        using var stream = File.Create(file);
        var piece = new byte[PieceBytes];
        for (var number = 0L; number < ((long)disk.Megabytes << 20) / PieceBytes; number++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(piece, number);
            stream.Write(piece);
        }

        return file;
    }
}

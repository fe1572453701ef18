using Cosmos.Multikernel.Cli.Benchmarks.Station;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Cli.Benchmarks;

/// <summary>A program that measures, and where it runs.</summary>
/// <param name="Project">The project, relative to the repository.</param>
/// <param name="Program">Its executable's name.</param>
/// <param name="Runs">Where it runs.</param>
/// <param name="Arguments">What it is told.</param>
/// <param name="Instances">In a machine: <c>NAME CORES</c> for each instance of the program; empty for one on every core.</param>
/// <param name="Cores">The machine's cores.</param>
/// <param name="Counted">In a machine: time counts instructions, one processor at a time; else time is this host's.</param>
/// <param name="Monitors">Whether each core has its monitor.</param>
/// <param name="Devices">In a machine: the devices granted to its instances, as <c>KernelInstance</c> has it.</param>
/// <param name="Memory">The machine's memory, MB, which its cores share out.</param>
/// <param name="Minutes">In a machine: the longest it may take.</param>
/// <param name="Disk">In a machine: its disk.</param>
/// <param name="Nic">In a machine: its network card.</param>
/// <param name="Linux">The same on Linux, when the user asks for it.</param>
/// <param name="Rounds">In a machine: how often the program is told at its console to measure all that it can, by turns with Linux; 0: it measures by itself, once.</param>
/// <param name="DevicesFirst">In rounds: whether the emulated devices have real-time priority on this host.</param>
public sealed record BenchPart(
    string Project,
    string Program,
    BenchPlace Runs,
    string Arguments = "",
    IReadOnlyList<string>? Instances = null,
    int Cores = 4,
    int Memory = 512,
    bool Counted = true,
    bool Monitors = true,
    string Devices = "",
    int Minutes = 5,
    BenchDisk? Disk = null,
    BenchNic? Nic = null,
    BenchLinux? Linux = null,
    int Rounds = 0,
    bool DevicesFirst = false
)
{
    public string ProjectFile => Path.Combine(Repository.Root, Project);

    /// <summary>The program, once it is built: published for a machine, an assembly for this host.</summary>
    public string ProgramFile
    {
        get
        {
            var project = Path.GetFileNameWithoutExtension(Project);
            return Runs == BenchPlace.Machine
                ? Repository.InstanceProgram(project, Program)
                : Path.Combine(Repository.Artifacts, "bin", project, "release", Program + ".dll");
        }
    }
}

/// <summary>Where a suite's program runs.</summary>
public enum BenchPlace
{
    /// <summary>As an instance on each core of a virtual machine with counted time.</summary>
    Machine,

    /// <summary>As a process on this machine.</summary>
    Host,
}

/// <summary>A machine's disk, and the driver core that serves it.</summary>
/// <param name="Kind">What it is attached by.</param>
/// <param name="Megabytes">Its size. Each piece of 4 KB begins with its number (i64, little-endian).</param>
/// <param name="Core">The driver's core.</param>
/// <param name="Driver">Which devices the driver is for, as <c>KernelInstance</c> has it.</param>
public sealed record BenchDisk(DiskKind Kind, int Megabytes, string Core, string Driver);

/// <summary>A machine's network card, and the driver core that serves it. At the end of its cable is an <see cref="BenchStation"/>.</summary>
/// <param name="Kind">Which card.</param>
/// <param name="Core">The driver's core.</param>
/// <param name="Driver">Which devices the driver is for, as <c>KernelInstance</c> has it.</param>
/// <param name="Arguments">How its network is to behave.</param>
public sealed record BenchNic(NicKind Kind, string Core, string Driver, string Arguments);

/// <summary>The same program as the init of a Linux.</summary>
/// <param name="Arguments">What it is told there.</param>
/// <param name="Drivers">The kernel's modules that the machine's devices need; those that these need come along.</param>
public sealed record BenchLinux(string Arguments, IReadOnlyList<string> Drivers);

using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Building;

/// <summary>
/// Where things are: in the checkout that this program was built from; or, when it came in the Sdk's package, there and in the
/// folder that it was called in.
/// </summary>
public static class Repository
{
    private const string Marker = "Cosmos.Multikernel.slnx";
    private static readonly string? Checkout = FindCheckout();

    /// <summary>Whether this program belongs to a checkout, and not to a package.</summary>
    public static bool IsCheckout => Checkout is not null;

    /// <summary>The checkout's folder, else the folder that the program was called in.</summary>
    public static string Root { get; } = Checkout ?? Environment.CurrentDirectory;

    /// <summary>How a user calls this program.</summary>
    public static string Caller => IsCheckout ? "./build.sh" : "dotnet run --";

    public static string Artifacts => ArtifactsOf(Root);

    public static string Logs =>
        Directory.CreateDirectory(Path.Combine(Artifacts, "logs")).FullName;

    /// <summary>The CPU driver, once it is built.</summary>
    public static string CpuDriver =>
        IsCheckout
            ? Path.Combine(Artifacts, "bin/Cosmos.Multikernel.CpuDriver/release/cpudriver.elf")
            : Path.GetFullPath("../driver/cpudriver.elf", AppContext.BaseDirectory);

    /// <summary>Our licence.</summary>
    public static string Licence =>
        IsCheckout
            ? Path.Combine(Root, "LICENSE")
            : Path.GetFullPath("../LICENSE", AppContext.BaseDirectory);

    /// <summary>The kernel project that a verb without one means: the shell, else the one in the folder.</summary>
    public static string DefaultProject =>
        IsCheckout ? Path.Combine(Root, "samples/Shell/Shell.csproj") : Root;

    public static string TestProject =>
        Path.Combine(Root, "Cosmos.Multikernel.Tests/Cosmos.Multikernel.Tests.csproj");

    /// <summary>Publishes all programs that run inside the tests' machines.</summary>
    public static string TestInstances =>
        Path.Combine(Root, "Cosmos.Multikernel.Tests/Instances/Instances.proj");

    /// <summary>The project of the monitor that the Sdk puts on every core.</summary>
    public static string MonitorProject => PartProject("Monitor");

    /// <summary>The project of one of the Sdk's own programs (Parts.props).</summary>
    public static string PartProject(string part) =>
        Path.Combine(Root, $"Cosmos.Multikernel.{part}/Cosmos.Multikernel.{part}.csproj");

    /// <summary>The monitor as an image holds it, once it is published.</summary>
    public static ImageModule MonitorModule =>
        new(
            "monitor",
            InstanceProgram("Cosmos.Multikernel.Monitor", "monitor"),
            "all",
            Priority: "10",
            IsMonitor: true
        );

    /// <summary>The device manager as an image holds it, once it is published.</summary>
    /// <param name="drivers">Who drives what, as <c>INSTANCE=DEVICES</c>, separated by blanks.</param>
    public static ImageModule DeviceManagerModule(string drivers) =>
        new(
            "devices",
            InstanceProgram("Cosmos.Multikernel.DeviceManager", "devices"),
            "0",
            Arguments: drivers,
            Devices: "all"
        );

    /// <summary>A NIC's core as an image holds it, once it is published.</summary>
    /// <param name="core">Which core.</param>
    /// <param name="arguments">How its network is to behave; nothing for DHCP.</param>
    public static ImageModule NetworkModule(string core, string arguments = "") =>
        new(
            "nic",
            InstanceProgram("Cosmos.Multikernel.NetworkDriver", "nic"),
            core,
            Arguments: arguments,
            Restart: "on-failure"
        );

    /// <summary>The instance that serves files as an image holds it, once it is published.</summary>
    /// <param name="core">Which core.</param>
    public static ImageModule DiskCoreModule(string core) =>
        new("files", InstanceProgram("Cosmos.Multikernel.DiskCore", "files"), core, Memory: "96M");

    /// <summary>A driver core for disks as an image holds it, once it is published.</summary>
    /// <param name="core">Which core.</param>
    /// <param name="arguments">How it is to behave; nothing for the usual.</param>
    public static ImageModule DiskDriverModule(string core, string arguments = "") =>
        new(
            "disk",
            InstanceProgram("Cosmos.Multikernel.DiskDriver", "disk"),
            core,
            Arguments: arguments,
            Restart: "on-failure"
        );

    /// <summary>A console driver as an image holds it, once it is published.</summary>
    /// <param name="core">Which core.</param>
    /// <param name="layout">The keyboard's: <c>us</c>, <c>de</c> or <c>fr</c>.</param>
    public static ImageModule ConsoleModule(string core, string layout = "us") =>
        new(
            "console",
            InstanceProgram("Cosmos.Multikernel.ConsoleDriver", "console"),
            core,
            Arguments: $"layout={layout}",
            Restart: "on-failure"
        );

    /// <summary>The published program of an instance's project.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="program">The program's name, when it is another.</param>
    public static string InstanceProgram(string project, string? program = null) =>
        Path.Combine(Artifacts, "publish", project, "release_linux-x64", program ?? project);

    /// <summary>The folder that takes what is made for a project: shared in a checkout, the project's own elsewhere.</summary>
    public static string ArtifactsOf(string projectFolder) =>
        IsCheckout ? Path.Combine(Root, "artifacts") : Path.Combine(projectFolder, "obj/cosmos");

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    // Tests run from their own output folder, users from anywhere: only the program's place is certain.
    private static string? FindCheckout()
    {
        for (
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}

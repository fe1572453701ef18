using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>Boots images of test instances. Each boot gets an image and a serial log of its own under artifacts/.</summary>
internal static class TestMachine
{
    /// <summary>The programs of Instances/, by their names on an image.</summary>
    public static string Ladder => Repository.InstanceProgram("Ladder", "ladder");

    public static string Fatal => Repository.InstanceProgram("Fatal", "fatal");

    public static string OutOfMemory => Repository.InstanceProgram("OutOfMemory", "out-of-memory");

    public static string Hostile => Repository.InstanceProgram("Hostile", "hostile");

    public static string Messages => Repository.InstanceProgram("Messages", "messages");

    public static string Naming => Repository.InstanceProgram("Naming", "naming");

    public static string Capabilities => Repository.InstanceProgram("Capabilities", "capabilities");

    public static string Supervision => Repository.InstanceProgram("Supervision", "supervision");

    public static string FileUser => Repository.InstanceProgram("Files", "file-user");

    public static string DiskCore =>
        Repository.InstanceProgram("Cosmos.Multikernel.DiskCore", "files");

    public static string DiskUser => Repository.InstanceProgram("Disks", "disk-user");

    public static string RawDiskUser => Repository.InstanceProgram("RawDisks", "raw-disk-user");

    public static string Devices => Repository.InstanceProgram("Devices", "device-tests");

    public static string Network => Repository.InstanceProgram("Network", "network-tests");

    public static string Terminal => Repository.InstanceProgram("Terminal", "terminal-tests");

    public static string Shell => Repository.InstanceProgram("Shell");

    public static string Hello => Repository.InstanceProgram("HelloCores");

    /// <summary>Writes an image that holds these instances.</summary>
    public static string WriteImage(string name, params IEnumerable<ImageModule> modules) =>
        WriteImage(name, modules, []);

    /// <summary>Writes an image that holds these instances, and these files for them.</summary>
    public static string WriteImage(
        string name,
        IEnumerable<ImageModule> modules,
        IEnumerable<DataModule> data
    )
    {
        var image = Path.Combine(Repository.Artifacts, "iso/tests", name + ".iso");
        ImageWriter.Write(new(Repository.CpuDriver, "", [.. modules]) { Data = [.. data] }, image);
        return image;
    }

    /// <summary>Boots an image; the log is named after <paramref name="name"/>.</summary>
    public static Task<VirtualMachine> BootAsync(
        string name,
        string image,
        Func<MachineOptions, MachineOptions>? choose = null
    )
    {
        var options = new MachineOptions(image)
        {
            SerialLog = Path.Combine(Repository.Logs, $"test-{name}.serial.log"),
        };
        return VirtualMachine.StartAsync(
            choose?.Invoke(options) ?? options,
            CancellationToken.None
        );
    }

    /// <summary>What to add to a failure: the end of the serial line, and what the emulator complained about.</summary>
    public static string Describe(VirtualMachine machine)
    {
        var text = ShellSession.RemoveControls(machine.Serial.Tail(25));
        return $"\nserial line ({machine.Options.SerialLog}):\n{text}\n{machine.Errors}";
    }
}

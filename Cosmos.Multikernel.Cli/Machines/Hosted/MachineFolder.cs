using System.Globalization;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using Cosmos.Multikernel.Sdk.Images;
using Microsoft.Win32.SafeHandles;

namespace Cosmos.Multikernel.Cli.Machines.Hosted;

/// <summary>
/// The folder in shared memory that is a hosted machine. It goes when the machine does, and when we are killed a janitor
/// removes it: a process that sleeps on a pipe from us, which Linux closes however we end.
/// </summary>
internal sealed class MachineFolder : IDisposable
{
    // An instance that dies with us may just be making a file: then the folder is not empty, and it is tried again.
    private const string Janitor =
        "read -r _; for i in 1 2 3 4 5 6 7 8 9; do rm -rf -- \"$0\"; [ -e \"$0\" ] || exit 0; sleep 0.1; done";

    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static int s_count;

    private readonly NativeProcess _janitor;
    private readonly SafeFileHandle _leash;

    public MachineFolder()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new MachineException("hosted machines need Linux; on Windows use WSL");
        }

        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"cosmos-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}"
        );
        Path = System.IO.Path.Combine(parent, name);
        Directory.CreateDirectory(Path, OwnerOnly);
        var (read, write) = NativeProcess.CreatePipe();
        _leash = write;
        using (read)
        {
            _janitor = NativeProcess.Start(
                ["/bin/sh", "-c", Janitor, Path],
                new Dictionary<string, string>(),
                read,
                output: null,
                processor: null
            );
        }
    }

    public string Path { get; }

    /// <summary>Puts the files that the boot medium would bring where instances find them.</summary>
    public void Link(IReadOnlyList<DataModule> modules)
    {
        if (modules.Count == 0)
        {
            return;
        }

        var folder = Directory.CreateDirectory(ModuleFolder.Of(Path));
        foreach (var module in modules)
        {
            File.CreateSymbolicLink(
                System.IO.Path.Combine(folder.FullName, module.Name),
                System.IO.Path.GetFullPath(module.File)
            );
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        finally
        {
            // Whatever is still there is now the janitor's.
            _leash.Dispose();
            _janitor.Wait();
        }
    }
}

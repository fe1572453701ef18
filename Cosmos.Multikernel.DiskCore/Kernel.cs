using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Ram;
using Cosmos.Multikernel.Drivers.FileSystems.Service;
using Cosmos.Multikernel.Files;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.DiskCore;

/// <summary>
/// The instance that serves files to all others: a RAM file system at the root, and what there is on disks below it. It is
/// declared under the name "files", for which others wait; so it looks for disks before it serves. Its arguments, <c>module=NAME</c>, name boot
/// modules that are images of disks: those are mounted too, read-only.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    private const ushort Everything = 0x1ff;
    private const string ModuleKey = "module=";

    // A disk that does not answer does not keep the machine on.
    private static readonly TimeSpan ParkingLimit = TimeSpan.FromSeconds(8);

    // Less than what others wait for files: a disk that does not come must not cost them those in RAM.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        RamFileSystem root = new(RamLimit(), "ram");
        MountTree tree = new(root);
        await root.CreateAsync(root.Root, "tmp", FileKind.Directory, Everything);
        DiskMounter mounter = new(tree, Console.WriteLine);
        await MountModulesAsync(mounter);
        if (EventLoop.Current.HasMonitor)
        {
            await MountDisksAsync(mounter, stopping);
        }
        FileServer server = new(tree)
        {
            WriteBackFailed = static exception => Console.WriteLine(exception.Message),
            ParkDisks = static () => DiskParking.RunAsync(ParkingLimit, Console.WriteLine),
        };
        await server.ServeAsync(stopping);
    }

    private static async Task MountModulesAsync(DiskMounter mounter)
    {
        foreach (string argument in Environment.GetCommandLineArgs().Skip(1))
        {
            if (!argument.StartsWith(ModuleKey, StringComparison.Ordinal))
            {
                Console.WriteLine($"'{argument}' is no argument of a disk core: {ModuleKey}NAME");
                continue;
            }
            string name = argument[ModuleKey.Length..];
            try
            {
                await mounter.MountAsync(new FileDisk(BootModules.PathOf(name), isReadOnly: true));
            }
            catch (IOException exception)
            {
                Console.WriteLine($"boot module {name}: {exception.Message}");
            }
        }
    }

    private static async Task MountDisksAsync(DiskMounter mounter, CancellationToken stopping)
    {
        DiskFinder finder = new(Patience, Console.WriteLine);
        foreach (BlockDevice disk in await finder.FindAsync(stopping))
        {
            await mounter.MountAsync(disk);
        }
    }

    // What the collector may have, and half of that: contents are copied as they come and go.
    private static long RamLimit() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
}

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
/// declared under the name "files", for which others wait; so it looks for disks before it serves.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    private const ushort Everything = 0x1ff;

    // Less than what others wait for files: a disk that does not come must not cost them those in RAM.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        RamFileSystem root = new(RamLimit(), "ram");
        MountTree tree = new(root);
        await root.CreateAsync(root.Root, "tmp", FileKind.Directory, Everything);
        if (EventLoop.Current.HasMonitor)
        {
            await MountDisksAsync(tree, stopping);
        }
        FileServer server = new(tree)
        {
            WriteBackFailed = static exception => Console.WriteLine(exception.Message),
        };
        await server.ServeAsync(stopping);
    }

    private static async Task MountDisksAsync(MountTree tree, CancellationToken stopping)
    {
        DiskFinder finder = new(Patience, Console.WriteLine);
        DiskMounter mounter = new(tree, Console.WriteLine);
        foreach (BlockDevice disk in await finder.FindAsync(stopping))
        {
            await mounter.MountAsync(disk);
        }
    }

    // What the collector may have, and half of that: contents are copied as they come and go.
    private static long RamLimit() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
}

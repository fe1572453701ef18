using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Ram;
using Cosmos.Multikernel.Drivers.FileSystems.Service;
using Cosmos.Multikernel.Files;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.DiskCore;

/// <summary>
/// The instance that serves files to all others: a RAM file system at the root, and what there are of disks below it. It is
/// declared under the name "files", for which others wait.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    private const ushort Everything = 0x1ff;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        RamFileSystem root = new(RamLimit(), "ram");
        MountTree tree = new(root);
        await root.CreateAsync(root.Root, "tmp", FileKind.Directory, Everything);
        FileServer server = new(tree)
        {
            WriteBackFailed = static exception => Console.WriteLine($"files: {exception.Message}"),
        };
        await server.ServeAsync(stopping);
    }

    // What the collector may have, and half of that: contents are copied as they come and go.
    private static long RamLimit() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
}

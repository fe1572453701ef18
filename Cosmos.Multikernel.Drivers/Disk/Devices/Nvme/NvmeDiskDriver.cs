using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;

/// <summary>An NVMe controller and its namespaces, each a disk (NVM Express Base Specification 2.0).</summary>
internal sealed class NvmeDiskDriver : DiskDriver
{
    private readonly NvmeController controller;
    private readonly NvmeDiskQueue queue;
    private readonly List<DiskUnit> units = [];

    private NvmeDiskDriver(NvmeController controller, int number, TimeSpan? limit)
    {
        this.controller = controller;
        queue = new NvmeDiskQueue(controller, StorageNames.Disk(number), limit);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<DiskUnit> Units => units;

    /// <inheritdoc/>
    public override PciInterruptKind InterruptKind => controller.InterruptKind;

    /// <inheritdoc/>
    public override long Interrupts => controller.Interrupts;

    /// <summary>Starts it.</summary>
    public static async Task<NvmeDiskDriver> OpenAsync(
        PciDevice device,
        int number,
        TimeSpan? limit = null
    )
    {
        NvmeDiskDriver started = new(await NvmeController.OpenAsync(device), number, limit);
        try
        {
            await started.StartAsync(number);
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task ServeAsync(CancellationToken cancellation = default) =>
        controller.Serving.WaitAsync(cancellation);

    /// <inheritdoc/>
    protected override void Stop()
    {
        controller.Dispose();
        queue.Dispose();
    }

    private async Task StartAsync(int number)
    {
        NvmeIdentity identity = await NvmeIdentity.ReadAsync(
            controller,
            problem => queue.Report($"{queue.Name}: {problem}")
        );
        await queue.StartAsync();
        bool isAlone = identity.Namespaces.Count == 1;
        for (int place = 0; place < identity.Namespaces.Count; place++)
        {
            NvmeNamespace found = identity.Namespaces[place];
            int blockSize = found.Geometry.BlockSize;
            queue.Add(place, found);
            units.Add(
                new DiskUnit(
                    queue,
                    StorageNames.Disk(number, place, isAlone),
                    place,
                    new DiskTraits(
                        found.Geometry,
                        Math.Max(blockSize, identity.MostBytes / blockSize * blockSize),
                        identity.HasCache,
                        HasForceUnitAccess: true,
                        CanPark: true
                    )
                )
            );
        }
    }
}

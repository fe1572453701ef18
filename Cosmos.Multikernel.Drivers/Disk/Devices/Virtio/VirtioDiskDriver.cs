using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Virtio;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Virtio;

/// <summary>The disk that hypervisors have (Virtio 1.2, section 5.2).</summary>
internal sealed class VirtioDiskDriver : DiskDriver
{
    private const long SectorSize = 512;

    // A frame is not longer than twice this.
    private const uint MostBytes = 1 << 20;

    private readonly VirtioDevice device;
    private readonly VirtioDiskQueue queue;
    private readonly DiskUnit unit;

    private VirtioDiskDriver(VirtioDevice device, string name, TimeSpan? limit)
    {
        this.device = device;
        DiskTraits traits = ReadTraits(device, name);
        queue = new VirtioDiskQueue(device, name, traits.Geometry.BlockSize, limit);
        unit = new DiskUnit(queue, name, number: 0, traits);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<DiskUnit> Units => [unit];

    /// <inheritdoc/>
    public override PciInterruptKind InterruptKind => device.InterruptKind;

    /// <inheritdoc/>
    public override long Interrupts => device.Interrupts;

    /// <summary>Starts it.</summary>
    public static async Task<VirtioDiskDriver> OpenAsync(
        PciDevice pci,
        string name,
        TimeSpan? limit = null
    )
    {
        VirtioDevice device = await VirtioDevice.OpenAsync(pci, VirtioDiskFeatures.All);
        try
        {
            VirtioDiskDriver started = new(device, name, limit);
            await device.StartAsync();
            return started;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task ServeAsync(CancellationToken cancellation = default) =>
        queue.ServeAsync(cancellation);

    /// <inheritdoc/>
    protected override void Stop()
    {
        device.Dispose();
        queue.Dispose();
    }

    private static DiskTraits ReadTraits(VirtioDevice device, string name)
    {
        VirtioDiskRegisters registers = new(device.Configuration, device.ConfigurationOffset);
        ulong sectors = device.ReadConfiguration(() =>
            registers.CapacityLow | ((ulong)registers.CapacityHigh << 32)
        );
        uint blockSize = device.Features.HasFlag(VirtioDiskFeatures.BlockSize)
            ? registers.BlockSize
            : (uint)SectorSize;
        uint longest = device.Features.HasFlag(VirtioDiskFeatures.LongestSegment)
            ? Math.Min(registers.LongestSegment, MostBytes)
            : MostBytes;
        bool canBe =
            blockSize is >= BlockGeometry.MinimumBlockSize and <= BlockGeometry.MaximumBlockSize
            && uint.IsPow2(blockSize)
            && sectors <= long.MaxValue / SectorSize
            && longest >= blockSize;
        return canBe
            ? new DiskTraits(
                new BlockGeometry(
                    (long)sectors / (blockSize / SectorSize),
                    (int)blockSize,
                    IsReadOnly: device.Features.HasFlag(VirtioDiskFeatures.ReadOnly)
                ),
                (int)(longest - longest % blockSize),
                HasCache: device.Features.HasFlag(VirtioDiskFeatures.Flush)
            )
            : throw new VirtioException(
                $"{name}: there is no disk of {sectors} sectors, blocks of {blockSize} bytes and requests of {longest}."
            );
    }
}

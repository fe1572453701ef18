using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ahci;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ide;
using Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;
using Cosmos.Multikernel.Drivers.Disk.Devices.Virtio;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>A driver of one controller: its disks, and a task that serves its interrupts. On the event loop.</summary>
/// <remarks>
/// A controller's own code is one class that derives from this and one that derives from <see cref="DiskQueue"/>, where
/// requests meet the hardware. Time-outs, recovery, cutting into pieces, copying, serving by message and partitions are the
/// same for all, and elsewhere.
/// </remarks>
public abstract class DiskDriver : IDisposable
{
    private const ushort RedHat = 0x1AF4;

    // PCI Code and ID Assignment 1.11, section 1.2.
    private const ushort IdeSubClass = 0x01_01;
    private const uint AhciClass = 0x01_06_01;
    private const uint NvmeClass = 0x01_08_02;

    /// <summary>What <c>Driver</c> of a kernel project says for all devices that have a driver here.</summary>
    public const string Devices =
        "pci:1af4:1042,pci:1af4:1001,pci:class:0101,pci:class:010601,pci:class:010802";

    /// <summary>The controller's disks. They do not change while it is driven.</summary>
    public abstract IReadOnlyList<DiskUnit> Units { get; }

    /// <summary>How the controller interrupts.</summary>
    public abstract PciInterruptKind InterruptKind { get; }

    /// <summary>Interrupts arrived so far.</summary>
    public abstract long Interrupts { get; }

    /// <summary>Starts the driver that a device needs.</summary>
    /// <param name="device">The device, just claimed.</param>
    /// <param name="number">The controller's: its disks are called by it (<see cref="StorageNames"/>).</param>
    /// <param name="limit">How long a request may take; null for <see cref="DiskQueue.DefaultLimit"/>.</param>
    /// <exception cref="NotSupportedException">There is none for it.</exception>
    /// <exception cref="IOException">The device is not as it should be.</exception>
    public static async Task<DiskDriver> StartAsync(
        PciDevice device,
        int number,
        TimeSpan? limit = null
    )
    {
        PciIdentity identity = device.Record.Identity;
        return (identity.Vendor, identity.Device) switch
        {
            // The second is the number that it has where it may also be driven in the old way (Virtio 1.2, 4.1.2.1).
            (RedHat, 0x1042 or 0x1001) => await VirtioDiskDriver.OpenAsync(
                device,
                StorageNames.Disk(number),
                limit
            ),
            _ when identity.SubClass == IdeSubClass => await IdeDiskDriver.OpenAsync(
                device,
                number,
                limit
            ),
            _ when identity.Class == AhciClass => await AhciDiskDriver.OpenAsync(
                device,
                number,
                limit
            ),
            _ when identity.Class == NvmeClass => await NvmeDiskDriver.OpenAsync(
                device,
                number,
                limit
            ),
            _ => throw new NotSupportedException($"There is no driver for {device}."),
        };
    }

    /// <summary>Serves interrupts until cancelled, or until the device is gone.</summary>
    public abstract Task ServeAsync(CancellationToken cancellation = default);

    /// <summary>Stops the device.</summary>
    public void Dispose()
    {
        Stop();
        foreach (DiskUnit unit in Units)
        {
            unit.Dispose();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the device: it no longer touches memory.</summary>
    protected abstract void Stop();
}

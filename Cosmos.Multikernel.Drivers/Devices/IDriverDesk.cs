using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// What the device manager does for drivers, under the name <see cref="DeviceManager.DriversName"/>. A driver reaches its own
/// devices and nothing else: it gets capabilities for their registers and interrupts, and the manager changes their configuration
/// spaces for it.
/// </summary>
/// <remarks>
/// When a driver's channel ends, its devices are silenced, reset where they can be, and wait for the driver's next life. A
/// number that is not the caller's device is an <see cref="UnauthorizedAccessException"/>.
/// </remarks>
[MessageInterface(Service = "drivers")]
public interface IDriverDesk
{
    /// <summary>The caller's next device, which it has from now on; its number is -1 when there is none left.</summary>
    ValueTask<DeviceRecord> ClaimAsync();

    /// <summary>A device's configuration space as it reads now: 256 bytes, or 4096.</summary>
    ValueTask<byte[]> ReadConfigurationAsync(int device);

    /// <summary>The memory behind a base address register.</summary>
    ValueTask<DeviceMemory> TakeMemoryAsync(int device, int bar);

    /// <summary>The ports behind a base address register.</summary>
    ValueTask<PortRange> TakePortsAsync(int device, int bar);

    /// <summary>The device's interrupt line.</summary>
    /// <param name="device">The device.</param>
    /// <param name="index">0; 1 for the second channel of an IDE controller, which has a line of its own.</param>
    ValueTask<Interrupt> TakeLineAsync(int device, int index);

    /// <summary>Interrupt messages.</summary>
    /// <param name="device">The device.</param>
    /// <param name="count">A power of two, at most what the device can send.</param>
    ValueTask<Interrupt> TakeMessagesAsync(int device, int count);

    /// <summary>Lets the device send interrupt messages; with MSI-X its driver has filled in the table before.</summary>
    /// <param name="device">The device.</param>
    /// <param name="kind"><see cref="PciInterruptKind.Msi"/> or <see cref="PciInterruptKind.MsiX"/>.</param>
    /// <param name="address">MSI: where to.</param>
    /// <param name="data">MSI: what for the first one.</param>
    /// <param name="count">MSI: how many.</param>
    ValueTask EnableMessagesAsync(
        int device,
        PciInterruptKind kind,
        ulong address,
        uint data,
        int count
    );

    /// <summary>Lets the device read and write memory by itself, or no more.</summary>
    ValueTask SetBusMasterAsync(int device, bool on);

    /// <summary>Resets the device where it can be reset alone; false when its driver has to.</summary>
    ValueTask<bool> ResetAsync(int device);
}

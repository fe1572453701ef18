using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Network.Devices.E1000;
using Cosmos.Multikernel.Drivers.Network.Devices.Virtio;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Network.Devices;

/// <summary>A network device with a driver: packets, and a task that serves its interrupts.</summary>
public abstract class NetworkDriver : PacketDevice, IDisposable
{
    private const ushort RedHat = 0x1AF4;
    private const ushort Intel = 0x8086;

    /// <summary>What <c>Driver</c> of a kernel project says for all devices that have a driver here.</summary>
    public const string Devices = "pci:1af4:1041,pci:1af4:1000,pci:8086:100e,pci:8086:10d3";

    /// <summary>Interrupts arrived so far.</summary>
    public abstract long Interrupts { get; }

    /// <summary>Starts the driver that a device needs.</summary>
    /// <param name="device">The device, just claimed.</param>
    /// <param name="name">What it is to be called, such as "eth0".</param>
    /// <exception cref="NotSupportedException">There is none for it.</exception>
    /// <exception cref="IOException">The device is not as it should be.</exception>
    public static async Task<NetworkDriver> StartAsync(PciDevice device, string name)
    {
        PciIdentity identity = device.Record.Identity;
        return (identity.Vendor, identity.Device) switch
        {
            // The second is the number that it has where it may also be driven in the old way (Virtio 1.2, 4.1.2.1).
            (RedHat, 0x1041 or 0x1000) => await VirtioNetDevice.OpenAsync(device, name),
            (Intel, 0x100E) => await E1000Device.OpenAsync(device, name, E1000Model.I82540),
            (Intel, 0x10D3) => await E1000Device.OpenAsync(device, name, E1000Model.I82574),
            _ => throw new NotSupportedException($"There is no driver for {device}."),
        };
    }

    /// <summary>Serves interrupts until cancelled. From here the receiver is told of packets.</summary>
    /// <exception cref="IOException">The device cannot go on.</exception>
    public abstract Task ServeAsync(CancellationToken cancellation = default);

    /// <summary>Stops the device.</summary>
    public void Dispose()
    {
        Stop();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the device and gives its memory back.</summary>
    protected abstract void Stop();
}

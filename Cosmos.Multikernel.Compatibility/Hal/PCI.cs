using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Compatibility.Messages;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Naming;

namespace Cosmos.HAL;

/// <summary>
/// The devices of the machine, as the device manager lists them (docs/devices.md). To drive one, be declared as its driver and claim it:
/// <c>Cosmos.Multikernel.Drivers.Devices.DriverConnection</c>.
/// </summary>
public static class PCI
{
    private static List<PCIDevice>? devices;

    /// <summary>All devices; asked for at the first use.</summary>
    /// <exception cref="NotSupportedException">The image has no device manager.</exception>
    public static List<PCIDevice> Devices => devices ??= Ask();

    /// <summary>How many there are.</summary>
    public static uint Count => (uint)Devices.Count;

    /// <summary>Asks for the devices anew.</summary>
    public static void Setup() => devices = Ask();

    /// <summary>The first device of a vendor and a number; null when there is none.</summary>
    public static PCIDevice? GetDevice(ushort VendorID, ushort DeviceID) =>
        Devices.Find(device => device.VendorID == VendorID && device.DeviceID == DeviceID);

    /// <summary>The first device of a vendor and a number; null when there is none.</summary>
    public static PCIDevice? GetDevice(VendorID aVendorID, DeviceID aDeviceID) =>
        GetDevice((ushort)aVendorID, (ushort)aDeviceID);

    /// <summary>The device at a place; null when there is none.</summary>
    public static PCIDevice? GetDevice(uint bus, uint slot, uint function) =>
        Devices.Find(device =>
            device.bus == bus && device.slot == slot && device.function == function
        );

    /// <summary>The first device of a class; null when there is none.</summary>
    public static PCIDevice? GetDeviceClass(ushort Class, ushort SubClass) =>
        Devices.Find(device => device.ClassCode == Class && device.Subclass == SubClass);

    /// <summary>The first device of a class; null when there is none.</summary>
    public static PCIDevice? GetDeviceClass(ClassID Class, SubclassID SubClass) =>
        GetDeviceClass((ushort)Class, (ushort)SubClass);

    /// <summary>Whether there is such a device.</summary>
    public static bool Exists(PCIDevice? pciDevice) => pciDevice is not null;

    /// <summary>Whether there is such a device.</summary>
    public static bool Exists(VendorID aVendorID, DeviceID aDeviceID) =>
        GetDevice(aVendorID, aDeviceID) is not null;

    private static List<PCIDevice> Ask() => BlockingCall.Run(nameof(PCI), AskAsync);

    private static async Task<List<PCIDevice>> AskAsync()
    {
        try
        {
            using var manager = await Names.BindAsync<DeviceListProxy>(
                DeviceManager.Name,
                BlockingCall.Patience
            );
            return [.. (await manager.ListAsync()).Select(static record => new PCIDevice(record))];
        }
        catch (Exception exception)
            when (exception is TimeoutException or ChannelException or InvalidOperationException)
        {
            throw new NotSupportedException(
                "No device manager answers: <CosmosDevices>true</CosmosDevices> in the kernel project puts one on the image.",
                exception
            );
        }
    }
}

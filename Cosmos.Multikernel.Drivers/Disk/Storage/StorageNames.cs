using Cosmos.Multikernel.Drivers.Devices;

namespace Cosmos.Multikernel.Drivers.Disk.Storage;

/// <summary>
/// How disks are called. Controllers are numbered in the order in which the device manager lists them, whether they have drivers or
/// not, so that a disk has the same name however its drivers come and go.
/// </summary>
public static class StorageNames
{
    private const byte MassStorage = 0x01;

    /// <summary>The machine's disk controllers, in the order of their numbers.</summary>
    public static IReadOnlyList<DeviceRecord> Controllers(IEnumerable<DeviceRecord> devices) =>
        [.. devices.Where(device => device.Identity.BaseClass == MassStorage)];

    /// <summary>A controller's number; -1 for a device that is none.</summary>
    public static int NumberOf(DeviceRecord device, IReadOnlyList<DeviceRecord> controllers) =>
        controllers.ToList().FindIndex(other => other.Number == device.Number);

    /// <summary>The name under which a controller's driver serves <see cref="IStorage"/>.</summary>
    public static string Controller(int number) => $"storage{number}";

    /// <summary>The name of a controller's only disk.</summary>
    public static string Disk(int controller) => $"disk{controller}";

    /// <summary>The name of one of a controller's disks, by its place there.</summary>
    public static string Disk(int controller, int place) => $"disk{controller}-{place}";

    /// <summary>The name of one of a controller's disks, the only one or not.</summary>
    public static string Disk(int controller, int place, bool isAlone) =>
        isAlone ? Disk(controller) : Disk(controller, place);
}

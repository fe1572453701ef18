using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Disk.Storage;

/// <summary>Finds the machine's disks: asks the device manager for controllers with drivers, and each driver for its disks.</summary>
/// <param name="patience">How long to wait for the device manager, and for each driver.</param>
/// <param name="report">Told of what does not answer.</param>
public sealed class DiskFinder(TimeSpan patience, Action<string> report)
{
    private const string DeviceManagerInstance = "devices";

    /// <summary>Whether the machine has a device manager: without one there are no disks. A hosted one has no devices.</summary>
    internal static bool HasDeviceManager =>
        !Instance.IsHosted
        && Machine.DeclaredInstances.Any(instance => instance.Name == DeviceManagerInstance);

    /// <summary>All disks, in the order of their controllers. What does not answer in time is reported and left out.</summary>
    public async Task<IReadOnlyList<RemoteBlockDevice>> FindAsync(
        CancellationToken cancellation = default
    )
    {
        if (!HasDeviceManager)
        {
            return [];
        }
        IReadOnlyList<DeviceRecord> controllers = [];
        await TryAsync(
            "the device manager",
            async () => controllers = await ListControllersAsync(patience, cancellation)
        );
        // All at once: those that do not come are waited for once.
        Task<IReadOnlyList<RemoteBlockDevice>>[] searches =
        [
            .. controllers
                .Select((device, number) => (Device: device, Number: number))
                .Where(one => one.Device.State is DeviceState.Waiting or DeviceState.Driven)
                .Select(one => FindBehindAsync(one.Number, one.Device, cancellation)),
        ];
        return [.. (await Task.WhenAll(searches)).SelectMany(disks => disks)];
    }

    /// <summary>The machine's disk controllers, in the order of their numbers, as the device manager has them.</summary>
    /// <exception cref="TimeoutException">There is no device manager.</exception>
    public static async Task<IReadOnlyList<DeviceRecord>> ListControllersAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
    {
        using DeviceListProxy devices = await Names.BindAsync<DeviceListProxy>(
            DeviceManager.Name,
            timeout,
            cancellation
        );
        return StorageNames.Controllers(await devices.ListAsync());
    }

    private async Task<IReadOnlyList<RemoteBlockDevice>> FindBehindAsync(
        int number,
        DeviceRecord controller,
        CancellationToken cancellation
    )
    {
        List<RemoteBlockDevice> disks = [];
        await TryAsync(
            $"the driver of {controller}",
            async () =>
            {
                using StorageProxy storage = await Names.BindAsync<StorageProxy>(
                    StorageNames.Controller(number),
                    patience,
                    cancellation
                );
                foreach (string name in await storage.GetDisksAsync())
                {
                    disks.Add(await RemoteBlockDevice.BindAsync(name, patience, cancellation));
                }
            }
        );
        return disks;
    }

    private async Task TryAsync(string whom, Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception exception) when (exception is ChannelException or TimeoutException)
        {
            report($"{whom} does not answer: {exception.Message}");
        }
    }
}

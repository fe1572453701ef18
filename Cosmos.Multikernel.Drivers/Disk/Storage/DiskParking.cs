using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Disk.Storage;

/// <summary>
/// Gets all disks of the machine ready for the power to go, by asking their drivers. What was written to files has to be on its way to them
/// before. The disk core does both when an instance calls <see cref="Machine.Shutdown"/> or <see cref="Machine.Reboot"/>; this is for images
/// without one.
/// </summary>
public static class DiskParking
{
    /// <summary>Has all disks parked at once. One that does not answer in time is reported, and not waited for.</summary>
    /// <param name="limit">How long this may take.</param>
    /// <param name="report">Told, in words, of what could not be done.</param>
    public static async Task RunAsync(TimeSpan limit, Action<string> report)
    {
        if (!DiskFinder.HasDeviceManager)
        {
            return;
        }
        Task parking = ParkAllAsync(limit, report);
        if (!await EventLoop.Current.CompletesAsync(parking, limit))
        {
            report($"not all disks were ready for the power to go within {limit.TotalSeconds} s");
            return;
        }
        await parking;
    }

    private static async Task ParkAllAsync(TimeSpan limit, Action<string> report)
    {
        try
        {
            IReadOnlyList<DeviceRecord> controllers = await DiskFinder.ListControllersAsync(limit);
            await Task.WhenAll(
                controllers
                    .Select((device, number) => (Device: device, Number: number))
                    .Where(one => one.Device.State == DeviceState.Driven)
                    .Select(one => ParkAsync(one.Number, limit, report))
            );
        }
        catch (Exception exception) when (exception is ChannelException or TimeoutException)
        {
            report($"disks do not get ready for the power to go: {exception.Message}");
        }
    }

    private static async Task ParkAsync(int controller, TimeSpan limit, Action<string> report)
    {
        using StorageProxy storage = await Names.BindAsync<StorageProxy>(
            StorageNames.Controller(controller),
            limit
        );
        foreach (string problem in await storage.ParkAsync())
        {
            report(problem);
        }
    }
}

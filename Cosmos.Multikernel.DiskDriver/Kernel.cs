using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Drivers.Pci;
using Driver = Cosmos.Multikernel.Drivers.Disk.Devices.DiskDriver;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.DiskDriver;

/// <summary>
/// A driver core for disks: drives the controllers that the kernel project declares for it, and serves each disk to other cores under its
/// name ("disk0" and so on). Its arguments are those of <see cref="DiskArguments"/>.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        TimeSpan? limit = DiskArguments.ParseLimit(Environment.GetCommandLineArgs().Skip(1));
        await HostedMachine.IdleThereAsync(stopping);
        using DriverConnection? connection = await DriverConnection.TryConnectAsync(
            Patience,
            stopping
        );
        if (connection is null)
        {
            Stop();
            return;
        }
        IReadOnlyList<DeviceRecord> controllers = await DiskFinder.ListControllersAsync(
            Patience,
            stopping
        );
        List<Task> work = [];
        while (await connection.ClaimAsync() is { } device)
        {
            int number = StorageNames.NumberOf(device.Record, controllers);
            if (await TryStartAsync(device, number, limit) is { } driver)
            {
                work.Add(driver.ServeAsync(stopping));
                work.Add(StorageServer.ServeAsync(number, driver, stopping));
            }
        }
        // One that fails in a way that it cannot mend ends the instance; its devices are reset, and its monitor starts it again. One
        // whose device is gone goes on saying so.
        while (work.Count > 0)
        {
            Task first = await EventLoop.WhenAny(work);
            await first;
            work.Remove(first);
        }
        await Task.Delay(Timeout.Infinite, stopping);
    }

    // One device that is not as it should be does not keep the others from being driven.
    private static async Task<Driver?> TryStartAsync(PciDevice device, int number, TimeSpan? limit)
    {
        try
        {
            Driver driver = await Driver.StartAsync(device, number, limit);
            foreach (DiskUnit unit in driver.Units)
            {
                BlockGeometry geometry = unit.Geometry;
                Console.WriteLine(
                    $"{unit.Name}: {geometry.Length >> 10} KB in blocks of {geometry.BlockSize}{(geometry.IsReadOnly ? ", read-only" : "")} ({device}, interrupts by {driver.InterruptKind.InWords()})"
                );
            }
            return driver;
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException)
        {
            Console.WriteLine($"{device}: {exception.Message}");
            return null;
        }
    }
}

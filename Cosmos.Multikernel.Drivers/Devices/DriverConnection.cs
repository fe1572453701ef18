using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>A driver's connection to the device manager. While it is open the driver has its devices. On the event loop.</summary>
public sealed class DriverConnection : IDisposable
{
    private readonly DriverDeskProxy desk;

    private DriverConnection(DriverDeskProxy desk) => this.desk = desk;

    /// <summary>Connects; waits for the manager to start.</summary>
    /// <exception cref="BindingRefusedException">No device of this machine is declared for this instance.</exception>
    /// <exception cref="TimeoutException">There is no device manager.</exception>
    public static async Task<DriverConnection> ConnectAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) =>
        new(
            await Names.BindAsync<DriverDeskProxy>(DeviceManager.DriversName, timeout, cancellation)
        );

    /// <summary>Connects; null when no device of this machine is declared for this instance.</summary>
    /// <exception cref="TimeoutException">There is no device manager.</exception>
    public static async Task<DriverConnection?> TryConnectAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
    {
        try
        {
            return await ConnectAsync(timeout, cancellation);
        }
        catch (BindingRefusedException)
        {
            return null;
        }
    }

    /// <summary>The next device for this driver; null when there is none left.</summary>
    public async Task<PciDevice?> ClaimAsync()
    {
        DeviceRecord record = await desk.ClaimAsync();
        return record.Exists
            ? new PciDevice(desk, record, await desk.ReadConfigurationAsync(record.Number))
            : null;
    }

    /// <summary>Gives all devices back.</summary>
    public void Dispose() => desk.Dispose();
}

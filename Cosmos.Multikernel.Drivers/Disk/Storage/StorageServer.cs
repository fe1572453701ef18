using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Disk.Storage;

/// <summary>Serves a controller's disks to whoever binds to their names. On the event loop.</summary>
public sealed class StorageServer : IStorage
{
    private readonly IReadOnlyList<DiskUnit> units;

    private StorageServer(IReadOnlyList<DiskUnit> units) => this.units = units;

    /// <summary>Serves a controller's disks until cancelled.</summary>
    /// <param name="number">The controller's.</param>
    /// <param name="driver">Its driver.</param>
    /// <param name="cancellation">Stops serving.</param>
    /// <exception cref="NameTakenException">Somebody living has one of the names.</exception>
    public static async Task ServeAsync(
        int number,
        DiskDriver driver,
        CancellationToken cancellation = default
    )
    {
        List<Task> work =
        [
            .. driver.Units.Select(unit =>
                BlockDeviceService.ServeByNameAsync(unit, unit.Name, cancellation)
            ),
            Names.ServeAsync(
                StorageNames.Controller(number),
                new StorageDispatcher(new StorageServer(driver.Units)),
                cancellation: cancellation
            ),
        ];
        // None ends but by failing, or by being cancelled.
        await await EventLoop.WhenAny(work);
    }

    /// <inheritdoc/>
    public ValueTask<string[]> GetDisksAsync() => new([.. units.Select(unit => unit.Name)]);

    /// <inheritdoc/>
    public async ValueTask<string[]> ParkAsync()
    {
        // One that is asked for something after another was parked may wake the controller of both.
        string?[] flushing = await Task.WhenAll(units.Select(unit => TryAsync(unit.FlushAsync)));
        string?[] parking = await Task.WhenAll(units.Select(unit => TryAsync(unit.ParkAsync)));
        return [.. flushing.Concat(parking).OfType<string>()];
    }

    private static async Task<string?> TryAsync(Func<CancellationToken, ValueTask> act)
    {
        try
        {
            await act(CancellationToken.None);
            return null;
        }
        catch (BlockDeviceException exception)
        {
            return exception.Message;
        }
    }
}

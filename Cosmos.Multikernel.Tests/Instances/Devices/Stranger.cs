using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Devices;

/// <summary>An instance that is declared as nobody's driver: it may look, and see devices come and go, but have none.</summary>
internal static class Stranger
{
    /// <summary>A name that is there once the driver was seen to have its devices: then it may end.</summary>
    public const string Seen = "devices-seen";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<string> RunAsync()
    {
        using var list = await Names.BindAsync<DeviceListProxy>(DeviceManager.Name, Patience);
        var devices = await list.ListAsync();
        Expect.That(Array.Exists(devices, device => device.State == DeviceState.Bridge));
        Expect.That(Array.Exists(devices, device => device.State == DeviceState.NoDriver));
        Expect.Equal(2, devices.Count(device => device.Driver.ToString() == "driver"));
        Expect.Equal(0, (await list.GetProblemsAsync()).Length);
        var refused = false;
        try
        {
            await DriverConnection.ConnectAsync(Patience);
        }
        catch (BindingRefusedException)
        {
            refused = true;
        }

        Expect.That(refused);
        // The driver has the devices, then ends, and they wait for its next life.
        await WaitAsync(list, DeviceState.Driven);
        await using var seen = await Names.RegisterAsync(Seen, "", 0, Patience);
        await WaitAsync(list, DeviceState.Waiting);
        return $"{devices.Length} devices";
    }

    /// <summary>Waits until the stranger has seen that the driver has its devices.</summary>
    public static async Task WhenSeenAsync()
    {
        while (await Names.FindAsync(Seen, Patience) is null)
        {
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private static async Task WaitAsync(DeviceListProxy list, DeviceState state)
    {
        for (var look = 0; ; look++)
        {
            var devices = await list.ListAsync();
            if (devices.Count(device => device.State == state) == 2)
            {
                return;
            }

            Expect.That(look < 6000);
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}

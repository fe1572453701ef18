using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;
using Driver = Cosmos.Multikernel.Drivers.Network.Devices.NetworkDriver;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.NetworkDriver;

/// <summary>
/// A NIC's core: drives the network devices that the kernel project declares for it, runs a network stack on each, and serves
/// those to other cores under the names "network", "network1" and so on. Its arguments are those of
/// <see cref="NetworkArguments"/>.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        NetworkOptions options = NetworkArguments.Parse(Environment.GetCommandLineArgs().Skip(1));
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
        List<Task> work = [];
        while (await connection.ClaimAsync() is { } device)
        {
            Driver driver = await Driver.StartAsync(device, $"eth{work.Count / 2}");
            NetworkStack stack = new(driver, options);
            _ = new NetworkPump(stack);
            work.Add(driver.ServeAsync(stopping));
            work.Add(new NetworkServer(stack).ServeByNameAsync(stopping));
        }
        // None ends but by failing, or by being cancelled: then so does the instance, and its devices are reset.
        await await EventLoop.WhenAny(work);
    }
}

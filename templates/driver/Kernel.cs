using Cosmos.Multikernel;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Naming;
using Sys = Cosmos.System;

namespace MyDriver;

public class Kernel : Sys.AsyncKernel
{
    private const string ServiceName = "factorials";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (Environment.GetCommandLineArgs() is [_, "client"])
        {
            await CallAsync(stopping);
        }
        else
        {
            await DriveAsync(stopping);
        }

        Stop();
    }

    private static async Task DriveAsync(CancellationToken stopping)
    {
        // As long as the connection is open the device is ours.
        using var connection = await DriverConnection.TryConnectAsync(Patience, stopping);
        if (connection is null)
        {
            Console.WriteLine("this machine has no device for me");
            return;
        }

        var found = await connection.ClaimAsync();
        using var device = await FactorialDevice.OpenAsync(found!);
        Console.WriteLine($"drives {found}");
        await Names.ServeAsync(
            ServiceName,
            new FactorialsDispatcher(device),
            cancellation: stopping
        );
    }

    // What any instance does that wants something of the driver.
    private static async Task CallAsync(CancellationToken stopping)
    {
        using var driver = await Names.BindAsync<FactorialsProxy>(ServiceName, Patience, stopping);
        foreach (var number in new uint[] { 5, 10, 12 })
        {
            Console.WriteLine($"{number}! = {await driver.ComputeAsync(number)}");
        }
    }
}

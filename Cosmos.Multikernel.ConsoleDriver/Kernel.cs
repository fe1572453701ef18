using Cosmos.Multikernel.Drivers.Console.Driver;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Naming;
using Driver = Cosmos.Multikernel.Drivers.Console.Driver.ConsoleDriver;
using Manager = Cosmos.Multikernel.Drivers.Devices.DeviceManager;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.ConsoleDriver;

/// <summary>
/// A console's core: has the screen and the keyboard, shows what all cores say and types. Its arguments are those of
/// <see cref="ConsoleArguments"/>.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        ConsoleArguments arguments = ConsoleArguments.Parse(
            Environment.GetCommandLineArgs().Skip(1)
        );
        await HostedMachine.IdleThereAsync(stopping);
        using ConsoleDeskProxy desk = await Names.BindAsync<ConsoleDeskProxy>(
            Manager.ConsoleName,
            Patience,
            stopping
        );
        using Driver? driver = await Driver.StartAsync(desk, arguments);
        if (driver is null)
        {
            Console.WriteLine("there is no screen");
            Stop();
            return;
        }
        await driver.RunAsync(desk, stopping);
    }
}

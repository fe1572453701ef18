using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Devices;
using Manager = Cosmos.Multikernel.Drivers.Devices.DeviceManager;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.DeviceManager;

/// <summary>
/// The device manager as a kernel instance: the Sdk puts it on images that declare drivers. Its arguments are those
/// declarations, as <c>INSTANCE=DEVICES</c>.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        await HostedMachine.IdleThereAsync(stopping);
        DriverDeclaration[] drivers =
        [
            .. Environment.GetCommandLineArgs().Skip(1).Select(DriverDeclaration.Parse),
        ];
        Devices devices =
            OwnCapabilities.Granted.OfType<Devices>().FirstOrDefault()
            ?? throw new InvalidOperationException(
                "The device manager needs all devices: declare it with Devices=\"true\"."
            );
        Manager manager = Manager.Start(devices, drivers);
        Report(manager);
        await manager.ServeAsync(stopping);
    }

    private static void Report(Manager manager)
    {
        foreach (string problem in manager.Problems)
        {
            Console.WriteLine($"problem: {problem}");
        }
        foreach (DeviceRecord device in manager.Table.Records)
        {
            if (device.State == DeviceState.NoDriver)
            {
                Console.WriteLine($"no driver for {device}");
            }
        }
    }
}

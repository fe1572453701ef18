using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Naming;

namespace Shell.Commands;

/// <summary>A table of the devices: what each is, whose, and by what it interrupts its driver.</summary>
internal static class DevicesCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "devices");
        try
        {
            using var manager = await Names.BindAsync<DeviceListProxy>(
                DeviceManager.Name,
                Patience,
                interrupt
            );
            Console.Out.Write(
                "PLACE    IDENTITY   KIND                          DRIVER             INTERRUPT\n"
            );
            foreach (var device in await manager.ListAsync())
            {
                var row =
                    $"{device.Address, -8} {device.Identity, -10} {PciClassNames.Of(device.Identity), -28}  "
                    + $"{DriverOf(device), -17}  {InterruptOf(device)}";
                Console.Out.Write(row.TrimEnd() + "\n");
            }

            foreach (var problem in await manager.GetProblemsAsync())
            {
                Console.Out.Write($"problem: {problem}\n");
            }
        }
        catch (TimeoutException)
        {
            throw new CommandException(
                "there is no device manager: no instance of this image drives a device"
            );
        }
        catch (Exception exception)
            when (exception is ChannelException or InvalidOperationException)
        {
            throw new CommandException(exception.Message);
        }
    }

    private static string InterruptOf(DeviceRecord device) =>
        device.Interrupts == PciInterruptKind.None ? "" : device.Interrupts.InWords();

    private static string DriverOf(DeviceRecord device) =>
        device.State switch
        {
            DeviceState.Bridge => "-",
            DeviceState.NoDriver => "none",
            DeviceState.Waiting => $"{device.Driver} on core {device.DriverCore}, not there",
            _ => $"{device.Driver} on core {device.DriverCore}",
        };
}

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>A machine of processes: it has no devices.</summary>
public static class HostedMachine
{
    /// <summary>For the programs that drive devices: says so there, and does nothing more until the instance stops; elsewhere returns.</summary>
    /// <exception cref="OperationCanceledException">The instance stops.</exception>
    public static async Task IdleThereAsync(CancellationToken stopping)
    {
        if (Instance.IsHosted)
        {
            global::System.Console.WriteLine("there are no devices on a hosted machine");
            await Task.Delay(Timeout.Infinite, stopping);
        }
    }
}

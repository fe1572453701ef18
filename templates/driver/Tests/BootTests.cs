using Cosmos.Multikernel.Cli.Machines;
using NUnit.Framework;

namespace MyDriver.Tests;

public class BootTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Test]
    public async Task TheDeviceComputesForAnotherCore()
    {
        await using var machine = await KernelMachine.BootAsync();
        await machine.ExpectAsync("drives", Limit);
        await machine.ExpectAsync("12! = 479001600", Limit);
    }

    [Test]
    public async Task WithoutTheDeviceItSaysSo()
    {
        await using var machine = await KernelMachine.BootAsync(options =>
            options with
            {
                ExtraArguments = [],
            }
        );
        await machine.ExpectAsync("no device", Limit);
    }
}

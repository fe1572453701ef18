using Cosmos.Multikernel.Cli.Machines;
using NUnit.Framework;

namespace MyTests;

public class BootTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Test]
    public async Task TwoCoresStart()
    {
        // The machine that the kernel's project asks for, but for what is changed here.
        await using var machine = await KernelMachine.BootAsync(options =>
            options with
            {
                Cores = 2,
            }
        );
        await machine.ExpectAsync("2 cores", Limit);
        // Then what your kernel says: ExpectAsync waits for a text or a regular expression, SendAsync("text\r") types.
    }
}

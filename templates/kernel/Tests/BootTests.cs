using Cosmos.Multikernel.Cli.Machines;
using NUnit.Framework;

namespace MyOS.Tests;

public class BootTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Test]
    public async Task EveryCoreStartsAndTheConsoleAnswers()
    {
        await using var machine = await KernelMachine.BootAsync();
        for (var core = 0; core < machine.Options.Cores; core++)
        {
            await machine.ExpectAsync($"has started on core {core}", Limit);
        }

        await machine.ExpectAsync("Input: ", Limit);
        await machine.SendAsync("hello\r");
        await machine.ExpectAsync("Text typed: hello", Limit);
    }
}

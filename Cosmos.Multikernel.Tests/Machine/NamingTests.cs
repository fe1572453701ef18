using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// Monitors on the metal: two instances on every core bind to all others by name, refuse what they must, and see one of them
/// end while calls wait at it.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class NamingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly string[] Cases = ["bind-all", "taken", "mismatch", "death"];

    [Test]
    public async Task EverybodyBindsToEverybody([Values(1, 2, 8, 16)] int cores)
    {
        var victim = cores - 1;
        var image = TestMachine.WriteImage(
            $"naming-{cores}",
            new ImageModule("naming", TestMachine.Naming, "all"),
            new ImageModule("naming-second", TestMachine.Naming, "0"),
            new ImageModule("naming-victim", TestMachine.Naming, $"{victim}"),
            Repository.MonitorModule
        );
        await using var machine = await TestMachine.BootAsync(
            $"naming-{cores}",
            image,
            options => options with { Cores = cores, Memory = 1024 }
        );
        var watch = new InstanceWatch(machine, Limit);
        for (var core = 0; core < cores; core++)
        {
            foreach (var name in Cases)
            {
                await watch.AssertRecordAsync($"naming.{name}", core);
            }
        }

        foreach (var name in Cases)
        {
            await watch.AssertRecordAsync($"naming-second.{name}", core: 0);
        }

        Assert.That((await watch.EndOfAsync("naming-victim", victim)).Status, Is.EqualTo(7));
        Assert.That(watch.Panics, Is.Empty);
    }
}

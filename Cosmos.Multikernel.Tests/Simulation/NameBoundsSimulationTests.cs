using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>That names and binding take no more than they may: of time, of room.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class NameBoundsSimulationTests : NameSimulation
{
    [Test]
    public void MoreCallsThanAMonitorTakesAtOnceAreAllAnswered()
    {
        StartMachine(1, cores: 2);
        StartServer(0);
        Start(
            1,
            "client",
            async () =>
            {
                int[] results = await Task.WhenAll(
                    Enumerable.Range(0, 300).Select(_ => CallAsync())
                );
                Assert.That(results, Is.All.EqualTo(42));
            }
        );
        Run();
    }

    /// <summary>A name is given back in bounded time, whatever its monitor does.</summary>
    [Test]
    public void AStuckMonitorKeepsNobodyFromGivingANameBack()
    {
        StartMachine(1, cores: 2);
        Start(
            1,
            "server",
            async () =>
            {
                NameRegistration registration = await Names.RegisterAsync(
                    Disk,
                    "service",
                    0,
                    Patience
                );
                Machine.After(0, () => Machine.Hang(Machine.Find(1, "monitor")!));
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                await registration.DisposeAsync();
            }
        );
        Run();
        Assert.That(Machine.Now, Is.LessThan(2_000_000_000));
    }

    /// <summary>Whether the answer or the giving up comes first: a name that nobody got is free.</summary>
    [Test]
    public void ARegistrationGivenUpAtAnyMomentLeavesNoName()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            StartMachine(seed, cores: 3);
            Start(
                seed % 3,
                "server",
                async () =>
                {
                    using CancellationTokenSource giveUp = new();
                    Machine.After(seed * 1_000, giveUp.Cancel);
                    try
                    {
                        await using NameRegistration early = await Names.RegisterAsync(
                            Disk,
                            "service",
                            0,
                            Patience,
                            giveUp.Token
                        );
                    }
                    catch (OperationCanceledException)
                    {
                        // Given up.
                    }
                    await Names.RegisterAsync(Disk, "service", 0, Patience);
                }
            );
            Run();
        }
    }

    [Test]
    public void AMachineMayBeDisposedOfTwice()
    {
        StartMachine(1, cores: 1);
        Start(0, "client", () => Task.CompletedTask);
        Run();
        Machine.Dispose();
        Machine.Dispose();
    }
}

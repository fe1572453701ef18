using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>Instances that are started by hand, on the same and on other cores.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class StartSimulationTests : NameSimulation
{
    [Test]
    public void WhatHasEndedIsStartedAndServesAgain([Values(0, 1)] int core)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            StartMachine(seed, cores: 2);
            SimulatedInstance server = StartServer(0);
            Start(
                core,
                "operator",
                async () =>
                {
                    Assert.That(await CallAsync(), Is.EqualTo(42));
                    Assert.That(await StartAsync(0, "server"), Is.False);
                    Machine.After(0, () => Machine.Crash(server));
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                    Assert.That(await StartAsync(0, "server"), Is.True);
                    Assert.That(await CallAsync(), Is.EqualTo(42));
                }
            );
            Run();
            Assert.That(Machine.Find(0, "server")!.Life, Is.EqualTo(1));
        }
    }

    [Test]
    public void WhatCannotBeStartedIsNamed()
    {
        StartMachine(1, cores: 2);
        Exception? unknown = null;
        Exception? unreachable = null;
        StartServer(1);
        Start(
            0,
            "operator",
            async () =>
            {
                unknown = await CatchAsync(() => StartAsync(1, "nobody"));
                Machine.After(0, () => Machine.Crash(Machine.Find(1, "monitor")!));
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                unreachable = await CatchAsync(() => StartAsync(1, "server"));
            }
        );
        Run();
        Assert.That(unknown, Is.TypeOf<ChannelRefusedException>());
        Assert.That(unknown!.Message, Does.Contain("'nobody' on core 1"));
        Assert.That(unreachable, Is.TypeOf<MonitorUnavailableException>());
    }

    private static Task<bool> StartAsync(int core, string instance) =>
        Cosmos.Multikernel.Machine.StartInstanceAsync(core, instance, Patience);

    private static async Task<Exception?> CatchAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (ChannelException exception)
        {
            return exception;
        }
    }
}

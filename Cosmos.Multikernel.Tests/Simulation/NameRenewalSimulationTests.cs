using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>Names whose home, monitor or holder dies and returns.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class NameRenewalSimulationTests : NameSimulation
{
    [Test]
    public void NamesMoveWhenTheirHomeDiesAndReturnWithIt()
    {
        int[] cores = [0, 1, 2, 3];
        int home = Homes.First(Disk, cores);
        for (int seed = 0; seed < 50; seed++)
        {
            StartMachine(seed, cores.Length);
            StartServer((home + 1) % 4);
            int phase = 0;
            Start(
                (home + 2) % 4,
                "client",
                async () =>
                {
                    Assert.That(await CallAsync(), Is.EqualTo(42));
                    phase = 1;
                    await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(seed * 10));
                    Assert.That(await CallAsync(), Is.EqualTo(42));
                    phase = 2;
                    await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(seed * 10));
                    Assert.That(await CallAsync(), Is.EqualTo(42));
                    await EventLoop.Current.Delay(TimeSpan.FromSeconds(2));
                    List<NameRecord> all = [];
                    await foreach (NameRecord record in Names.ListAsync())
                    {
                        all.Add(record);
                    }
                    Assert.That(all, Has.Count.EqualTo(1));
                }
            );
            bool crashed = false;
            Machine.BeforeTurn = _ =>
            {
                if (phase == 1 && !crashed)
                {
                    crashed = true;
                    Machine.Crash(Machine.Find(home, "monitor")!);
                }
                else if (phase == 2 && Machine.Find(home, "monitor") is null)
                {
                    Machine.StartMonitor(home);
                }
            };
            Run();
        }
    }

    /// <summary>A home without room is asked again, by a monitor that does other things meanwhile.</summary>
    [Test]
    public void ANameWaitsForRoomAtItsNextHome()
    {
        int home = Homes.First(Disk, [0, 1]);
        int next = 1 - home;
        StartMachine(1, cores: 2);
        StartServer(next);
        Start(
            next,
            "client",
            async () =>
            {
                Assert.That(await CallAsync(), Is.EqualTo(42));
                Machine.MonitorOf(next).Home.MostNames = 0;
                Machine.After(0, () => Machine.Crash(Machine.Find(home, "monitor")!));
                await EventLoop.Current.Delay(TimeSpan.FromSeconds(3));
                Assert.That(await Names.FindAsync(Disk, Patience), Is.Null);
                Machine.MonitorOf(next).Home.MostNames = 1;
                await EventLoop.Current.Delay(TimeSpan.FromSeconds(2));
                Assert.That(await Names.FindAsync(Disk, Patience), Is.Not.Null);
            }
        );
        Run();
    }

    /// <summary>Started again, a holder has its name again, and whoever looks sees in which life.</summary>
    [Test]
    public void ANameComesBackWithItsHoldersNextLife()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            StartMachine(seed, cores: 3);
            SimulatedInstance server = StartServer(1);
            Start(
                seed % 3,
                "client",
                async () =>
                {
                    for (uint life = 0; life < 4; life++)
                    {
                        Assert.That(await CallAsync(), Is.EqualTo(42));
                        NameRecord? record = await Names.FindAsync(Disk, Patience);
                        Assert.That(record?.Life, Is.EqualTo(life));
                        Machine.After(
                            seed * 1_000,
                            () =>
                            {
                                Machine.Crash(server);
                                server = StartServer(1);
                            }
                        );
                        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                    }
                }
            );
            Run();
        }
    }

    [Test]
    public void ASeedReplaysExactlyWithMonitorsAndCrashes()
    {
        (ulong, int, long) Once(int seed)
        {
            StartMachine(seed, cores: 3);
            StartServer(0);
            Machine.BeforeTurn = turn =>
            {
                if (turn == 150 + seed)
                {
                    Machine.Crash(Machine.Find(2, "monitor")!);
                    Machine.After(100_000, () => Machine.StartMonitor(2));
                }
            };
            for (int core = 1; core < 3; core++)
            {
                Start(
                    core,
                    "client",
                    async () =>
                    {
                        try
                        {
                            await CallAsync();
                        }
                        catch (ChannelException)
                        {
                            // Its monitor has crashed.
                        }
                    }
                );
            }
            Run();
            return (Machine.Events.Fingerprint, Machine.Events.Total, Machine.Now);
        }

        (ulong, int, long) first = Once(7);
        Assert.That(Once(7), Is.EqualTo(first));
        Assert.That(Once(8), Is.Not.EqualTo(first));
    }
}

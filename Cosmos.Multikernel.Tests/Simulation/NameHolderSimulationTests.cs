using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>Who has a name, and until when.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class NameHolderSimulationTests : NameSimulation
{
    [Test]
    public void OfTwoWhoWantANameOneGetsItAndTheOtherLearnsWho()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            StartMachine(seed, cores: 4);
            List<NameTakenException> losers = [];
            async Task TryAsync()
            {
                try
                {
                    await Names.RegisterAsync(Disk, "service", 0, Patience);
                }
                catch (NameTakenException exception)
                {
                    losers.Add(exception);
                }
            }
            Start(1, "one", TryAsync);
            Start(seed % 4, "other", TryAsync);
            Run();
            Assert.That(losers, Has.Count.EqualTo(1));
            Assert.That(losers[0].HolderInstance, Is.AnyOf("one", "other"));
        }
    }

    /// <summary>
    /// Two of one core want a name that somebody elsewhere has: both learn who that is. Neither is told that the other, who only
    /// wishes for it too, has it.
    /// </summary>
    [Test]
    public void TwoOfOneCoreWhoWantATakenNameLearnWhoHasIt()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            StartMachine(seed, cores: 4);
            Start(0, "holder", () => Names.RegisterAsync(Disk, "service", 0, Patience));
            List<NameTakenException> losers = [];
            async Task TryAsync()
            {
                while (await Names.FindAsync(Disk, Patience) is null)
                {
                    await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(10));
                }
                try
                {
                    await Names.RegisterAsync(Disk, "service", 0, Patience);
                }
                catch (NameTakenException exception)
                {
                    losers.Add(exception);
                }
            }
            int core = 1 + seed % 3;
            Start(core, "one", TryAsync);
            Start(core, "other", TryAsync);
            Run();
            Assert.That(
                losers.Select(loser => (loser.HolderCore, loser.HolderInstance)),
                Is.EqualTo(new[] { (0, "holder"), (0, "holder") }),
                $"seed {seed}"
            );
        }
    }

    /// <summary>A look-up that begins when the news of a holder's end has arrived everywhere does not find it any more.</summary>
    [Test]
    public void ADeadHolderIsFoundNoLongerThanTheNewsOfItsDeathTakes()
    {
        // A notice and a message, each at most 20 us under way, and turns of 2 us of whoever is awake.
        const long News = 500_000;
        for (int seed = 0; seed < 100; seed++)
        {
            StartMachine(seed, cores: 4);
            SimulatedInstance server = StartServer(seed % 4);
            long crashedAt = long.MaxValue;
            int found = 0;
            Start(
                (seed + 1) % 4,
                "looker",
                async () =>
                {
                    EventLoop loop = EventLoop.Current;
                    while (Machine.Now - News < crashedAt)
                    {
                        long begun = Machine.Now;
                        NameRecord? record = await Names.FindAsync(Disk, Patience);
                        found += record is null ? 0 : 1;
                        Assert.That(record is not null && begun - News > crashedAt, Is.False);
                        if (found == 10 && server.IsAlive)
                        {
                            Machine.After(
                                0,
                                () =>
                                {
                                    Machine.Crash(server);
                                    crashedAt = Machine.Now;
                                }
                            );
                        }
                        await loop.Delay(TimeSpan.FromMicroseconds(20));
                    }
                    Assert.That(await Names.FindAsync(Disk, Patience), Is.Null);
                }
            );
            Run();
            Assert.That(found, Is.GreaterThanOrEqualTo(10));
        }
    }
}

using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>
/// What monitors agree on when everything has come to rest: each name that an instance has is found by every core, and has one
/// holder. Before that, cores start at different moments, seconds apart, as where many share a few processors of a host;
/// monitors die and return; memory for channels is short.
/// </summary>
[TestFixture]
[CancelAfter(600_000)]
public sealed class NameAgreementSimulationTests
{
    private const int MostTurns = 20_000_000;
    private const long Second = 1_000_000_000;

    // All that goes wrong does so before; names have until the second one to come to rest.
    private const long Unrest = 8 * Second;
    private const long Rest = 12 * Second;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private SimulatedMachine machine = null!;
    private Random random = null!;
    private int cores;
    private int running;

    [TearDown]
    public void StopMachine() => machine?.Dispose();

    /// <summary>Every core late by its own time, from microseconds to seconds.</summary>
    [Test]
    public void CoresThatStartAtDifferentMomentsAgree() =>
        Sweep(seeds: 400, mostCores: 16, mostCrashes: 0, mostShortages: 0);

    [Test]
    public void MonitorsThatDieAndReturnAgree() =>
        Sweep(seeds: 400, mostCores: 6, mostCrashes: 12, mostShortages: 0);

    /// <summary>What a monitor could not reach for lack of memory lives: nobody may take it for dead.</summary>
    [Test]
    public void WithoutMemoryForSomeChannelsAllAgree() =>
        Sweep(seeds: 400, mostCores: 6, mostCrashes: 4, mostShortages: 300);

    private void Sweep(int seeds, int mostCores, int mostCrashes, int mostShortages)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            machine?.Dispose();
            random = new Random(seed);
            cores = random.Next(2, mostCores + 1);
            machine = new SimulatedMachine(seed)
            {
                MonitorSlots = 1u << random.Next(5),
                Shortages = random.Next(mostShortages + 1),
            };
            machine.StartMonitors(cores);
            running = cores;
            for (int core = 0; core < cores; core++)
            {
                StartCore(core);
            }
            PlanCrashes(random.Next(mostCrashes + 1));
            machine.After(Unrest, () => machine.Shortages = 0);
            bool ended = machine.Run(MostTurns, () => running == 0 || machine.Failures.Count != 0);
            string Describe() => $"seed {seed}, {cores} cores\n{machine.Events}";
            Assert.That(machine.Failures, Is.Empty, Describe);
            Assert.That(ended, Is.True, Describe);
            Assert.That(machine.Unpermitted, Is.Zero, Describe);
            CheckHomes(Describe);
        }
    }

    /// <summary>A core's instances: two that have a name each, one that wants another's, and one that looks all of them up.</summary>
    private void StartCore(int core)
    {
        long late = random.Next(4) == 0 ? random.NextInt64(5 * Second) : random.Next(2_000_000);
        (string, Func<Task>)[] instances =
        [
            ("server-0", () => HoldAsync(NameOf(core, 0))),
            ("server-1", () => HoldAsync(NameOf(core, 1))),
            ("rival", () => WantAsync(NameOf((core + 1) % cores, 0))),
            ("witness", () => WitnessAsync(core)),
        ];
        machine.Stall(machine.Find(core, "monitor")!, late);
        foreach ((string name, Func<Task> main) in instances)
        {
            machine.Stall(machine.Start(core, name, main), late + random.Next(2_000_000));
        }
    }

    private void PlanCrashes(int crashes)
    {
        for (int i = 0; i < crashes; i++)
        {
            int core = random.Next(cores);
            long at = random.NextInt64(Unrest - Second);
            long back = random.Next(2) == 0 ? random.Next(200_000) : random.NextInt64(Second);
            machine.After(
                at,
                () =>
                {
                    if (machine.Find(core, "monitor") is { } victim)
                    {
                        machine.Crash(victim);
                        machine.After(back, () => machine.StartMonitor(core));
                    }
                }
            );
        }
    }

    private static string NameOf(int core, int number) => $"name/{core}/{number}";

    /// <summary>Has a name for as long as the machine runs. Who loses it to a rival wants it again.</summary>
    private static async Task HoldAsync(string name)
    {
        while (true)
        {
            try
            {
                NameRegistration registration = await Names.RegisterAsync(name, "s", 0, Patience);
                await registration.Lost;
            }
            catch (Exception exception) when (exception is ChannelException or TimeoutException)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(5));
            }
        }
    }

    /// <summary>Again and again wants a name that another has, and gives it back when it gets it: after a crash it may.</summary>
    private async Task WantAsync(string name)
    {
        while (machine.Now < Unrest)
        {
            try
            {
                await using NameRegistration _ = await Names.RegisterAsync(name, "r", 0, Patience);
            }
            catch (Exception exception) when (exception is ChannelException or TimeoutException)
            {
                // Taken, or its monitor has just ended.
            }
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Looks for all names from the start; when all has come to rest it must find each, and its holder.</summary>
    private async Task WitnessAsync(int core)
    {
        while (machine.Now < Rest)
        {
            try
            {
                await Names.FindAsync(NameOf(random.Next(cores), random.Next(2)), Patience);
            }
            catch (ChannelException)
            {
                // Its monitor has just ended.
            }
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(100));
        }
        for (int other = 0; other < cores; other++)
        {
            for (int number = 0; number < 2; number++)
            {
                string name = NameOf(other, number);
                NameRecord? record = await Names.FindAsync(name, Patience);
                if ((record?.Core, record?.Instance.ToString()) != (other, $"server-{number}"))
                {
                    machine.Failures.Add(
                        new AssertionException($"Core {core} finds {record} for {name}.")
                    );
                }
            }
        }
        running--;
    }

    /// <summary>Each name is at one home, at the first of its possible ones (all monitors live by now), and at no other.</summary>
    private void CheckHomes(Func<string> describe)
    {
        int[] all = [.. Enumerable.Range(0, cores)];
        IEnumerable<(string, int)> held = all.SelectMany(home =>
            machine.MonitorOf(home).Home.All.Select(record => (record.Name.ToString(), home))
        );
        IEnumerable<(string, int)> due =
            from core in all
            from number in new[] { 0, 1 }
            let name = NameOf(core, number)
            select (name, Homes.First(name, all));
        Assert.That(held, Is.EquivalentTo(due), describe);
    }
}

using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>Channels and message interfaces in virtual time, with crashes at every step.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class MessageSimulationTests
{
    private const int MostTurns = 5_000_000;

    // When the late client starts: after the early one is through.
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(5);

    /// <summary>What became of one client's calls.</summary>
    private sealed class Outcome
    {
        public int Answered { get; set; }

        public bool Ended { get; set; }

        public string? Wrong { get; set; }
    }

    private static SimulatedInstance StartServer(SimulatedMachine machine) =>
        machine.Start(
            0,
            "server",
            () => MessageServer.ServeAsync(new WorkbenchDispatcher(new Workbench()))
        );

    private static async Task CallAsync(Outcome outcome, int core, int calls, uint slots)
    {
        try
        {
            using WorkbenchProxy proxy = await MessageClient.ConnectAsync<WorkbenchProxy>(
                0,
                "server",
                new ChannelOptions { Slots = slots }
            );
            for (int i = 0; i < calls; i++)
            {
                Task<int> first = proxy.AddAsync(core, i).AsTask();
                Task<byte[]> second = proxy.FillAsync(200, (byte)i).AsTask();
                bool right =
                    await first == core + i
                    && (await second).AsSpan().IndexOfAnyExcept((byte)i) < 0;
                outcome.Wrong ??= right ? null : $"call {i} of core {core} was answered wrongly";
                outcome.Answered++;
            }
        }
        catch (ChannelException)
        {
            // The server ended, or was not there: the client knows.
        }
        outcome.Ended = true;
    }

    private static void Check(SimulatedMachine machine, IEnumerable<Outcome> outcomes, bool quiet)
    {
        string Explain() => machine.Events.ToString();
        Assert.That(quiet, Is.True, Explain);
        foreach (Outcome outcome in outcomes)
        {
            Assert.That(outcome.Wrong, Is.Null, Explain);
            Assert.That(outcome.Ended, Is.True, Explain);
        }
    }

    [Test]
    public void EveryCallIsAnsweredWhateverTheNotificationsDo()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            using SimulatedMachine machine = new(seed);
            StartServer(machine);
            Outcome[] outcomes = new Outcome[3];
            for (int core = 0; core < outcomes.Length; core++)
            {
                Outcome outcome = outcomes[core] = new Outcome();
                int number = core + 1;
                uint slots = 1u << (seed % 4);
                machine.Start(number, "client", () => CallAsync(outcome, number, calls: 20, slots));
            }
            Check(machine, outcomes, machine.Run(MostTurns));
            Assert.That(
                outcomes.Select(outcome => outcome.Answered),
                Is.All.EqualTo(20),
                () => $"seed {seed}"
            );
        }
    }

    /// <summary>The server is crashed once before each of its first steps, and started anew: nobody hangs, late clients are served.</summary>
    [Test]
    public void ACrashOfTheServerAtAnyStepHangsNobody()
    {
        for (int step = 0; step < 300; step++)
        {
            using SimulatedMachine machine = new(step);
            SimulatedInstance server = StartServer(machine);
            int crashAt = step;
            long crashedAt = 0;
            machine.BeforeTurn = turn =>
            {
                if (turn == crashAt)
                {
                    machine.Crash(server);
                    crashedAt = machine.Now;
                    StartServer(machine);
                }
            };
            Outcome[] outcomes = [new(), new()];
            machine.Start(1, "client", () => CallAsync(outcomes[0], 1, calls: 10, slots: 2));
            machine.Start(
                2,
                "client",
                async () =>
                {
                    await EventLoop.Current.Delay(Late);
                    await CallAsync(outcomes[1], 2, calls: 10, slots: 2);
                }
            );
            Check(machine, outcomes, machine.Run(MostTurns));
            if (crashedAt < Late.TotalNanoseconds)
            {
                Assert.That(
                    outcomes[1].Answered,
                    Is.EqualTo(10),
                    () => $"step {crashAt}\n{machine.Events}"
                );
            }
        }
    }

    [Test]
    public void ACrashOfAClientAtAnyStepDisturbsNobodyElse()
    {
        for (int step = 0; step < 300; step++)
        {
            using SimulatedMachine machine = new(step);
            StartServer(machine);
            Outcome[] outcomes = [new(), new()];
            SimulatedInstance victim = machine.Start(
                1,
                "client",
                () => CallAsync(outcomes[0], 1, calls: 50, slots: 2)
            );
            int crashAt = step;
            machine.BeforeTurn = turn =>
            {
                if (turn == crashAt)
                {
                    machine.Crash(victim);
                }
            };
            machine.Start(2, "client", () => CallAsync(outcomes[1], 2, calls: 10, slots: 2));
            Check(machine, outcomes[1..], machine.Run(MostTurns));
            Assert.That(
                outcomes[1].Answered,
                Is.EqualTo(10),
                () => $"step {crashAt}\n{machine.Events}"
            );
        }
    }

    /// <summary>In virtual time no load of this machine can change the order.</summary>
    [Test]
    public void TimersFallDueInOrder()
    {
        List<int> order = [];
        using SimulatedMachine machine = new(1);
        SimulatedInstance instance = machine.Start(
            0,
            "timers",
            async () =>
            {
                async Task Wait(int milliseconds)
                {
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(milliseconds));
                    order.Add(milliseconds);
                }
                await Task.WhenAll(Wait(30), Wait(10), Wait(20), Wait(0));
            }
        );
        Assert.That(machine.Run(MostTurns), Is.True);
        Assert.That(instance.Failure, Is.Null);
        Assert.That(order, Is.EqualTo(new[] { 0, 10, 20, 30 }));
    }

    [Test]
    public void ASeedReplaysExactly()
    {
        (ulong, int, long) Once(int seed)
        {
            using SimulatedMachine machine = new(seed);
            StartServer(machine);
            for (int core = 1; core < 5; core++)
            {
                int number = core;
                machine.Start(
                    core,
                    "client",
                    () => CallAsync(new Outcome(), number, calls: 10, slots: 4)
                );
            }
            machine.Run(MostTurns);
            return (machine.Events.Fingerprint, machine.Events.Total, machine.Now);
        }

        (ulong, int, long) first = Once(7);
        Assert.That(Once(7), Is.EqualTo(first));
        Assert.That(Once(8), Is.Not.EqualTo(first));
    }

    [Test]
    public void AThousandCoresBindToOne()
    {
        using SimulatedMachine machine = new(1);
        StartServer(machine);
        Outcome[] outcomes = new Outcome[1000];
        for (int core = 0; core < outcomes.Length; core++)
        {
            Outcome outcome = outcomes[core] = new Outcome();
            int number = core + 1;
            machine.Start(number, "client", () => CallAsync(outcome, number, calls: 2, slots: 8));
        }
        Check(machine, outcomes, machine.Run(MostTurns));
        Assert.That(outcomes.Select(outcome => outcome.Answered), Is.All.EqualTo(2));
    }

    [Test]
    public void TheTraceIsASequenceDiagram()
    {
        using SimulatedMachine machine = new(1);
        StartServer(machine);
        machine.Start(1, "client", () => CallAsync(new Outcome(), 1, calls: 1, slots: 4));
        machine.Run(MostTurns);
        Assert.That(
            machine.Events.ToString(),
            Does.StartWith("sequenceDiagram").And.Contain("client1->>server0:")
        );
    }
}

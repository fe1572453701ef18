using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>Monitors, names and binding in virtual time, with crashes and restarts of everybody at every step.</summary>
[TestFixture]
[CancelAfter(600_000)]
public sealed class MonitorSimulationTests
{
    private const int MostTurns = 5_000_000;
    private const string Disk = "disk";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What became of one instance's work.</summary>
    private sealed class Outcome
    {
        public int Answered { get; set; }

        public bool Ended { get; set; }

        public Exception? Failure { get; set; }
    }

    private static Task ServeAsync(string name = Disk) =>
        Names.ServeAsync(name, new WorkbenchDispatcher(new Workbench()));

    /// <summary>Serves, and when its monitor dies or its name is lost, begins again.</summary>
    private static async Task ServeStubbornlyAsync(string name)
    {
        while (true)
        {
            try
            {
                await ServeAsync(name);
            }
            catch (ChannelException)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(5));
            }
        }
    }

    /// <summary>Binds by name and calls; whatever it throws is its outcome.</summary>
    private static async Task CallAsync(Outcome outcome, int calls, string name = Disk)
    {
        try
        {
            using WorkbenchProxy proxy = await Names.BindAsync<WorkbenchProxy>(name, Patience);
            for (int i = 0; i < calls; i++)
            {
                Assert.That(await proxy.AddAsync(i, 1), Is.EqualTo(i + 1));
                outcome.Answered++;
            }
        }
        catch (Exception exception) when (exception is ChannelException or TimeoutException)
        {
            outcome.Failure = exception;
        }
        outcome.Ended = true;
    }

    /// <summary>Binds and calls again and again until all calls are answered.</summary>
    private static async Task CallStubbornlyAsync(Outcome outcome, int calls, string name = Disk)
    {
        while (outcome.Answered < calls)
        {
            Outcome attempt = new();
            await CallAsync(attempt, calls - outcome.Answered, name);
            outcome.Answered += attempt.Answered;
            if (attempt.Failure is not null)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(5));
            }
        }
        outcome.Ended = true;
    }

    private static void RunUntilEnded(SimulatedMachine machine, params Outcome[] outcomes)
    {
        bool ended = machine.Run(MostTurns, () => Array.TrueForAll(outcomes, o => o.Ended));
        Assert.That(machine.Failures, Is.Empty, machine.Events.ToString);
        Assert.That(ended, Is.True, machine.Events.ToString);
        Assert.That(machine.Unpermitted, Is.Zero, machine.Events.ToString);
    }

    private static SimulatedMachine Machine(int seed, int cores)
    {
        SimulatedMachine machine = new(seed) { MonitorSlots = 1u << (seed % 5) };
        machine.StartMonitors(cores);
        return machine;
    }

    [Test]
    public void ClientsFindAServerThatStartsBeforeOrAfterThem()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            using SimulatedMachine machine = Machine(seed, cores: 3);
            Outcome[] outcomes = [new(), new(), new()];
            for (int core = 0; core < outcomes.Length; core++)
            {
                Outcome outcome = outcomes[core];
                machine.Start(core, "client", () => CallAsync(outcome, calls: 5));
            }
            machine.Start(
                seed % 3,
                "server",
                async () =>
                {
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(seed % 7 * 200));
                    await ServeAsync();
                }
            );
            RunUntilEnded(machine, outcomes);
            Assert.That(
                outcomes.Select(outcome => outcome.Answered),
                Is.All.EqualTo(5),
                () => $"seed {seed}: {outcomes.FirstOrDefault(o => o.Failure != null)?.Failure}"
            );
        }
    }

    private static readonly string[] Victims = ["server0", "monitor0", "monitor1", "monitor2"];

    /// <summary>
    /// Server, home, and the monitors of server and client are each crashed before each of the first steps and started anew:
    /// clients end with typed exceptions or answers, and in the end all are served.
    /// </summary>
    [TestCaseSource(nameof(Victims))]
    public void ACrashAndRestartAtAnyStepHangsNobody(string victim)
    {
        for (int step = 0; step < 400; step++)
        {
            using SimulatedMachine machine = Machine(step, cores: 3);
            int core = victim[^1] - '0';
            string name = victim[..^1];
            SimulatedInstance StartServer() =>
                machine.Start(0, "server", () => ServeStubbornlyAsync(Disk));
            StartServer();
            int crashAt = step;
            machine.BeforeTurn = turn =>
            {
                if (turn == crashAt)
                {
                    machine.Crash(machine.Find(core, name)!);
                    machine.After(
                        step * 7_919 % 3_000_000,
                        () => _ = name == "server" ? StartServer() : machine.StartMonitor(core)
                    );
                }
            };
            Outcome[] outcomes = [new(), new(), new()];
            machine.Start(1, "client", () => CallAsync(outcomes[0], calls: 5));
            machine.Start(1, "stubborn", () => CallStubbornlyAsync(outcomes[1], calls: 20));
            machine.Start(2, "stubborn", () => CallStubbornlyAsync(outcomes[2], calls: 20));
            RunUntilEnded(machine, outcomes);
        }
    }

    /// <summary>Everybody but the clients dies and returns all the time.</summary>
    [Test]
    public void EndlessCrashesHangNobody()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            using SimulatedMachine machine = Machine(seed, cores: 4);
            Random random = new(seed);
            string[] names = ["disk", "net", "clock"];
            Action<int, string>[] starters =
            [
                .. names.Select<string, Action<int, string>>(served =>
                    (core, name) => machine.Start(core, name, () => ServeStubbornlyAsync(served))
                ),
            ];
            for (int i = 0; i < names.Length; i++)
            {
                starters[i](i, $"server-{i}");
            }
            int crashes = 0;
            machine.BeforeTurn = turn =>
            {
                if (random.Next(150) != 0 || crashes == 60)
                {
                    return;
                }
                crashes++;
                int which = random.Next(4 + names.Length);
                int core = which < 4 ? which : which - 4;
                string name = which < 4 ? "monitor" : $"server-{core}";
                if (machine.Find(core, name) is { } victim)
                {
                    machine.Crash(victim);
                    machine.After(
                        random.Next(2_000_000),
                        () =>
                        {
                            if (which < 4)
                            {
                                machine.StartMonitor(core);
                            }
                            else
                            {
                                starters[core](core, name);
                            }
                        }
                    );
                }
            };
            Outcome[] outcomes = [.. Enumerable.Range(0, 8).Select(_ => new Outcome())];
            for (int i = 0; i < outcomes.Length; i++)
            {
                Outcome outcome = outcomes[i];
                string name = names[i % names.Length];
                machine.Start(i % 4, $"client-{i}", () => CallStubbornlyAsync(outcome, 30, name));
            }
            RunUntilEnded(machine, outcomes);
        }
    }

    [Test]
    public void AThousandCoresBindToOneByName()
    {
        const int Cores = 1000;
        using SimulatedMachine machine = new(1);
        machine.StartMonitors(Cores);
        machine.Start(0, "server", () => ServeAsync());
        Outcome[] outcomes = new Outcome[Cores - 1];
        for (int i = 0; i < outcomes.Length; i++)
        {
            Outcome outcome = outcomes[i] = new Outcome();
            machine.Start(i + 1, "client", () => CallAsync(outcome, calls: 2));
        }
        RunUntilEnded(machine, outcomes);
        Assert.That(outcomes.Select(outcome => outcome.Answered), Is.All.EqualTo(2));
    }
}

using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>What names and binding promise, one property a test, in virtual time.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class NameSimulationTests
{
    private const int MostTurns = 3_000_000;
    private const string Disk = "disk";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private SimulatedMachine machine = null!;
    private int running;

    [TearDown]
    public void StopMachine() => machine?.Dispose();

    private void StartMachine(int seed, int cores)
    {
        machine?.Dispose();
        machine = new SimulatedMachine(seed);
        machine.StartMonitors(cores);
        running = 0;
    }

    /// <summary>Starts an instance whose end the run waits for; what it throws fails the test.</summary>
    private void Start(int core, string name, Func<Task> main)
    {
        running++;
        SimulatedInstance instance = null!;
        instance = machine.Start(
            core,
            name,
            async () =>
            {
                try
                {
                    await main();
                }
                catch (Exception exception)
                {
                    machine.Failures.Add(exception);
                }
                running--;
            }
        );
    }

    private SimulatedInstance StartServer(int core, Predicate<BindingRequest>? admit = null) =>
        machine.Start(
            core,
            "server",
            () => Names.ServeAsync(Disk, new WorkbenchDispatcher(new Workbench()), admit)
        );

    private void Run()
    {
        bool ended = machine.Run(MostTurns, () => running == 0);
        Assert.That(machine.Failures, Is.Empty, machine.Events.ToString);
        Assert.That(ended, Is.True, machine.Events.ToString);
        Assert.That(machine.Unpermitted, Is.Zero, machine.Events.ToString);
    }

    private static async Task<int> CallAsync()
    {
        using WorkbenchProxy proxy = await Names.BindAsync<WorkbenchProxy>(Disk, Patience);
        return await proxy.AddAsync(20, 22);
    }

    /// <summary>The same interface from another build.</summary>
    private sealed class OtherVersion(IMessageDispatcher inner) : IMessageDispatcher
    {
        public string Service => inner.Service;

        public ulong InterfaceHash => inner.InterfaceHash + 1;

        public void Dispatch(
            MessageSession session,
            MessageHeader header,
            ref MessageReader reader
        ) => inner.Dispatch(session, header, ref reader);
    }

    [Test]
    public void AnotherVersionIsRefusedBeforeThereIsAChannel([Values(0, 1)] int core)
    {
        StartMachine(1, cores: 2);
        machine.Start(
            0,
            "server",
            () =>
                MessageServer.ServeAsync(new OtherVersion(new WorkbenchDispatcher(new Workbench())))
        );
        InterfaceMismatchException? seen = null;
        Start(
            core,
            "client",
            async () =>
            {
                try
                {
                    await MessageClient.ConnectAsync<WorkbenchProxy>(0, "server");
                }
                catch (InterfaceMismatchException exception)
                {
                    seen = exception;
                }
            }
        );
        Run();
        Assert.That(seen?.Message, Does.Contain($"{WorkbenchProxy.InterfaceHash:x16}"));
        Assert.That(machine.Events.ToString(), Does.Not.Contain($"client{core}->>server0"));
    }

    [Test]
    public void AServerSeesWhoAsksAndMayRefuse()
    {
        StartMachine(1, cores: 3);
        List<BindingRequest> requests = [];
        StartServer(
            0,
            request =>
            {
                requests.Add(request);
                return request.Core != 1;
            }
        );
        bool refused = false;
        Start(
            1,
            "unwanted",
            async () =>
            {
                try
                {
                    await CallAsync();
                }
                catch (BindingRefusedException)
                {
                    refused = true;
                }
            }
        );
        Start(2, "wanted", async () => Assert.That(await CallAsync(), Is.EqualTo(42)));
        Run();
        Assert.That(refused, Is.True);
        Assert.That(
            requests,
            Is.EquivalentTo(
                new[]
                {
                    new BindingRequest(1, "unwanted", "@disk", WorkbenchProxy.InterfaceHash),
                    new BindingRequest(2, "wanted", "@disk", WorkbenchProxy.InterfaceHash),
                }
            )
        );
    }

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
                    while (machine.Now - News < crashedAt)
                    {
                        long begun = machine.Now;
                        NameRecord? record = await Names.FindAsync(Disk, Patience);
                        found += record is null ? 0 : 1;
                        Assert.That(record is not null && begun - News > crashedAt, Is.False);
                        if (found == 10 && server.IsAlive)
                        {
                            machine.After(
                                0,
                                () =>
                                {
                                    machine.Crash(server);
                                    crashedAt = machine.Now;
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
            machine.BeforeTurn = _ =>
            {
                if (phase == 1 && !crashed)
                {
                    crashed = true;
                    machine.Crash(machine.Find(home, "monitor")!);
                }
                else if (phase == 2 && machine.Find(home, "monitor") is null)
                {
                    machine.StartMonitor(home);
                }
            };
            Run();
        }
    }

    [Test]
    public void AWatcherSeesStartsAndEndsOnAllCores()
    {
        StartMachine(1, cores: 3);
        SimulatedInstance server = StartServer(2);
        List<InstanceEvent> seen = [];
        Start(
            0,
            "watcher",
            async () =>
            {
                await foreach (
                    InstanceEvent news in Cosmos.Multikernel.Machine.WatchInstancesAsync()
                )
                {
                    seen.Add(news);
                    if (news.Instance.ToString() == "server" && server.IsAlive)
                    {
                        machine.After(0, () => machine.Crash(server));
                    }
                    else if (news.Condition == InstanceCondition.Ended)
                    {
                        break;
                    }
                }
            }
        );
        Run();
        string[] names = [.. seen.Select(news => $"{news.Core} {news.Instance} {news.Condition}")];
        Assert.That(names, Does.Contain("0 watcher Running"));
        Assert.That(names, Does.Contain("1 monitor Running"));
        Assert.That(names, Does.Contain("2 server Running"));
        Assert.That(
            seen[^1],
            Is.EqualTo(new InstanceEvent(2, InstanceCondition.Ended, 9, new ShortText("server")))
        );
    }

    /// <summary>A monitor is itself seen to end, once, and to return.</summary>
    [Test]
    public void AWatcherSeesAMonitorEndAndReturn()
    {
        StartMachine(1, cores: 2);
        List<InstanceEvent> seen = [];
        Start(
            0,
            "watcher",
            async () =>
            {
                await foreach (
                    InstanceEvent news in Cosmos.Multikernel.Machine.WatchInstancesAsync()
                )
                {
                    if (news is not { Core: 1 } || news.Instance.ToString() != "monitor")
                    {
                        continue;
                    }
                    seen.Add(news);
                    if (seen.Count == 1)
                    {
                        machine.After(0, () => machine.Crash(machine.Find(1, "monitor")!));
                        machine.After(5_000_000_000, () => machine.StartMonitor(1));
                    }
                    else if (seen.Count == 3)
                    {
                        break;
                    }
                }
            }
        );
        Run();
        Assert.That(
            seen.Select(news => (news.Condition, news.WaitStatus)),
            Is.EqualTo(
                new[]
                {
                    (InstanceCondition.Running, 0),
                    (InstanceCondition.Ended, 9),
                    (InstanceCondition.Running, 0),
                }
            )
        );
    }

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

    [Test]
    public void AMachineMayBeDisposedOfTwice()
    {
        StartMachine(1, cores: 1);
        Start(0, "client", () => Task.CompletedTask);
        Run();
        machine.Dispose();
        machine.Dispose();
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
                    machine.After(seed * 1_000, giveUp.Cancel);
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
    public void BindingInTimeOrNotEndsAsItSays()
    {
        int late = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            StartMachine(seed, cores: 3);
            SimulatedInstance server = StartServer(1);
            Start(
                0,
                "client",
                async () =>
                {
                    await CallAsync();
                    machine.After(0, () => machine.Crash(server));
                    await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(seed));
                    try
                    {
                        await Names.BindAsync<WorkbenchProxy>(Disk, TimeSpan.FromMicroseconds(500));
                    }
                    catch (TimeoutException)
                    {
                        late++;
                    }
                }
            );
            Run();
        }
        Assert.That(late, Is.GreaterThan(50));
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
                machine.MonitorOf(next).Home.MostNames = 0;
                machine.After(0, () => machine.Crash(machine.Find(home, "monitor")!));
                await EventLoop.Current.Delay(TimeSpan.FromSeconds(3));
                Assert.That(await Names.FindAsync(Disk, Patience), Is.Null);
                machine.MonitorOf(next).Home.MostNames = 1;
                await EventLoop.Current.Delay(TimeSpan.FromSeconds(2));
                Assert.That(await Names.FindAsync(Disk, Patience), Is.Not.Null);
            }
        );
        Run();
    }

    [Test]
    public void WithoutItsMonitorAnInstanceHearsSoAtOnce()
    {
        StartMachine(1, cores: 2);
        StartServer(0);
        bool unavailable = false;
        Start(
            1,
            "client",
            async () =>
            {
                await CallAsync();
                machine.Crash(machine.Find(1, "monitor")!);
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                try
                {
                    await CallAsync();
                }
                catch (MonitorUnavailableException exception)
                {
                    unavailable = exception.Core == 1;
                }
            }
        );
        Run();
        Assert.That(unavailable, Is.True);
        Assert.That(machine.Now, Is.LessThan(1_000_000_000));
    }

    /// <summary>Both ends see the other's end as an event, also when nobody waits for a message.</summary>
    [Test]
    public void TheEndOfAPeerIsAnEventOnce([Values] bool crashes)
    {
        StartMachine(1, cores: 2);
        List<ChannelException> ends = [];
        SimulatedInstance server = machine.Start(
            0,
            "server",
            async () =>
            {
                Channel channel = await Channel.AcceptAsync();
                channel.Ended += ends.Add;
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                if (!crashes)
                {
                    channel.Dispose();
                }
            }
        );
        Start(
            1,
            "client",
            async () =>
            {
                Channel channel = await Channel.ConnectAsync(0, "server");
                channel.Ended += ends.Add;
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(2));
                if (crashes)
                {
                    machine.After(0, () => machine.Crash(server));
                }
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(2));
                // Late subscribers hear of it too.
                channel.Ended += ends.Add;
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            }
        );
        Run();
        Assert.That(
            ends.Select(end => end.GetType()),
            Is.EqualTo(
                Enumerable.Repeat(
                    crashes ? typeof(PeerEndedException) : typeof(PeerClosedException),
                    2
                )
            )
        );
    }

    [Test]
    public void ASeedReplaysExactlyWithMonitorsAndCrashes()
    {
        (ulong, int, long) Once(int seed)
        {
            StartMachine(seed, cores: 3);
            StartServer(0);
            machine.BeforeTurn = turn =>
            {
                if (turn == 150 + seed)
                {
                    machine.Crash(machine.Find(2, "monitor")!);
                    machine.After(100_000, () => machine.StartMonitor(2));
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
            return (machine.Events.Fingerprint, machine.Events.Total, machine.Now);
        }

        (ulong, int, long) first = Once(7);
        Assert.That(Once(7), Is.EqualTo(first));
        Assert.That(Once(8), Is.Not.EqualTo(first));
    }
}

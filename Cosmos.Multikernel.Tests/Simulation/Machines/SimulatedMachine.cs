using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Tests.Simulation.Machines;

/// <summary>
/// A multikernel in one thread and virtual time: any number of cores, whose event loops, channels and message interfaces are
/// the real ones. A seed decides who runs next, how long notifications take, which come twice or for nothing.
/// </summary>
/// <remarks>
/// Notifications of different channels overtake each other; the shared memory of a channel does not reorder (the
/// interleavings below that are explored exhaustively by the ring model). Instances can be crashed and started anew at any
/// step. The same seed gives the same run, event for event.
/// </remarks>
internal sealed class SimulatedMachine(int seed) : IDisposable
{
    private const int LongestDelay = 20_000;
    private const int LongestTurn = 2_000;
    private const string MonitorName = "monitor";

    private readonly Random random = new(seed);
    private readonly PriorityQueue<Action, (long Time, long Number)> agenda = new();
    private readonly List<SimulatedInstance> instances = [];
    private readonly Dictionary<(int Core, string Name), SimulatedInstance> alive = [];
    private readonly List<SimulatedChannel> channels = [];
    private readonly List<SimulatedInstance> awake = [];
    private readonly Dictionary<(int Core, string Name), uint> lives = [];
    private readonly Dictionary<(int Core, string Name), Func<Task>> mains = [];
    private readonly Dictionary<int, CoreMonitor> monitors = [];
    private long lastNumber;

    public long Now { get; private set; }

    public SequenceTrace Events { get; } = new(longest: 200);

    /// <summary>Notifications in a thousand that come a second time.</summary>
    public int Duplicates { get; init; } = 100;

    /// <summary>Turns in a thousand after which somebody is notified for nothing.</summary>
    public int Spurious { get; init; } = 10;

    /// <summary>Offers in a thousand that come to nothing, though who is meant lives: somebody lacks the memory for them.</summary>
    public int Shortages { get; set; }

    /// <summary>Events that each instance's trace holds; 0 for no trace.</summary>
    public int TraceCapacity { get; init; }

    /// <summary>Called before each turn: the place to crash somebody.</summary>
    public Action<int>? BeforeTurn { get; set; }

    public int Turns { get; private set; }

    /// <summary>The monitors there are, once <see cref="StartMonitors"/> has been called.</summary>
    public DeclaredMonitors Monitors { get; private set; } = DeclaredMonitors.None;

    /// <summary>Slots of the rings to and between monitors: few fill up.</summary>
    public uint MonitorSlots { get; init; } = 16;

    /// <summary>Attempts to connect without leave. Must stay 0.</summary>
    public int Unpermitted { get; set; }

    /// <summary>What nobody in an instance handled, and so ended it.</summary>
    public List<Exception> Failures { get; } = [];

    /// <summary>Gives the first cores a monitor each.</summary>
    public void StartMonitors(int cores)
    {
        Monitors = new DeclaredMonitors(
            Enumerable
                .Range(0, cores)
                .Select(core => new DeclaredInstance(core, MonitorName, IsMonitor: true)),
            cores
        );
        for (int core = 0; core < cores; core++)
        {
            StartMonitor(core);
        }
    }

    /// <summary>Starts a core's monitor, or starts it anew.</summary>
    public SimulatedInstance StartMonitor(int core) =>
        Start(
            core,
            MonitorName,
            () =>
            {
                CoreMonitor monitor = new(EventLoop.Current);
                monitors[core] = monitor;
                return monitor.ServeAsync(CancellationToken.None);
            }
        );

    /// <summary>A core's monitor in its latest life.</summary>
    public CoreMonitor MonitorOf(int core) => monitors[core];

    /// <summary>Frames that somebody holds, or that are on their way.</summary>
    public int FramesAlive => Memory.FramesAlive;

    /// <summary>The memory of all frames, as devices see it.</summary>
    public SimulatedMemory Memory { get; } = new();

    /// <summary>Starts an instance, or starts it anew after a crash.</summary>
    public SimulatedInstance Start(int core, string name, Func<Task> main)
    {
        uint life = lives.GetValueOrDefault((core, name));
        lives[(core, name)] = life + 1;
        mains[(core, name)] = main;
        SimulatedInstance instance = new(this, core, name, life);
        instances.Add(instance);
        alive.Add((core, name), instance);
        Awake(instance);
        Trace(instance, instance, "starts");
        instance.Loop.Post(async () =>
        {
            try
            {
                await main();
            }
            catch (Exception exception)
            {
                instance.Failure = exception;
            }
        });
        return instance;
    }

    /// <summary>A monitor wants an instance to be started again; as long as the seed says, the last life's memory is not back.</summary>
    public StartVerdict StartAgain(int core, string name)
    {
        if (!mains.TryGetValue((core, name), out Func<Task>? main))
        {
            return StartVerdict.NoInstance;
        }
        if (alive.ContainsKey((core, name)))
        {
            return StartVerdict.Running;
        }
        if (random.Next(2) == 0)
        {
            return StartVerdict.NotYet;
        }
        Start(core, name, main);
        return StartVerdict.Started;
    }

    /// <summary>Ends an instance between two of its turns, whatever it was doing.</summary>
    public void Crash(SimulatedInstance instance)
    {
        instance.IsAlive = false;
        Asleep(instance);
        alive.Remove((instance.Core, instance.Name));
        Trace(instance, instance, "crashes");
        const int killed = 9;
        instance.Platform.OwnCapabilities.DeleteAll();
        foreach (SimulatedChannel channel in instance.Platform.Channels.ToArray())
        {
            channel.Leave(instance);
            TellLater(channel, channel.PeerOf(instance), ChannelState.PeerEnded, killed);
        }
    }

    /// <summary>An instance gets no turns any more, as if its program went round in a loop for ever.</summary>
    public void Hang(SimulatedInstance instance)
    {
        Asleep(instance);
        instance.IsListed = true;
    }

    /// <summary>An instance gets no turns for so long: its processor is slow to start, or its host has better things to do.</summary>
    public void Stall(SimulatedInstance instance, long nanoseconds)
    {
        Hang(instance);
        After(
            nanoseconds,
            () =>
            {
                instance.IsListed = false;
                Awake(instance);
            }
        );
    }

    /// <summary>Runs until nobody can do anything any more, or until done.</summary>
    /// <returns>False when the turns did not suffice.</returns>
    public bool Run(int mostTurns, Func<bool>? done = null)
    {
        for (int turn = 0; turn < mostTurns; turn++)
        {
            if (done?.Invoke() ?? false)
            {
                return true;
            }
            while (agenda.TryPeek(out _, out (long Time, long Number) first) && first.Time <= Now)
            {
                agenda.Dequeue()();
            }
            if (awake.Count == 0)
            {
                if (!agenda.TryPeek(out _, out (long Time, long Number) next))
                {
                    return true;
                }
                Now = next.Time;
                continue;
            }
            BeforeTurn?.Invoke(Turns++);
            if (awake.Count != 0)
            {
                Turn(awake[random.Next(awake.Count)]);
            }
        }
        return false;
    }

    /// <summary>Writes something into the trace.</summary>
    public void Trace(SimulatedInstance from, SimulatedInstance to, string what) =>
        Events.Add(Now, from.Label, to.Label, what);

    public void Dispose()
    {
        foreach (SimulatedChannel channel in channels)
        {
            channel.Dispose();
        }

        // Memory that is freed twice is somebody else's the second time.
        channels.Clear();
    }

    /// <summary>Whether there has ever been such an instance.</summary>
    internal bool IsDeclared(int core, string name) => lives.ContainsKey((core, name));

    /// <summary>An instance has something to do.</summary>
    internal void Awake(SimulatedInstance instance)
    {
        if (instance.IsAlive && !instance.IsListed)
        {
            instance.IsListed = true;
            awake.Add(instance);
        }
    }

    private void Asleep(SimulatedInstance instance)
    {
        if (instance.IsListed)
        {
            instance.IsListed = false;
            awake.Remove(instance);
        }
    }

    internal SimulatedInstance? Find(int core, string name) =>
        alive.GetValueOrDefault((core, name));

    internal void After(long nanoseconds, Action action) =>
        agenda.Enqueue(action, (Now + nanoseconds, ++lastNumber));

    internal void Later(Action action) => After(random.Next(LongestDelay), action);

    internal SimulatedChannel AddChannel(SimulatedInstance a, SimulatedInstance b, uint slots)
    {
        SimulatedChannel channel = new(a, b, slots);
        channels.Add(channel);
        return channel;
    }

    internal void ArriveOffer(SimulatedChannel channel)
    {
        if (!channel.B.IsAlive)
        {
            TellLater(channel, channel.A, ChannelState.Refused);
        }
        else if (LacksMemory())
        {
            TellLater(channel, channel.A, ChannelState.Refused, CapabilityErrors.NoMemory);
        }
        else
        {
            channel.B.Platform.Offer(channel);
        }
    }

    /// <summary>Whether what somebody wants now meets one of the <see cref="Shortages"/>.</summary>
    internal bool LacksMemory() => Shortages != 0 && random.Next(1000) < Shortages;

    internal void Accept(SimulatedChannel channel)
    {
        Trace(channel.B, channel.A, "accepts");
        channel.SetState(channel.B, ChannelState.Connected);
        Later(() => ArriveAnswer(channel));
        if (!channel.A.IsAlive)
        {
            TellLater(channel, channel.B, ChannelState.PeerEnded);
        }
    }

    // A's CPU driver learns which channel B's is. What A rang for before that is made up for now.
    private void ArriveAnswer(SimulatedChannel channel)
    {
        channel.SetState(channel.A, ChannelState.Connected);
        channel.A.Platform.Ring(channel.HandleAt(channel.A));
        channel.IsAnswered = true;
        if (channel.OwesRing)
        {
            Notify(channel, channel.A);
        }
    }

    internal void Notify(SimulatedChannel channel, SimulatedInstance from)
    {
        if (from == channel.A && !channel.IsAnswered)
        {
            channel.OwesRing = true;
            return;
        }
        SimulatedInstance to = channel.PeerOf(from);
        Trace(from, to, "rings");
        int copies = random.Next(1000) < Duplicates ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            Later(() => to.Platform.Ring(channel.HandleAt(to)));
        }
    }

    internal void Close(SimulatedChannel channel, SimulatedInstance by)
    {
        Trace(by, channel.PeerOf(by), "closes");
        channel.Leave(by);
        TellLater(channel, channel.PeerOf(by), ChannelState.PeerClosed);
    }

    private void TellLater(
        SimulatedChannel channel,
        SimulatedInstance to,
        ChannelState state,
        int waitStatus = 0
    ) =>
        Later(() =>
        {
            channel.SetState(to, state, waitStatus);
            to.Platform.Ring(channel.HandleAt(to));
        });

    private void Turn(SimulatedInstance instance)
    {
        bool made = false;
        try
        {
            instance.Loop.RunUntil(() => made || !(made = true));
        }
        catch (Exception exception)
        {
            instance.Failure = exception;
            Failures.Add(exception);
            Crash(instance);
        }
        if (instance.Platform.IsAsleep)
        {
            Asleep(instance);
        }
        Now += random.Next(1, LongestTurn);
        if (random.Next(1000) < Spurious)
        {
            SimulatedInstance victim = instances[random.Next(instances.Count)];
            Later(() => victim.Platform.Ring(random.Next(64)));
        }
    }
}

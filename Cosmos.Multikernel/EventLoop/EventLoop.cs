using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel;

/// <summary>
/// The event loop of an instance: channels, timers and the continuations of <c>await</c> all run on its one thread, so code
/// that lives on it needs no locks.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>A turn runs what is posted, what is due and what channels brought, then looks at the doorbells it owes: one fence
/// for everything the turn sent.</item>
/// <item>Only channels somebody waits on are looked at, and of those only the hot ones: one that stays quiet arms its
/// doorbell and is left alone until it rings. A thousand quiet channels cost nothing.</item>
/// <item>An idle loop polls for a short, measured window (not at all without hot channels to peers on other cores), arms every
/// hot channel, looks again, sleeps. Whatever happens
/// after the event count was read makes the sleep return.</item>
/// <item>The steady state allocates nothing and makes no system call.</item>
/// </list>
/// Nothing on the loop may block: blocking work goes to <c>Task.Run</c>, and its await comes back to the loop.
/// </remarks>
public sealed partial class EventLoop : IDisposable
{
    // A channel looked at this often in vain, while others keep the loop busy, is armed and left alone.
    private const int VainLooks = 4096;

    // While timers run, the clock is read at one in so many looks.
    private const int LooksForTheClock = 16;

    // A busy loop looks at the clock in one turn of sixteen.
    private const int TurnsForTheClock = 15;

    [ThreadStatic]
    private static EventLoop? current;

    private static readonly Lazy<EventLoop> InstanceLoop = new(() =>
        new EventLoop(InstancePlatform.Current)
    );

    private readonly InstancePlatform platform;
    private readonly WorkQueue work = new();
    private readonly TimerQueue timers = new();
    private readonly ChannelSet hot = new();
    private readonly ChannelSet owing = new();
    private readonly List<Channel>[] byBit = new List<Channel>[64];
    private PollWindow window;
    private uint seenEvents;
    private bool looksOnce;
    private bool stopping;
    private int sleeping;
    private Thread? background;
    private uint nextChannelNumber;

    /// <summary>A loop on a platform. Each domain has one, since a domain has one event count to sleep on.</summary>
    internal EventLoop(InstancePlatform platform)
    {
        this.platform = platform;
        window = new PollWindow(platform.WakeCost);
        Trace =
            platform.TraceCapacity == 0 ? null : new TraceBuffer(platform, platform.TraceCapacity);
        SynchronizationContext = new EventLoopContext(this);
        Scheduler = new EventLoopScheduler(this);
        ServicesChanged = new ChangeSignal(this);
        delays = new OperationPool<bool>(this, IdleDelays);
        for (int i = 0; i < byBit.Length; i++)
        {
            byBit[i] = [];
        }
        seenEvents = platform.EventCount - 1;
        if (
            platform.Monitors.On(platform.Core) is { } monitor
            && !platform.Monitors.Contains(platform.Core, platform.Name)
        )
        {
            Monitor = new MonitorConnection(this, monitor);
            Post(Monitor.Run);
        }
    }

    /// <summary>The loop the calling code runs on.</summary>
    /// <exception cref="InvalidOperationException">The calling thread runs no loop.</exception>
    public static EventLoop Current =>
        current
        ?? throw new InvalidOperationException(
            "This code does not run on an event loop. Use EventLoop.Instance.InvokeAsync to go there."
        );

    /// <summary>The instance's loop, made at first use. It runs once <see cref="Run"/> or <see cref="RunInBackground"/> is called.</summary>
    public static EventLoop Instance => InstanceLoop.Value;

    /// <summary>Whether the calling code runs on this loop.</summary>
    public bool IsCurrent => current == this;

    /// <summary>Core of this loop's instance.</summary>
    public int Core => platform.Core;

    /// <summary>Name of this loop's instance.</summary>
    public string Name => platform.Name;

    /// <summary>Brings continuations back to this loop.</summary>
    public SynchronizationContext SynchronizationContext { get; }

    /// <summary>Runs tasks on this loop.</summary>
    public TaskScheduler Scheduler { get; }

    /// <summary>All open channels of this loop's instance.</summary>
    public IEnumerable<Channel> Channels => byBit.SelectMany(channels => channels);

    internal InstancePlatform Platform => platform;

    /// <summary>Called in each turn in which the platform has counted an event.</summary>
    internal Action? Notified { get; init; }

    /// <summary>Whether this core has a monitor, and with it names.</summary>
    public bool HasMonitor => Monitor is not null;

    /// <summary>The connection to this core's monitor; null in a monitor, and on cores without one.</summary>
    internal MonitorConnection? Monitor { get; }

    /// <summary>Where channels record what they do; null, and one branch for each event, where nothing is traced.</summary>
    internal TraceBuffer? Trace { get; }

    /// <summary>The platform of the loop the calling code runs on, else the process's.</summary>
    internal static InstancePlatform PlatformHere => current?.platform ?? InstancePlatform.Current;

    /// <summary>A loop in a hosted machine of its own making: several in one process make a multikernel for tests.</summary>
    /// <param name="machine">Directory that is the machine; loops of one machine share it. Made when missing.</param>
    /// <param name="core">The core it stands for.</param>
    /// <param name="name">The instance's name, unique on its core.</param>
    /// <param name="declared">The instances of the machine; null for no others that need be known.</param>
    public static EventLoop CreateHosted(
        string machine,
        int core,
        string name,
        IReadOnlyList<DeclaredInstance>? declared = null
    ) => new(new HostedPlatform(machine, core, name, declared));

    /// <summary>Runs the loop on the calling thread until the task made by <paramref name="main"/> has ended.</summary>
    /// <exception cref="Exception">What the task, or any callback posted to the loop, threw.</exception>
    public void Run(Func<Task> main)
    {
        // In a turn, as all work: what it sends before it waits for anything rings its peers at the end of that turn.
        Task? task = null;
        Post(() => task = StartMain(main));
        RunUntil(() => task is { IsCompleted: true });
        task!.GetAwaiter().GetResult();
    }

    /// <summary>Runs the loop on a thread of its own until it is disposed.</summary>
    public void RunInBackground()
    {
        background = new Thread(() => RunUntil(() => stopping))
        {
            IsBackground = true,
            Name = $"event loop of {Name}",
        };
        background.Start();
    }

    /// <summary>Runs a callback on the loop; may be called from any thread. What it throws ends the loop.</summary>
    public void Post(Action callback) => Enqueue(new WorkItem(callback));

    /// <summary>Runs asynchronous code on the loop; may be called from any thread.</summary>
    /// <returns>Its outcome. Do not block on it on the loop itself.</returns>
    public Task InvokeAsync(Func<Task> function) =>
        InvokeAsync(async () =>
        {
            await function();
            return true;
        });

    /// <summary>Runs asynchronous code on the loop; may be called from any thread.</summary>
    /// <returns>Its outcome. Do not block on it on the loop itself.</returns>
    public Task<T> InvokeAsync<T>(Func<Task<T>> function)
    {
        TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(async () =>
        {
            try
            {
                outcome.SetResult(await function());
            }
            catch (OperationCanceledException exception)
            {
                outcome.SetCanceled(exception.CancellationToken);
            }
            catch (Exception exception)
            {
                outcome.SetException(exception);
            }
        });
        return outcome.Task;
    }

    /// <summary>Stops a loop that runs in the background, closes its channels and leaves the machine.</summary>
    public void Dispose()
    {
        stopping = true;
        if (background is not null)
        {
            Post(static () => { });
            background.Join();
        }
        foreach (Channel channel in Channels.ToArray())
        {
            channel.Abandon();
        }
        platform.Dispose();
    }

    internal void Enqueue(WorkItem item)
    {
        if (IsCurrent)
        {
            work.Enqueue(item);
            return;
        }
        work.EnqueueRemote(item);

        // Full fence: the entry is queued before the flag is read. The loop raises the flag before it looks at the queue a
        // last time (Dekker, as with the doorbells), so one of us sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref sleeping) != 0)
        {
            platform.Wake();
        }
    }

    /// <summary>The same, for those who are on the loop by construction: most work comes this way.</summary>
    internal void EnqueueHere(WorkItem item) => work.Enqueue(item);

    /// <summary>The time when so much has passed; <see cref="long.MaxValue"/> (never) when that is beyond the clock.</summary>
    internal long TimeAfter(TimeSpan time)
    {
        long now = platform.Now;
        double nanoseconds = time.TotalNanoseconds;
        return nanoseconds < long.MaxValue - now ? now + (long)nanoseconds : long.MaxValue;
    }

    internal void AddTimer(ITimed target, long due) => timers.Add(target, due);

    internal uint NextChannelNumber() => nextChannelNumber++;

    private Task StartMain(Func<Task> main)
    {
        try
        {
            return main();
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }
}

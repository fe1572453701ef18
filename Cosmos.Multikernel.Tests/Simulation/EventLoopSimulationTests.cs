using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>What is waited for on the loop, against a clock that nothing but the simulator moves.</summary>
[TestFixture]
public sealed class EventLoopSimulationTests
{
    [Test]
    public void TimersFallDueInTheirOrderAndAtTheirTime()
    {
        using SimulatedMachine machine = new(seed: 1);
        List<(int Due, long At)> fell = [];
        machine.Start(
            0,
            "a",
            () =>
                Task.WhenAll(
                    new[] { 30, 10, 20, 0, 10 }.Select(due => WaitAsync(machine, due, fell))
                )
        );
        Assert.That(machine.Run(mostTurns: 1_000), Is.True);
        Assert.That(fell.Select(one => one.Due), Is.EqualTo(new[] { 0, 10, 10, 20, 30 }));

        // All of them were begun in the first turns, which take microseconds.
        Assert.That(
            fell.Select(one => one.At - (one.Due * 1_000_000L)),
            Is.All.InRange(0, 100_000)
        );
    }

    [Test]
    public void DelaysThatAreUsedAgainKeepTheirTime()
    {
        using SimulatedMachine machine = new(seed: 1);
        List<(int Due, long At)> fell = [];
        List<long> asked = [];
        machine.Start(
            0,
            "a",
            async () =>
            {
                // The cancelled one leaves a timer behind, which must not end a later use.
                using CancellationTokenSource given = new();
                ValueTask cancelled = EventLoop.Current.Delay(
                    TimeSpan.FromMilliseconds(20),
                    given.Token
                );
                given.Cancel();
                Assert.That(
                    await FailureAsync(cancelled),
                    Is.InstanceOf<OperationCanceledException>()
                );
                foreach (int due in (int[])[50, 5, 30, 1, 40])
                {
                    asked.Add(machine.Now);
                    await WaitAsync(machine, due, fell);
                }
            }
        );
        Assert.That(machine.Run(mostTurns: 1_000), Is.True);
        Assert.That(
            fell.Zip(asked, (one, begun) => one.At - begun - (one.Due * 1_000_000L)),
            Has.Exactly(5).InRange(0, 100_000)
        );
    }

    [Test]
    public void ADelayIsAwaitedOnce()
    {
        using SimulatedMachine machine = new(seed: 1);
        machine.Start(
            0,
            "a",
            async () =>
            {
                ValueTask delay = EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                await delay;
                Assert.That(await FailureAsync(delay), Is.TypeOf<InvalidOperationException>());
            }
        );
        Assert.That(machine.Run(mostTurns: 1_000), Is.True);
    }

    /// <summary>The first that ends ends the wait, at its time and on the loop, and the others may end later.</summary>
    [Test]
    public void TheFirstOfSomeTasksIsWaitedFor()
    {
        using SimulatedMachine machine = new(seed: 1);
        List<(int Due, long At)> fell = [];
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        machine.Start(
            0,
            "a",
            async () =>
            {
                Task late = WaitAsync(machine, 30, fell);
                Task failing = FailAfterAsync(10);
                Assert.That(await EventLoop.WhenAny(never.Task, late, failing), Is.SameAs(failing));
                Assert.That(failing.IsFaulted);
                Assert.That(await EventLoop.WhenAny(never.Task, late), Is.SameAs(late));
                Assert.That(await EventLoop.WhenAny(late, failing), Is.SameAs(late));
            }
        );
        Assert.That(machine.Run(mostTurns: 1_000), Is.True);
        Assert.That(fell, Has.Count.EqualTo(1));
    }

    [TestCase(10, 30, true)]
    [TestCase(30, 10, false)]
    public void ATaskIsWaitedForWithALimit(int takes, int limit, bool completes)
    {
        using SimulatedMachine machine = new(seed: 1);
        bool? completed = null;
        long waited = 0;
        machine.Start(
            0,
            "a",
            async () =>
            {
                Task task = FailAfterAsync(takes);
                long before = machine.Now;
                completed = await EventLoop.Current.CompletesAsync(
                    task,
                    TimeSpan.FromMilliseconds(limit)
                );
                waited = machine.Now - before;
                await EventLoop.WhenAny(task);
                Assert.That(task.IsFaulted);
            }
        );
        Assert.That(machine.Run(mostTurns: 1_000), Is.True);
        Assert.That(completed, Is.EqualTo(completes));
        Assert.That(waited - Math.Min(takes, limit) * 1_000_000L, Is.InRange(0, 100_000));
    }

    [Test]
    public void ASignalWakesAllWhoWaitAndNobodyElse()
    {
        using SimulatedMachine machine = new(seed: 1);
        int woken = 0;
        machine.Start(
            0,
            "a",
            async () =>
            {
                ChangeSignal signal = new(EventLoop.Current);
                signal.Set();
                using CancellationTokenSource given = new();
                Task first = AwaitAsync(signal.WaitAsync());
                Task second = AwaitAsync(signal.WaitAsync());
                ValueTask cancelled = signal.WaitAsync(given.Token);
                given.Cancel();
                Assert.That(
                    await FailureAsync(cancelled),
                    Is.InstanceOf<OperationCanceledException>()
                );
                // A change before its time, and none.
                Assert.That(await signal.WaitAsync(TimeSpan.FromMilliseconds(1)), Is.False);
                Assert.That((signal.Waiting, woken), Is.EqualTo((2, 0)));
                ValueTask<bool> changed = signal.WaitAsync(TimeSpan.FromMilliseconds(1));
                signal.Set();
                Assert.That(await changed, Is.True);
                await Task.WhenAll(first, second);
                Assert.That((signal.Waiting, woken), Is.EqualTo((0, 2)));
            }
        );
        Assert.That(machine.Run(mostTurns: 1_000), Is.True);

        async Task AwaitAsync(ValueTask wait)
        {
            await wait;
            woken++;
        }
    }

    private static async Task FailAfterAsync(int milliseconds)
    {
        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(milliseconds));
        throw new IOException("as it should");
    }

    private static async Task<Exception?> FailureAsync(ValueTask awaited)
    {
        try
        {
            await awaited;
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static async Task WaitAsync(
        SimulatedMachine machine,
        int milliseconds,
        List<(int, long)> fell
    )
    {
        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(milliseconds));
        fell.Add((milliseconds, machine.Now));
    }
}

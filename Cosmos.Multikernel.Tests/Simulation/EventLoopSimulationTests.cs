using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>The loop's timers, against a clock that nothing but the simulator moves.</summary>
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

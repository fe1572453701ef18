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

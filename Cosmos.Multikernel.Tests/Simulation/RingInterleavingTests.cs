extern alias RingModel;
using NUnit.Framework;
using RingModel::Cosmos.Multikernel.Tests.RingModel;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>The ring and its doorbells through every interleaving at small sizes, on a machine with x86's store buffers.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class RingInterleavingTests
{
    private const int OneLine = 8;
    private const int TwoLines = 60;

    [TestCase(1u, OneLine, "SSSS", "RRRR", TestName = "A ring of one slot, one way")]
    [TestCase(2u, OneLine, "SSSSS", "RRRRR", TestName = "A ring of two slots over three laps")]
    [TestCase(1u, TwoLines, "SS", "RR", TestName = "Messages longer than the ring")]
    [TestCase(2u, TwoLines, "SSS", "RRR", TestName = "Messages of two lines")]
    [TestCase(1u, OneLine, "SRSR", "RSRS", TestName = "A conversation over one slot")]
    [TestCase(2u, OneLine, "SSRRSR", "RRSSRS", TestName = "A conversation in bursts")]
    [TestCase(2u, OneLine, "SSSRRR", "RSSSRR", TestName = "Both wait for room before they read")]
    public void EveryInterleavingDeliversInOrderAndWakes(uint slots, int length, string a, string b)
    {
        Finding finding = Exploration.Run(slots, length, a, b);

        Assert.That(finding.Failure, Is.Null);
        TestContext.Out.WriteLine($"{finding.States} states");
    }

    /// <summary>The check can fail: each of these mistakes loses a wake-up, and it says by which steps.</summary>
    [TestCase(Defect.RingWithoutFence)]
    [TestCase(Defect.ArmWithoutFence)]
    [TestCase(Defect.SleepWithoutLookingAgain)]
    public void AMistakePutInIsFound(object defect) =>
        Assert.That(
            Exploration.Run(2, OneLine, "SSS", "RRR", (Defect)defect).Failure,
            Does.StartWith("Nothing can move")
        );
}

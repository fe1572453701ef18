using Cosmos.Multikernel.Cli.Benchmarks;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>How several cores' measurements and a suite's goals become rows.</summary>
[TestFixture]
public sealed class BenchRowTests
{
    private static BenchSuite Suite(params BenchGoal[] rows) =>
        new("t", [new BenchPart("p", "p", BenchPlace.Machine)], rows);

    private static SerialRecord[] Records(params (string Name, double Value)[] values) =>
        [
            .. values.Select(value => new SerialRecord(
                0,
                "bench",
                "bench",
                $"{{\"name\":\"{value.Name}\",\"value\":{value.Value},\"unit\":\"ms\"}}"
            )),
        ];

    [TestCase("<= 5", 7.0, false)]
    [TestCase("<= 7", 7.0, true)]
    [TestCase(">= 3", 2.0, false)]
    [TestCase(">= 2", 2.0, true)]
    public void TheWorstOfTheCoresCounts(string goal, double worst, bool met)
    {
        var row = BenchRow
            .Collect("b", Suite(new BenchGoal("x", goal)), Records(("x", 2), ("x", 7), ("x", 5)))
            .Single();
        Assert.That((row.Value, row.Met, row.Goal), Is.EqualTo((worst, met, goal)));
    }

    [Test]
    public void ARowCanBeTheSmallestOfAnother()
    {
        var rows = BenchRow.Collect(
            "b",
            Suite(new BenchGoal("first", SmallestOf: "x")),
            Records(("x", 2), ("x", 7))
        );
        Assert.That(
            rows.Select(row => (row.Name, row.Value)),
            Is.EquivalentTo(new[] { ("x", 7.0), ("first", 2.0) })
        );
    }

    [Test]
    public void WhatASuiteNamesMustBeMeasured()
    {
        Assert.That(
            () => BenchRow.Collect("b", Suite(new BenchGoal("x", "<= 1")), []),
            Throws.TypeOf<CommandFailure>().With.Message.Contain("'x'")
        );
        Assert.That(
            () => BenchRow.Collect("b", Suite(new BenchGoal("f", SmallestOf: "x")), []),
            Throws.TypeOf<CommandFailure>().With.Message.Contain("'x'")
        );
    }
}

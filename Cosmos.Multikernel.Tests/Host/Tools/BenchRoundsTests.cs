using Cosmos.Multikernel.Cli.Benchmarks;
using Cosmos.Multikernel.Cli.Benchmarks.Rounds;
using Cosmos.Multikernel.Cli.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>Rounds here and on Linux by turns become one row with a ratio; and the suites' own files can be read.</summary>
[TestFixture]
public sealed class BenchRoundsTests
{
    private const string Linux = "Linux 6.1";

    [TestCase(30, 60, "IOPS", 0.5)]
    [TestCase(30, 60, "us", 2)]
    [TestCase(30, 60, "ms", 2)]
    [TestCase(90, 60, "MB/s", 1.5)]
    public void OfTimesTheInverseCounts(double ours, double theirs, string unit, double times) =>
        Assert.That(RoundsTable.TimesLinux(ours, theirs, unit), Is.EqualTo(times));

    [Test]
    public void TheMiddleOfTheRoundsRatiosCounts()
    {
        // A pause of the host hits both machines in the second round, ours alone in the third.
        RoundsTable table = new(Linux);
        foreach (var (ours, theirs) in ((double, double)[])[(120, 100), (12, 10), (60, 100)])
        {
            table.Add([Figure(ours)], [Figure(theirs)]);
        }

        var row = Judge(table, ">= 1");
        Assert.That(
            (row.Value, row.TimesLinux, row.Met, row.Goal, row.Peer),
            Is.EqualTo((60.0, 1.2, true, ">= 1 times Linux", "100 IOPS: Linux 6.1"))
        );
        Assert.That(row.TimesLinuxSpread, Is.EqualTo(new BenchSpread(0.6, 1.2)));
        Assert.That(Judge(table, ">= 1.3").Met, Is.False);
        Assert.That(Judge(table, null).Met, Is.Null);
    }

    [Test]
    public void WithoutLinuxThereIsNoRatioAndNoGoal()
    {
        RoundsTable table = new(null);
        table.Add([Figure(1)], []);
        table.Add([Figure(4)], []);
        var row = Judge(table, ">= 1");
        Assert.That(
            (row.Value, row.TimesLinux, row.Met, row.Goal, row.Peer),
            Is.EqualTo((2.5, (double?)null, (bool?)null, (string?)null, (string?)null))
        );
    }

    /// <summary>What is lost may be nothing on both: there is no ratio, and no plot of it.</summary>
    [Test]
    public void SharesAreShownBesideEachOther()
    {
        RoundsTable table = new(Linux);
        foreach (var (ours, theirs) in ((double, double)[])[(0, 0), (2, 0), (1, 0)])
        {
            table.Add([Figure(ours, "%")], [Figure(theirs, "%")]);
        }

        var row = Judge(table, null);
        Assert.That(
            (row.Value, row.TimesLinux, row.TimesLinuxSpread, row.Peer),
            Is.EqualTo((1.0, (double?)null, (BenchSpread?)null, "0 %: Linux 6.1"))
        );
    }

    [Test]
    public void EachSuiteCanBeRead() =>
        Assert.That(BenchSuite.Names.Select(name => BenchSuite.Read(name)), Is.Not.Empty);

    /// <summary>What runs on Linux is measured in rounds, with devices that both machines have.</summary>
    [Test]
    public void WhatIsComparedWithLinuxCanBe()
    {
        var parts = BenchSuite
            .Names.SelectMany(name => BenchSuite.Read(name).Parts)
            .Where(part => part.Linux is not null)
            .ToList();
        Assert.That(parts, Is.Not.Empty);
        foreach (var part in parts)
        {
            Assert.That(part.Rounds, Is.Positive);
            Assert.That(part.Runs, Is.EqualTo(BenchPlace.Machine));
            Assert.That(part.Linux!.Drivers, Is.Not.Empty);
            Assert.That(part.ProjectFile, Does.Exist);
        }
    }

    private static BenchRow Judge(RoundsTable table, string? timesLinux) =>
        BenchRow
            .Collect(
                "b",
                new BenchSuite("t", [], [new BenchGoal("x", TimesLinux: timesLinux)]),
                table.ToRecords()
            )
            .Single();

    private static SerialRecord Figure(double value, string unit = "IOPS") =>
        new BenchMeasurement("x", value, unit).ToRecord();
}

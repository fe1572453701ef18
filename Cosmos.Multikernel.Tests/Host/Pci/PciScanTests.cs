using Cosmos.Multikernel.Drivers.Pci;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Pci;

/// <summary>Finding functions on buses that are as they should be, and on buses that are not.</summary>
[TestFixture]
[CancelAfter(10_000)]
public sealed class PciScanTests
{
    private const uint Network = 0x020000;
    private const uint Bridge = 0x060400;
    private const uint HostBridge = 0x060000;
    private const uint Display = 0x030000;

    private PretendPci space = null!;

    [SetUp]
    public void Empty() => space = new PretendPci();

    private PciFunction ScanOne(out IReadOnlyList<string> problems)
    {
        PciScan scan = PciScan.Run(space);
        problems = scan.Problems;
        return scan.Functions.Single();
    }

    [Test]
    public void NothingIsFoundWhereNothingIs()
    {
        PciScan scan = PciScan.Run(space);
        Assert.That(scan.Functions, Is.Empty);
        Assert.That(scan.Problems, Is.Empty);
    }

    [Test]
    public void FunctionsAreFoundOnlyWhereTheFirstSaysSo()
    {
        space.Add(0, 3, 0, 0x10001af4, Network).SetByte(0x0e, 0x80);
        space.Add(0, 3, 7, 0x10011af4, Network);
        space.Add(0, 4, 0, 0x10021af4, Network);
        space.Add(0, 4, 1, 0x10031af4, Network);
        space.Add(0, 5, 2, 0x10041af4, Network);
        Assert.That(
            PciScan.Run(space).Functions.Select(function => function.Address.ToString()),
            Is.EqualTo(new[] { "00:03.0", "00:03.7", "00:04.0" })
        );
    }

    [Test]
    public void BridgesAreFollowed()
    {
        space.Add(0, 1, 0, 0x00011b36, Bridge).SetByte(0x0e, 1).SetByte(0x19, 2);
        space.Add(2, 0, 0, 0x00021b36, Bridge).SetByte(0x0e, 1).SetByte(0x19, 3);
        space.Add(3, 31, 0, 0x10001af4, Network);
        PciScan scan = PciScan.Run(space);
        Assert.That(
            scan.Functions.Select(function => function.Address.ToString()),
            Is.EqualTo(new[] { "00:01.0", "02:00.0", "03:1f.0" })
        );
        Assert.That(scan.Problems, Is.Empty);
    }

    /// <summary>From bus 1: to itself, where another bridge leads, where a bus was looked at, out of the segment, nowhere.</summary>
    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(9, 1)]
    [TestCase(0, 0)]
    [TestCase(3, 0)]
    public void BridgesThatCannotBeAreNotFollowed(int to, int problems)
    {
        PretendPci small = new() { Buses = [new(0, 0, 8)] };
        small.Add(0, 1, 0, 0x00011b36, Bridge).SetByte(0x0e, 1).SetByte(0x19, 1);
        small.Add(0, 2, 0, 0x00021b36, Bridge).SetByte(0x0e, 1).SetByte(0x19, 2);
        small.Add(1, 0, 0, 0x00031b36, Bridge).SetByte(0x0e, 1).SetByte(0x19, to);
        small.Add(2, 0, 0, 0x10001af4, Network);
        PciScan scan = PciScan.Run(small);
        Assert.That(scan.Functions, Has.Count.EqualTo(4));
        Assert.That(scan.Problems, Has.Count.EqualTo(problems), string.Join("\n", scan.Problems));
        Assert.That(scan.Problems, Is.All.Contains("01:00.0 (1b36:0003)"));
    }

    [Test]
    public void ManyBridgesInALineEnd()
    {
        for (int bus = 0; bus < 256; bus++)
        {
            space.Add(bus, 0, 0, 0x00011b36, Bridge).SetByte(0x0e, 1).SetByte(0x19, bus + 1);
        }
        PciScan scan = PciScan.Run(space);
        Assert.That(scan.Functions, Has.Count.EqualTo(256));
        // The last one leads to bus 0, which says that there is none.
        Assert.That(scan.Problems, Is.Empty);
    }

    [Test]
    public void BarsAreMeasured()
    {
        space
            .Add(0, 1, 0, 0x10001af4, Network)
            .Set(4, 7)
            .Bar(0, 0xfebf_0000, 0xffff_0000)
            .Bar(1, 0x0000_c041, 0x0000_ffe0)
            .Bar(2, 0x0000_000c, 0xffff_c000)
            .Bar(3, 0x0000_0080, 0xffff_ffff)
            .Bar(4, 0, 0)
            .Bar(5, 0xfe00_0008, 0xff00_0000);
        PciBars bars = ScanOne(out IReadOnlyList<string> problems).Bars;
        Assert.That(problems, Is.Empty);
        Assert.That(
            bars[0],
            Is.EqualTo(new PciBar(PciBarKind.Memory, false, 0xfebf_0000, 0x1_0000))
        );
        Assert.That(bars[1], Is.EqualTo(new PciBar(PciBarKind.Ports, false, 0xc040, 0x20)));
        Assert.That(
            bars[2],
            Is.EqualTo(new PciBar(PciBarKind.Memory, true, 0x80_0000_0000, 0x4000))
        );
        Assert.That(bars[3], Is.EqualTo(default(PciBar)));
        Assert.That(bars[4], Is.EqualTo(default(PciBar)));
        Assert.That(
            bars[5],
            Is.EqualTo(new PciBar(PciBarKind.Memory, true, 0xfe00_0000, 0x100_0000))
        );
    }

    [Test]
    public void MeasuringLeavesEverythingAsItWasAndDecodesNothingMeanwhile()
    {
        PretendFunction function = space
            .Add(0, 1, 0, 0x10001af4, Network)
            .Set(4, 7)
            .Bar(0, 0xfebf_0000, 0xffff_0000);
        function.Written = (offset, value) =>
        {
            if (offset >= 0x10 && value == uint.MaxValue)
            {
                Assert.That(function.Read(4) & 3, Is.Zero, "it decodes while it is measured");
            }
        };
        ScanOne(out _);
        Assert.That(function.Read(4), Is.EqualTo(7));
        Assert.That(function.Read(0x10), Is.EqualTo(0xfebf_0000));
    }

    [TestCase(Display)]
    [TestCase(HostBridge)]
    public void WhatMustGoOnIsNotMeasured(uint classCode)
    {
        space.Add(0, 1, 0, 0x11111234, classCode).Set(4, 7).Bar(0, 0xfd00_0008, 0xff00_0000);
        PciFunction function = ScanOne(out _);
        Assert.That(space.Writes, Is.Empty);
        Assert.That(
            function.Bars[0],
            Is.EqualTo(new PciBar(PciBarKind.Memory, true, 0xfd00_0000, 0))
        );
        PciBars measured = PciScan.ReadBars(space, function, withLengths: true, []);
        Assert.That(measured[0].Length, Is.EqualTo(0x100_0000));
    }

    [TestCase(0, 0xfebf_0000u, 0xfeff_0000u, "no possible length")]
    [TestCase(0, 0xfebf_0006u, 0xffff_0000u, "not defined")]
    [TestCase(5, 0xfebf_0004u, 0xffff_0000u, "no register left")]
    [TestCase(0, 0x0000_c041u, 0x0000_ff60u, "no possible length")]
    public void WildBarsAreLeftOut(int index, uint value, uint mask, string problem)
    {
        space.Add(0, 1, 0, 0x10001af4, Network).Bar(index, value, mask);
        PciBars bars = ScanOne(out IReadOnlyList<string> problems).Bars;
        Assert.That(bars[index], Is.EqualTo(default(PciBar)));
        Assert.That(problems.Single(), Does.Contain(problem).And.Contain("00:01.0 (1af4:1000)"));
    }

    [Test]
    public void ABarBeyondTheProcessorsAddressesIsLeftOut()
    {
        space
            .Add(0, 1, 0, 0x10001af4, Network)
            .Bar(0, 0x0000_0004, 0xffff_f000)
            .Bar(1, 0x0010_0000, 0xffff_ffff);
        Assert.That(ScanOne(out var problems).Bars[0], Is.EqualTo(default(PciBar)));
        Assert.That(problems.Single(), Does.Contain("cannot lie"));
    }

    [Test]
    public void CapabilitiesAreListed()
    {
        space.Add(0, 1, 0, 0x10001af4, Network).WithCapabilities(0x11, 0x09, 0x09, 0x05);
        Assert.That(
            ScanOne(out _).Capabilities.Select(capability => (int)capability.Id),
            Is.EqualTo(new[] { 0x11, 9, 9, 5 })
        );
    }

    [TestCase(0x41, 0x40, "leads back to 0x40")]
    [TestCase(0x51, 0x40, "leads back to 0x40")]
    [TestCase(0x51, 0x50, "leads back to 0x50")]
    [TestCase(0x51, 0x04, "leads into the header (0x4)")]
    [TestCase(0x34, 0x3c, "leads into the header (0x3c)")]
    public void ListsThatLeadAstrayEnd(int at, int to, string problem)
    {
        space.Add(0, 1, 0, 0x10001af4, Network).WithCapabilities(0x11, 0x09).SetByte(at, to);
        PciFunction function = ScanOne(out IReadOnlyList<string> problems);
        Assert.That(problems.Single(), Does.Contain(problem));
        Assert.That(function.Capabilities, Has.Count.LessThanOrEqualTo(2));
    }

    [Test]
    public void ACardBusBridgeIsLeftAlone()
    {
        space.Add(0, 1, 0, 0x10001af4, 0x060700).SetByte(0x0e, 2).SetByte(0x19, 1);
        PciScan scan = PciScan.Run(space);
        Assert.That(scan.Functions, Is.Empty);
        Assert.That(scan.Problems.Single(), Does.Contain("header of form 2"));
    }

    [Test]
    public void AnIdeControllerHasItsOldPlaces()
    {
        space.Add(0, 1, 1, 0x70108086, 0x010180).Bar(4, 0xc061, 0xfff0);
        space.Add(0, 1, 0, 0x70008086, 0x060100).SetByte(0x0e, 0x80);
        PciFunction function = PciScan.Run(space).Functions[1];
        Assert.That(function.Bars[0], Is.EqualTo(new PciBar(PciBarKind.Ports, false, 0x1f0, 8)));
        Assert.That(function.Bars[3], Is.EqualTo(new PciBar(PciBarKind.Ports, false, 0x374, 4)));
        Assert.That(function.Bars[4], Is.EqualTo(new PciBar(PciBarKind.Ports, false, 0xc060, 16)));
    }
}

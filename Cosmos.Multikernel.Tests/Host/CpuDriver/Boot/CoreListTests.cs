using System.Text;
using Cosmos.Multikernel.CpuDriver.Boot;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class CoreListTests
{
    [TestCase("0", new uint[] { 0 })]
    [TestCase("1-3", new uint[] { 1, 2, 3 })]
    [TestCase("2,4-6", new uint[] { 2, 4, 5, 6 })]
    [TestCase("5-", new uint[] { 5, 6, 7 })]
    [TestCase("6-,0", new uint[] { 0, 6, 7 })]
    [TestCase("all", new uint[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [TestCase("3,3,1-3", new uint[] { 1, 2, 3 })]
    [TestCase("65535", new uint[] { })]
    [TestCase("4-4", new uint[] { 4 })]
    public void ListsNameTheirCores(string text, uint[] expected)
    {
        Assert.That(IsValid(text), Is.True);
        IEnumerable<uint> named = Enumerable.Range(0, 8).Select(i => (uint)i);
        Assert.That(named.Where(core => Contains(text, core)), Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("-")]
    [TestCase("-3")]
    [TestCase(",")]
    [TestCase("1,")]
    [TestCase(",1")]
    [TestCase("1,,2")]
    [TestCase("3-2")]
    [TestCase("1--2")]
    [TestCase("1-2-3")]
    [TestCase("1 2")]
    [TestCase("al")]
    [TestCase("alls")]
    [TestCase("ALL")]
    [TestCase("all,1")]
    [TestCase("1,all")]
    [TestCase("65536")]
    [TestCase("0-65536")]
    [TestCase("4294967296")]
    [TestCase("99999999999999999999")]
    public void WhatIsNoListNamesNothing(string text)
    {
        Assert.That(IsValid(text), Is.False);
        for (uint core = 0; core < 8; core++)
        {
            Assert.That(Contains(text, core), Is.False);
        }
    }

    [Test]
    public void ContainsAgreesWithTheRanges() =>
        Check.One(
            Damage.Properties(1000),
            Prop.ForAll(
                Gen.Choose(0, 300).Two().NonEmptyListOf().ToArbitrary(),
                Gen.Choose(0, 300).ToArbitrary(),
                (pairs, core) =>
                {
                    var ranges = pairs.Select(pair =>
                        (
                            First: Math.Min(pair.Item1, pair.Item2),
                            Last: Math.Max(pair.Item1, pair.Item2)
                        )
                    );
                    string text = string.Join(',', ranges.Select(r => $"{r.First}-{r.Last}"));
                    bool expected = ranges.Any(r => core >= r.First && core <= r.Last);
                    return IsValid(text) && Contains(text, (uint)core) == expected;
                }
            )
        );

    private static bool IsValid(string text)
    {
        fixed (byte* start = Bytes(text))
        {
            return CoreList.IsValid(start, (uint)text.Length);
        }
    }

    private static bool Contains(string text, uint core)
    {
        fixed (byte* start = Bytes(text))
        {
            return CoreList.Contains(start, (uint)text.Length, core);
        }
    }

    // Behind the text is more that would be taken for a part of it.
    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text), .. "1-9"u8];
}

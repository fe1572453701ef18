using System.Text;
using Cosmos.Multikernel.CpuDriver.Boot;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class NumbersTests
{
    [TestCase("0", 0ul)]
    [TestCase("007", 7ul)]
    [TestCase("999999999999999999", 999_999_999_999_999_999ul)]
    [TestCase("1000000000000000000", null, Description = "19 digits")]
    [TestCase("", null)]
    [TestCase("1 ", null)]
    [TestCase("+1", null)]
    [TestCase("0x1", null)]
    [TestCase("1/", null, Description = "the byte before 0")]
    [TestCase("1:", null, Description = "the byte after 9")]
    public void DecimalNumbers(string text, ulong? expected) =>
        Assert.That(Parse(text, size: false), Is.EqualTo(expected));

    [TestCase("0", 0ul)]
    [TestCase("512", 512ul)]
    [TestCase("1k", 1ul << 10)]
    [TestCase("1K", 1ul << 10)]
    [TestCase("3m", 3ul << 20)]
    [TestCase("3M", 3ul << 20)]
    [TestCase("2g", 2ul << 30)]
    [TestCase("2G", 2ul << 30)]
    [TestCase("17179869183G", 17_179_869_183ul << 30)]
    [TestCase("17179869184G", null, Description = "2^64")]
    [TestCase("17592186044415M", 17_592_186_044_415ul << 20)]
    [TestCase("17592186044416M", null)]
    [TestCase("", null)]
    [TestCase("K", null)]
    [TestCase("1KK", null)]
    [TestCase("1T", null)]
    [TestCase("1.5G", null)]
    public void Sizes(string text, ulong? expected) =>
        Assert.That(Parse(text, size: true), Is.EqualTo(expected));

    [Test]
    public void EveryNumberOfUpTo18DigitsIsRead() =>
        Check.One(
            Damage.Properties(2000),
            Prop.ForAll(
                ArbMap.Default.ArbFor<ulong>(),
                value =>
                {
                    ulong small = value % 1_000_000_000_000_000_000;
                    return Parse($"{small}", size: false) == small
                        && Parse($"{small}", size: true) == small;
                }
            )
        );

    private static ulong? Parse(string text, bool size)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), (byte)'5'];
        fixed (byte* start = bytes)
        {
            ulong value;
            bool read = size
                ? Numbers.TryParseSize(start, (uint)bytes.Length - 1, out value)
                : Numbers.TryParse(start, (uint)bytes.Length - 1, out value);
            return read ? value : null;
        }
    }
}

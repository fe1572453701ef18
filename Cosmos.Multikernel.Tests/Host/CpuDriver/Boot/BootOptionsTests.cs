using System.Text;
using Cosmos.Multikernel.CpuDriver.Boot;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class BootOptionsTests
{
    [TestCase("", uint.MaxValue, null)]
    [TestCase("maxcores=4", 4u, null)]
    [TestCase("  maxcores=1  maxcores=2 ", 2u, null)]
    [TestCase("\"maxcores=3\"", 3u, null)]
    [TestCase("maxcores=4294967294", uint.MaxValue - 1, null)]
    [TestCase("maxcores=0", uint.MaxValue, "maxcores=0")]
    [TestCase("maxcores=", uint.MaxValue, "maxcores=")]
    [TestCase("maxcores=4294967295", uint.MaxValue, "maxcores=4294967295")]
    [TestCase("maxcores=two", uint.MaxValue, "maxcores=two")]
    [TestCase("trace maxcores=2", 2u, null, true)]
    [TestCase("tracer", uint.MaxValue, "tracer")]
    [TestCase("quiet maxcores=2", 2u, "quiet")]
    [TestCase("maxcores=2 \"a b\"", 2u, "a b")]
    public void OptionsAreRead(string text, uint cores, string? unknown, bool traces = false)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using GuardedBytes memory = new(4096);
        Assert.That(memory.Agreed(bytes, Describe), Is.EqualTo($"{cores} {traces} {unknown}"));
    }

    [Test]
    public void DamagedLinesAreReadWithinTheirBounds()
    {
        byte[] valid = Encoding.UTF8.GetBytes("maxcores=12 'other word' \"maxcores=3\" last\\ one");
        using GuardedBytes memory = new(4096);
        HashSet<string> answers = [];
        foreach (byte[] bytes in Damage.Of(valid, seed: 4, count: 5000))
        {
            answers.Add(memory.Agreed(bytes, Describe));
        }
        Assert.That(answers, Has.Count.GreaterThan(20));
    }

    private static string Describe(byte* text, uint length)
    {
        byte[] store = new byte[length + 2];
        using GuardedBytes behind = new(4096);
        byte* room = behind.Place(store);
        BootOptions options = BootOptions.Parse(text, length, room);
        string unknown =
            options.Unknown == null
                ? ""
                : Encoding.Latin1.GetString(options.Unknown, (int)options.UnknownLength);
        return $"{options.MaximumCores} {options.IsTracing} {unknown}";
    }
}

using System.Text;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.Tests.Consoles;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Console;

/// <summary>Which sequences reach the serial line.</summary>
[TestFixture]
public sealed class QueryFilterTests
{
    [TestCase("abc␛[6ndef", "abcdef")]
    [TestCase("␛[31mred␛[0m", "␛[31mred␛[0m")]
    [TestCase("␛[c␛[>c␛[5nx", "x")]
    [TestCase("␛]133;A␇prompt", "␛]133;A␇prompt")]
    [TestCase("␛␛[6nx", "␛x")]
    [TestCase("␛[6␊n", "␛[6␊n", Description = "a control character ends it")]
    [TestCase("␛[1;1;1;1;1;1;1;1;1;1;1;1;1nx", "␛[1;1;1;1;1;1;1;1;1;1;1;1;1nx")]
    [TestCase("␛[ c", "␛[ c", Description = "an intermediate byte: something else")]
    public void QuestionsDoNotPassWhenSomebodyElseAnswersThem(string written, string passes)
    {
        Assert.That(Pass(written, isAnswered: true), Is.EqualTo(Pictures.ToControls(passes)));
        Assert.That(Pass(written, isAnswered: false), Is.EqualTo(Pictures.ToControls(written)));
    }

    private static string Pass(string written, bool isAnswered)
    {
        QueryFilter filter = default;
        ByteQueue passed = default;
        foreach (var value in Encoding.UTF8.GetBytes(Pictures.ToControls(written)))
        {
            filter.Take(value, isAnswered, ref passed);
        }

        var bytes = new List<byte>();
        while (!passed.IsEmpty)
        {
            bytes.Add(passed.Take());
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}

using System.Text;
using Cosmos.Multikernel.XSharp;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>Whatever a source holds, the compiler ends, soon, with output or with errors.</summary>
[CancelAfter(60_000)]
public sealed class HostileSourceTests
{
    private static readonly string[] Corpus =
    [
        .. Forms.All.Select(f => f.Source),
        .. Forms.Prelude.Split('\n'),
    ];

    private static void Compiles(string source)
    {
        var result = Compiler.Compile(source, "t.xs", new CompileOptions { Read = _ => source });
        Assert.That(result.Assembly is null, Is.EqualTo(result.Diagnostics.Count > 0));
        Assert.That(result.Diagnostics.All(d => d.Position is { Line: > 0, Column: > 0 }));
    }

    [Test]
    public void RandomText() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes => Compiles(Encoding.Latin1.GetString(bytes))
            )
        );

    [Test]
    public void RandomTokens()
    {
        var tokens = Corpus
            .SelectMany(line => line.Split(' '))
            .Concat([
                "{",
                "}",
                "\n",
                "(",
                ")",
                "#",
                "@",
                ".",
                "as",
                "repeat",
                "times",
                "signed",
                "lock",
                "org",
                "use 'a'",
                "struct",
                "shared",
            ])
            .Distinct()
            .ToArray();
        var random = new Random(2026);
        for (var i = 0; i < 5000; i++)
        {
            Compiles(string.Join(' ', random.GetItems(tokens, random.Next(1, 60))));
        }
    }

    [Test]
    public void MutatedSources()
    {
        var random = new Random(48);
        for (var i = 0; i < 3000; i++)
        {
            var text = new StringBuilder(
                Forms.Prelude + "\n" + string.Join('\n', random.GetItems(Corpus, 20))
            );
            for (var n = random.Next(1, 8); n > 0; n--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, 1);
                        break;
                    case 1:
                        text.Insert(at, (char)random.Next(1, 127));
                        break;
                    case 2:
                        text[at] = (char)random.Next(1, 127);
                        break;
                    default:
                        var length = Math.Min(random.Next(20), text.Length - at);
                        text.Insert(random.Next(text.Length), text.ToString(at, length));
                        break;
                }
            }
            Compiles(text.ToString());
        }
    }

    public static IEnumerable<TestCaseData> Extremes =>
        [
            new TestCaseData(new string('(', 100_000)).SetArgDisplayNames("parentheses"),
            new TestCaseData("EAX = " + new string('-', 100_001) + "1").SetArgDisplayNames("signs"),
            new TestCaseData(
                "EAX = " + string.Concat(Enumerable.Repeat("- ", 100_000)) + "1"
            ).SetArgDisplayNames("minus"),
            new TestCaseData(
                "EAX = 1" + string.Concat(Enumerable.Repeat(" + 1", 100_000))
            ).SetArgDisplayNames("sum"),
            new TestCaseData(
                string.Concat(Enumerable.Repeat("loop {", 100_000))
            ).SetArgDisplayNames("blocks"),
            new TestCaseData(
                string.Concat(Enumerable.Repeat("loop {\n", 100_000))
            ).SetArgDisplayNames("lines of blocks"),
            new TestCaseData(
                string.Concat(Enumerable.Repeat("if ? {\n", 100_000))
            ).SetArgDisplayNames("broken blocks"),
            new TestCaseData(string.Concat(Enumerable.Repeat("lock ", 100_000))).SetArgDisplayNames(
                "locks"
            ),
            new TestCaseData(new string('}', 100_000)).SetArgDisplayNames("closing braces"),
            new TestCaseData(
                string.Concat(Enumerable.Repeat("repeat 1000 times {", 50))
                    + "nop"
                    + new string('}', 50)
            ).SetArgDisplayNames("repeats"),
            new TestCaseData(
                string.Concat(Enumerable.Repeat("repeat 200000 times {", 50)) + new string('}', 50)
            ).SetArgDisplayNames("empty repeats"),
            new TestCaseData(
                string.Concat(Enumerable.Range(0, 20_000).Select(i => $"const A{i} = #A{i + 1}\n"))
                    + "const A20000 = 1"
            ).SetArgDisplayNames("chain of constants"),
            new TestCaseData(
                "if AL = 1 { nop }"
                    + string.Concat(Enumerable.Repeat(" else if AL = 1 { nop }", 20_000))
            ).SetArgDisplayNames("else if"),
            new TestCaseData(
                "if AL = 1" + string.Concat(Enumerable.Repeat(" and AL = 1", 20_000)) + " { nop }"
            ).SetArgDisplayNames("and"),
            new TestCaseData($"{new string('L', 5000)}: nop").SetArgDisplayNames("a long name"),
            new TestCaseData("const A = 1 << 63 * 1 << 63 * 4").SetArgDisplayNames("overflow"),
            new TestCaseData(new string('9', 100_000)).SetArgDisplayNames("digits"),
            new TestCaseData("const A = " + new string('9', 20_000)).SetArgDisplayNames(
                "a large number"
            ),
            new TestCaseData(
                "use 't.xs'\nuse './t.xs'\nuse 'x/../t.xs'\nuse 'u.xs'"
            ).SetArgDisplayNames("uses itself"),
            new TestCaseData("use '\u0001'\nuse ''").SetArgDisplayNames("strange file names"),
        ];

    [TestCaseSource(nameof(Extremes))]
    public void ExtremesEnd(string source) => Compiles(source);
}

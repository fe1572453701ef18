using System.Text;
using Cosmos.Multikernel.CpuDriver.Boot;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class ModuleTests
{
    [Test]
    public void AllOptionsAreRead()
    {
        CommandLine line = CommandLine.Parse(
            "worker cores=1-3,5 console memory=64M priority=15 -- one \"two words\" 'three \\' x\\ y"
        );
        CommandLine expected = new(
            ModuleStatus.Ok,
            "worker",
            "1-3,5",
            true,
            64 << 20,
            15,
            "one\0two words\0three \\\0x y\0"
        );
        Assert.That(line, Is.EqualTo(expected));
    }

    [Test]
    public void WhatIsNotSaidHasItsDefault()
    {
        CommandLine expected = new(ModuleStatus.Ok, "a", "0", false, 0, Module.DefaultPriority, "");
        Assert.That(CommandLine.Parse("a cores=0"), Is.EqualTo(expected));
    }

    [TestCase("a cores=0 monitor", true)]
    [TestCase("monitor cores=0", false)]
    [TestCase("a cores=0 -- monitor", false)]
    public void OnlyTheOptionMakesAMonitor(string text, bool isMonitor) =>
        Assert.That(CommandLine.Parse(text).IsMonitor, Is.EqualTo(isMonitor));

    [TestCase("a cores=0", RestartPolicy.Unsaid)]
    [TestCase("a cores=0 restart=always", RestartPolicy.Always)]
    [TestCase("a cores=0 restart=on-failure", RestartPolicy.OnFailure)]
    [TestCase("a cores=0 restart=never monitor", RestartPolicy.Never)]
    [TestCase("a cores=0 -- restart=always", RestartPolicy.Unsaid)]
    public void TheRestartPolicyIsRead(string text, RestartPolicy expected)
    {
        CommandLine line = CommandLine.Parse(text);
        Assert.That(line.Status, Is.EqualTo(ModuleStatus.Ok));
        Assert.That(line.Restart, Is.EqualTo(expected));
    }

    [TestCase("a data", ModuleStatus.Ok)]
    [TestCase("data cores=0", ModuleStatus.Ok)]
    [TestCase("a data cores=0", ModuleStatus.DataWithOptions)]
    [TestCase("a memory=1M data", ModuleStatus.DataWithOptions)]
    [TestCase("a data -- x", ModuleStatus.DataWithOptions)]
    [TestCase("a data --", ModuleStatus.DataWithOptions)]
    [TestCase("a data data", ModuleStatus.DataWithOptions)]
    [TestCase("", ModuleStatus.NoName)]
    [TestCase("   ", ModuleStatus.NoName)]
    [TestCase("\"\" cores=0", ModuleStatus.NoName)]
    [TestCase("a23456789012345678901234567890X cores=0", ModuleStatus.Ok)]
    [TestCase("a23456789012345678901234567890XY cores=0", ModuleStatus.NameTooLong)]
    [TestCase("a", ModuleStatus.NoCores)]
    [TestCase("a console", ModuleStatus.NoCores)]
    [TestCase("a -- cores=1", ModuleStatus.NoCores)]
    [TestCase("a cores=", ModuleStatus.BadCores)]
    [TestCase("a cores=x", ModuleStatus.BadCores)]
    [TestCase("a cores=3-1", ModuleStatus.BadCores)]
    [TestCase("a cores=1 speed=9", ModuleStatus.UnknownOption)]
    [TestCase("a cores=1 Console", ModuleStatus.UnknownOption)]
    [TestCase("a cores=1 consoles", ModuleStatus.UnknownOption)]
    [TestCase("a cores", ModuleStatus.UnknownOption)]
    [TestCase("a cores=1 ---", ModuleStatus.UnknownOption)]
    [TestCase("a cores=1 \"\"", ModuleStatus.UnknownOption)]
    [TestCase("a cores=1 memory=", ModuleStatus.BadMemory)]
    [TestCase("a cores=1 memory=M", ModuleStatus.BadMemory)]
    [TestCase("a cores=1 memory=12T", ModuleStatus.BadMemory)]
    [TestCase("a cores=1 memory=-1", ModuleStatus.BadMemory)]
    [TestCase("a cores=1 memory=99999999999G", ModuleStatus.BadMemory)]
    [TestCase("a cores=1 priority=", ModuleStatus.BadPriority)]
    [TestCase("a cores=1 priority=16", ModuleStatus.BadPriority)]
    [TestCase("a cores=1 priority=4294967296", ModuleStatus.BadPriority)]
    [TestCase("a cores=1 priority=high", ModuleStatus.BadPriority)]
    [TestCase("a cores=1 restart=", ModuleStatus.BadRestart)]
    [TestCase("a cores=1 restart=Always", ModuleStatus.BadRestart)]
    [TestCase("a cores=1 restart=sometimes", ModuleStatus.BadRestart)]
    [TestCase("\"a cores=1", ModuleStatus.UnclosedQuote)]
    [TestCase("a \"cores=1", ModuleStatus.UnclosedQuote)]
    [TestCase("a cores=1 -- 'x", ModuleStatus.UnclosedQuote)]
    [TestCase("a cores=1 -- x\\", ModuleStatus.UnclosedQuote)]
    [TestCase("a cores=1 \\", ModuleStatus.UnclosedQuote)]
    public void EachErrorIsToldApart(string text, ModuleStatus expected) =>
        Assert.That(CommandLine.Parse(text).Status, Is.EqualTo(expected));

    [TestCase("a cores=0-3", 2u, 0)]
    [TestCase("a cores=3,1-2", 4u, 1)]
    [TestCase("a cores=5-", 4u, -1, Description = "the machine has none of them")]
    [TestCase("a cores=x", 4u, -1)]
    public void TheFirstCoreIsFound(string text, uint count, int expected) =>
        Assert.That(CommandLine.FirstCore(text, count), Is.EqualTo(expected));

    [TestCase(1024, ModuleStatus.Ok)]
    [TestCase(1025, ModuleStatus.TooManyArguments)]
    public void ThereMayBe1024Arguments(int count, ModuleStatus expected)
    {
        CommandLine line = CommandLine.Parse(
            "a cores=all --" + string.Concat(Enumerable.Repeat(" x", count))
        );
        Assert.That(line.Status, Is.EqualTo(expected));
        Assert.That(line.Arguments, Has.Length.EqualTo(2048));
    }

    [Test]
    public void EachStatusHasWordsOfItsOwn()
    {
        HashSet<string> words = [];
        foreach (ModuleStatus status in Enum.GetValues<ModuleStatus>())
        {
            Assert.That(words.Add(Encoding.UTF8.GetString(Module.Explain(status))), Is.True);
        }
    }

    [TestCase("a cores=1", new[] { "" })]
    [TestCase("a cores=1 --", new[] { "" })]
    [TestCase("a cores=1 -- \"\"", new[] { "", "" })]
    [TestCase("a cores=1 -- '' x", new[] { "", "x", "" })]
    [TestCase("a cores=1 --   x   y  ", new[] { "x", "y", "" })]
    [TestCase("a cores=1 -- --", new[] { "--", "" })]
    [TestCase("a cores=1 -- \"a\"'b'c", new[] { "abc", "" })]
    [TestCase("a cores=1 -- \"it's\" 'say \"x\"'", new[] { "it's", "say \"x\"", "" })]
    [TestCase("a cores=1 -- \\\" \\\\ \\'", new[] { "\"", "\\", "'", "" })]
    [TestCase("a cores=1 -- \"\\\"\" '\\'", new[] { "\"", "\\", "" })]
    [TestCase("a cores=1 -- grüße\ttab", new[] { "grüße\ttab", "" })]
    public void ArgumentsAreUnquoted(string text, string[] expected)
    {
        CommandLine line = CommandLine.Parse(text);
        Assert.That(line.Status, Is.EqualTo(ModuleStatus.Ok));
        Assert.That(line.Arguments.Split('\0'), Is.EqualTo(expected));
    }

    [Test]
    public void TheLastOfAnOptionCounts()
    {
        CommandLine line = CommandLine.Parse("a cores=1 priority=3 cores=2- priority=0");
        Assert.That((line.Cores, line.Priority), Is.EqualTo(("2-", 0u)));
    }

    [TestCase("a cores=1-", 0u, 4u, false)]
    [TestCase("a cores=1-", 3u, 4u, true)]
    [TestCase("a cores=1-", 4u, 4u, false, Description = "there is no such core")]
    [TestCase("a cores=", 0u, 4u, false, Description = "a refused module runs nowhere")]
    [TestCase("a cores=0 speed=1", 0u, 4u, false)]
    public void AModuleRunsOnTheCoresItNames(string text, uint core, uint count, bool runs)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] store = new byte[bytes.Length + 2];
        fixed (byte* line = bytes)
        fixed (byte* room = store)
        {
            Module module = default;
            module.Status = Module.Parse(line, (uint)bytes.Length, room, ref module);
            Assert.That(module.RunsOn(core, count), Is.EqualTo(runs));
        }
    }

    [Test]
    public void QuotedArgumentsComeBackAsTheyWere() =>
        Check.One(
            Damage.Properties(1000),
            Prop.ForAll(
                Gen.ArrayOf(Gen.Elements("ab \"'\\-=\t".ToCharArray()).ArrayOf()).ToArbitrary(),
                words =>
                {
                    string[] texts = [.. words.Select(word => new string(word))];
                    string line =
                        "n cores=0 -- " + string.Join(' ', texts.Select(CommandLine.Quote));
                    CommandLine parsed = CommandLine.Parse(line);
                    return parsed.Status == ModuleStatus.Ok
                        && parsed.Arguments == string.Concat(texts.Select(text => text + '\0'));
                }
            )
        );

    [Test]
    public void AnyBytesAreAnsweredAndStayWithinTheStore() =>
        Check.One(
            Damage.Properties(3000),
            Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes => Enum.IsDefined(CommandLine.Parse(bytes).Status)
            )
        );

    [Test]
    public void DamagedLinesAreReadWithinTheirBounds()
    {
        byte[] valid = Encoding.UTF8.GetBytes(
            "\"na me\" cores=1-3,5- console memory=64M priority=3 -- 'a b' \"c\\\"d\" e\\ f \"\" last"
        );
        using GuardedBytes memory = new(4096);
        HashSet<string> answers = [];
        IEnumerable<byte[]> cases = Damage
            .Truncations(valid)
            .Concat(Damage.Of(valid, seed: 3, count: 20_000));
        foreach (byte[] bytes in cases)
        {
            answers.Add(
                memory.Agreed(bytes, (input, length) => $"{CommandLine.Parse(input, length)}")
            );
        }
        Assert.That(answers, Has.Count.GreaterThan(100));
    }
}

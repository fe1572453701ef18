using Cosmos.Multikernel.Cli.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>What the tools read from a machine's serial line.</summary>
[TestFixture]
public sealed class SerialTests
{
    [TestCase("[1 hello]: ended: status 42", 1, "hello", 42)]
    [TestCase("[12 a.b-c]: ended: signal 11 (SIGSEGV): null pointer", 12, "a.b-c", 139)]
    [TestCase("[0 text]: refused: not an ELF file", 0, "text", 126)]
    [TestCase("noise before [3 x]: ended: status 0", 3, "x", 0)]
    public void AnEndIsRead(string line, int core, string name, int status) =>
        Assert.That(
            SerialLine.ParseEnd(line),
            Is.EqualTo(new InstanceEnd(core, name, status, line))
        );

    [TestCase("[1 hello] the end: status 42")]
    [TestCase("[1 liar] ended: status 0")]
    [TestCase("[1 liar] : ended: status 0")]
    [TestCase("[1 liar] [2 other]: ended: status 0")]
    [TestCase("[1 liar] [99999999999 other]: ended: status 99999999999")]
    [TestCase("[1 hello]: ended: status 99999999999")]
    [TestCase("[1]: ended: status 42")]
    [TestCase("")]
    public void AnotherLineIsNoEnd(string line) => Assert.That(SerialLine.ParseEnd(line), Is.Null);

    [Test]
    public void ARecordIsRead()
    {
        const string Json = "{\"name\":\"a {b}\"}";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                SerialLine.ParseRecord($"[2 ladder] @test {Json}"),
                Is.EqualTo(new SerialRecord(2, "ladder", "test", Json))
            );
            Assert.That(
                SerialLine.ParseRecord($"@bench {Json} "),
                Is.EqualTo(new SerialRecord(null, null, "bench", Json))
            );
            Assert.That(SerialLine.ParseRecord("mail@test {x"), Is.Null);
        }
    }

    [TestCase("[3] PANIC: page fault", true)]
    [TestCase("[3 hello] PANIC: mine", false)]
    public void APanicIsTheCpuDrivers(string line, bool isPanic) =>
        Assert.That(SerialLine.IsPanic(line), Is.EqualTo(isPanic));

    [TestCase("cores; ping 1 1000 ;shutdown", new[] { "cores", "ping 1 1000", "shutdown" })]
    [TestCase("echo \"a;b\"; echo c", new[] { "echo \"a;b\"", "echo c" })]
    [TestCase(" ; ", new string[0])]
    public void CommandsAreSplit(string line, string[] expected) =>
        Assert.That(ShellSession.SplitCommands(line), Is.EqualTo(expected));

    [Test]
    public void ControlSequencesAreRemoved() =>
        Assert.That(
            ShellSession.RemoveControls("\e]133;C\a\e[32mgreen\e[0m\e[2K text"),
            Is.EqualTo("green text")
        );
}

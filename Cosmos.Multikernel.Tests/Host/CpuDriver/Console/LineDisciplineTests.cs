using System.Text;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Console;

/// <summary>What programs get of what is typed, and what the typist sees.</summary>
[TestFixture]
public sealed unsafe class LineDisciplineTests
{
    private LineDiscipline _discipline;
    private ByteQueue _typed;
    private int _signal;

    [SetUp]
    public void Start()
    {
        _discipline.Start();
        _typed = default;
    }

    /// <summary>A line is there when it is ended, and not before.</summary>
    [Test]
    public void ALineComesWhole()
    {
        Assert.That(Type("hel"), Is.EqualTo("hel"), "echo");
        Assert.That(Read(), Is.Empty);
        Assert.That(Type("lo\r"), Is.EqualTo("lo\n"));
        Assert.That(Read(), Is.EqualTo("hello\n"));
    }

    [TestCase("ab\u007fc\r", "ac\n", Description = "the last letter is taken back")]
    [TestCase("\u007f\bx\r", "x\n", Description = "there is nothing to take back")]
    [TestCase("aü\u007fb\r", "ab\n", Description = "both bytes of a letter go")]
    [TestCase("wrong\u0015right\r", "right\n", Description = "Ctrl+U begins anew")]
    [TestCase("a\u0003b\r", "b\n", Description = "Ctrl+C voids what was typed")]
    [TestCase("one\rtwo\r", "one\ntwo\n")]
    public void LinesAreEdited(string keys, string line)
    {
        Type(keys);
        Assert.That(Read(), Is.EqualTo(line));
    }

    /// <summary>Erasing shows as a blank over the letter; other control characters by their letter.</summary>
    [Test]
    public void EchoShowsWhatHappens()
    {
        Assert.That(Type("a\u007f"), Is.EqualTo("a\b \b"));
        Assert.That(Type("\u007f"), Is.Empty);
        Assert.That(Type("\u0003"), Is.EqualTo("^C"));
    }

    /// <summary>Ctrl+C and Ctrl+\ are signals, until the program wants them as keys.</summary>
    [Test]
    public void KeysThatAreSignals()
    {
        Type("void\rab\u0003");
        Assert.That(_signal, Is.EqualTo(Signal.Interrupt));
        Assert.That(Read(), Is.Empty);
        Type("\u001c");
        Assert.That(_signal, Is.EqualTo(Signal.Quit));

        var attributes = _discipline.Attributes;
        attributes.Local |= TerminalAttributes.KeepsInput;
        _discipline.Set(attributes, ref _typed);
        Type("kept\r\u0003");
        Assert.That(Read(), Is.EqualTo("kept\n"));

        attributes.Characters[TerminalAttributes.Interrupt] = 0;
        _discipline.Set(attributes, ref _typed);
        Type("\0\r");
        Assert.That((_signal, Read()), Is.EqualTo((0, "\0\n")), "no key is the signal");

        attributes.Local &= ~TerminalAttributes.Signals;
        _discipline.Set(attributes, ref _typed);
        Type("\u001c\r");
        Assert.That((_signal, Read()), Is.EqualTo((0, "\u001c\n")));
    }

    /// <summary>Ctrl+D gives what is typed so far; on an empty line it is the end of input, once.</summary>
    [Test]
    public void EndOfFileIsTyped()
    {
        Type("ab\u0004");
        Assert.That(Read(), Is.EqualTo("ab"));
        Assert.That(_discipline.EndsInput, Is.False);
        Type("\u0004");
        Assert.That(_discipline.EndsInput, Is.True);
    }

    /// <summary>A line that is too long is cut, and still ends.</summary>
    [Test]
    public void ALongLineIsCut()
    {
        Type(new string('x', 3000) + "\r");
        var line = Read();
        Assert.That(line, Has.Length.EqualTo(LineDiscipline.MaximumLine).And.EndsWith("x\n"));
    }

    /// <summary>A program that wants every key has it at once, and loses nothing typed before.</summary>
    [Test]
    public void RawModeGivesEveryKey()
    {
        Type("be");
        var attributes = _discipline.Attributes;
        attributes.Local = 0;
        attributes.Input = 0;
        _discipline.Set(attributes, ref _typed);
        Assert.That(Read(), Is.EqualTo("be"));
        Assert.That(Type("\r\u007f\u0004\u0003"), Is.Empty, "no echo");
        Assert.That(Read(), Is.EqualTo("\r\u007f\u0004\u0003"));
    }

    /// <summary>Nobody reads: what finds no room is dropped, and what is there stays whole.</summary>
    [Test]
    public void AFullQueueKeepsWholeLines()
    {
        for (var i = 0; i < 100; i++)
        {
            Type(new string('y', 999) + "\r");
        }

        Assert.That(Read().Split('\n')[..^1], Has.All.Length.EqualTo(999).And.Not.Empty);
    }

    /// <summary>How long a read waits: MIN and TIME count outside canonical mode.</summary>
    [TestCase(true, 0, 3, LineDiscipline.WaitsForever)]
    [TestCase(false, 1, 3, LineDiscipline.WaitsForever)]
    [TestCase(false, 0, 3, 3u)]
    [TestCase(false, 0, 0, 0u)]
    public void AReadWaitsAsLongAsTheProgramWants(bool canonical, int min, int time, uint patience)
    {
        var attributes = _discipline.Attributes;
        attributes.Local = canonical ? TerminalAttributes.Canonical : 0;
        attributes.Characters[TerminalAttributes.Minimum] = (byte)min;
        attributes.Characters[TerminalAttributes.Time] = (byte)time;
        _discipline.Set(attributes, ref _typed);
        Assert.That(_discipline.Patience, Is.EqualTo(patience));
    }

    [Test]
    public void TheAttributesAreLinuxs() => Assert.That(sizeof(TerminalAttributes), Is.EqualTo(36));

    private string Type(string keys)
    {
        var shown = new List<byte>();
        var echo = stackalloc byte[(int)LineDiscipline.MaximumEcho];
        foreach (var value in Encoding.UTF8.GetBytes(keys))
        {
            var count = _discipline.Take(value, ref _typed, echo, out _signal);
            shown.AddRange(new ReadOnlySpan<byte>(echo, (int)count).ToArray());
        }

        return Encoding.UTF8.GetString([.. shown]);
    }

    private string Read()
    {
        var bytes = new List<byte>();
        while (!_typed.IsEmpty)
        {
            bytes.Add(_typed.Take());
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}

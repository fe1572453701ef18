using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Console;

/// <summary>
/// The console's text and keys between the console core (0) and a console driver there or on another core: the CPU drivers' own
/// code on pretended cores.
/// </summary>
[TestFixture]
public sealed class ConsoleStreamTests
{
    private const long TryAgain = -11;
    private const long Busy = -16;
    private const long Exists = -17;
    private const long Invalid = -22;
    private const int Page = 4096;
    private const int Kept = 65536;
    private const byte KeyboardLine = 1;
    private const int RungInterruptsOffset = 24;

    private PretendMachine machine = null!;
    private PretendMachineCore console = null!;

    [SetUp]
    public void Start()
    {
        machine = new PretendMachine(cores: 2);
        console = machine.Cores[0];
    }

    [TearDown]
    public void End() => machine.Dispose();

    private sealed record Driver(PretendMachineCore Core, nint Domain, ulong Stream)
    {
        public string Read(int room = Page) => Read(room, out _);

        public string Read(int room, out bool isKept)
        {
            byte[] text = Core.Take(Domain, ReadConsole, Stream, room, out long flags);
            isKept = flags == ConsoleBinding.IsKept;
            Assert.That(isKept || flags == 0);
            return Encoding.ASCII.GetString(text);
        }

        public long Type(string keys) =>
            Core.Give(Domain, TypeConsole, Stream, Encoding.ASCII.GetBytes(keys));

        public void End() => Core.End(Domain);
    }

    private Driver StartDriver(int core, uint columns = 100, uint rows = 40)
    {
        PretendMachineCore where = machine.Cores[core];
        nint domain = where.StartInstance("console");
        ulong stream = (ulong)Mint(where, domain, CapabilityType.ConsoleStream, 0);
        ConsoleBinding binding = new() { Columns = columns, Rows = rows };
        Assert.That(where.Do(domain, BindConsole, stream, ref binding), Is.Zero);
        return new Driver(where, domain, stream);
    }

    private static long Mint(PretendMachineCore core, nint domain, CapabilityType type, ulong start)
    {
        MintRequest request = new()
        {
            Type = type,
            Rights = CapabilityRights.All,
            Start = start,
            Length = 1,
        };
        return core.Do(domain, MintCapability, (ulong)core.Do(domain, NextCapability), ref request);
    }

    private void Show(string text) => console.Show(Encoding.ASCII.GetBytes(text));

    private string? Shown() => console.Shown() is { } text ? Encoding.ASCII.GetString(text) : null;

    private string Typed() => Encoding.ASCII.GetString(console.Typed());

    // All there is, moving messages until nothing comes any more.
    private string ReadAll(Driver driver)
    {
        StringBuilder text = new();
        string piece;
        do
        {
            machine.Settle();
            piece = driver.Read();
            text.Append(piece);
        } while (piece.Length > 0);
        return text.ToString();
    }

    /// <summary>Whoever takes the screen over begins with what was said before, and goes on without a gap.</summary>
    [Test]
    public void ADriverShowsWhatWasSaidBefore([Values(0, 1)] int core)
    {
        Show("one\ntwo\n");
        Assert.That(Shown(), Is.EqualTo("one\ntwo\n"));
        Driver driver = StartDriver(core);
        machine.Settle();
        Assert.That(Shown(), Is.Null, "the CPU driver's own screen is off");
        Assert.That(console.TerminalSize(), Is.EqualTo(new[] { 100, 40 }));
        Assert.That(driver.Core.ReadPage(driver.Domain, RungInterruptsOffset), Is.EqualTo(1));
        Show("three\n");
        Assert.That(ReadAll(driver), Is.EqualTo("one\ntwo\nthree\n"));
        driver.End();
    }

    /// <summary>When it dies the CPU driver shows the last text; its next life gets all that is kept.</summary>
    [Test]
    public void NoScreenIsStaleAfterItsDriversEnd([Values(0, 1)] int core)
    {
        Driver first = StartDriver(core);
        machine.Settle();
        Show("while it lives\n");
        first.End();
        machine.Settle();
        Assert.That(Shown(), Is.EqualTo("while it lives\n"));
        Assert.That(console.TerminalSize(), Is.EqualTo(new[] { 80, 25 }));
        Show("without it\n");
        Assert.That(Shown(), Is.EqualTo("while it lives\nwithout it\n"));
        Driver second = StartDriver(core);
        Assert.That(ReadAll(second), Is.EqualTo("while it lives\nwithout it\n"));
        second.End();
    }

    /// <summary>A driver can tell text that was shown before from new text: it must not answer a question twice.</summary>
    [Test]
    public void TextThatWasKeptIsMarked([Values(0, 1)] int core)
    {
        Show(new string('o', 100));
        Driver driver = StartDriver(core);
        Show("new");
        machine.Settle();
        Show("er");
        machine.Settle();
        string kept = "";
        string text = driver.Read(7, out bool isKept);
        for (; isKept; text = driver.Read(7, out isKept))
        {
            kept += text;
        }
        // What was said before the console core heard of the driver was kept as well.
        Assert.That(kept, Is.EqualTo(new string('o', 100) + (core == 0 ? "" : "new")));
        Assert.That(text, Is.EqualTo(core == 0 ? "newer" : "er"));
        driver.End();
    }

    /// <summary>Text that an earlier life was sent, and that is still on its way, is not the next one's.</summary>
    [Test]
    public void TextOnItsWayToADeadDriverIsNotShownTwice()
    {
        Driver first = StartDriver(1);
        machine.Settle();
        for (int i = 0; i < 100; i++)
        {
            Show($"line {i}\n");
        }
        first.End();
        machine.Cores[1].Reap();
        Driver second = StartDriver(1);
        string text = string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i}\n"));
        Assert.That(ReadAll(second), Is.EqualTo(text));
        second.End();
    }

    /// <summary>Nobody waits for a driver that takes nothing. The oldest is lost to it, whole lines of it, and it is told how much.</summary>
    [Test]
    public void ASlowDriverLosesTheOldest([Values(0, 1)] int core)
    {
        Driver driver = StartDriver(core);
        machine.Settle();
        StringBuilder said = new();
        for (int i = 0; said.Length < 3 * Kept; i++)
        {
            string line = $"this is line {i}\n";
            said.Append(line);
            Show(line);
            machine.Settle();
        }
        string all = said.ToString();
        string read = ReadAll(driver);
        int note = read.IndexOf('\x18');
        Assert.That(note, Is.Positive);
        Assert.That(all, Does.StartWith(read[..note]), "what came before it fell behind");
        string[] parts = read[note..].Split('\n', 3);
        Assert.That(parts[1], Does.Match(@"^\[\.\.\.\] \d+ bytes not shown$"));
        int lost = int.Parse(parts[1].Split(' ')[1]);
        Assert.That(all[(note + lost)..], Is.EqualTo(parts[2]));
        Assert.That(parts[2], Does.StartWith("this is line").And.Length.AtLeast(Kept - 100));
        driver.End();
    }

    /// <summary>Whatever is said, read, lost to an end and moved over links that are mostly full: each life reads one stretch.</summary>
    [Test]
    public void EveryLifeReadsOneStretchOfTheText([Range(1, 40)] int seed)
    {
        Random random = new(seed);
        StringBuilder said = new();
        StringBuilder read = new();
        Driver? driver = null;
        for (int step = 0; step < 400; step++)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    string text = new('x', random.Next(200));
                    text = $"{step}{text}\n";
                    said.Append(text);
                    Show(text);
                    break;
                case 2 when driver is null:
                    driver = StartDriver(random.Next(2));
                    read.Clear();
                    break;
                case 2 when random.Next(4) == 0:
                    // What it was sent belongs together and was said.
                    Assert.That(said.ToString(), Does.StartWith(read.ToString()));
                    driver!.End();
                    machine.Settle();
                    driver = null;
                    break;
                case 3 or 4 when driver is not null:
                    read.Append(driver.Read(random.Next(1, Page)));
                    break;
                default:
                    machine.Step(random.Next(2), random.Next(2));
                    break;
            }
        }
        if (driver is null)
        {
            driver = StartDriver(1);
            read.Clear();
        }
        read.Append(ReadAll(driver));
        Assert.That(said.ToString(), Does.EndWith(read.ToString()));
        driver.End();
    }

    [Test]
    public void WhatIsTypedComesInOrder([Values(0, 1)] int core)
    {
        Driver driver = StartDriver(core);
        machine.Settle();
        string keys = string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},"));
        int refused = 0;
        for (string left = keys; left.Length > 0; )
        {
            long taken = driver.Type(left);
            if (taken == TryAgain)
            {
                refused++;
                machine.Settle();
                continue;
            }
            Assert.That(taken, Is.Positive);
            left = left[(int)taken..];
        }
        machine.Settle();
        Assert.That(Typed(), Is.EqualTo(keys));
        Assert.That(refused, core == 0 ? Is.Zero : Is.Positive);
        driver.End();
    }

    [Test]
    public void OneInstanceOfACoreHasTheStream()
    {
        Driver driver = StartDriver(1);
        PretendMachineCore core = machine.Cores[1];
        ConsoleBinding binding = new() { Columns = 80, Rows = 25 };
        ulong another = (ulong)Mint(core, driver.Domain, CapabilityType.ConsoleStream, 0);
        Assert.That(core.Do(driver.Domain, BindConsole, another, ref binding), Is.EqualTo(Busy));
        Assert.That(
            core.Do(driver.Domain, BindConsole, driver.Stream, ref binding),
            Is.EqualTo(Exists)
        );
        Assert.That(core.Do(driver.Domain, ReadConsole, another, 0, 0), Is.EqualTo(Invalid));
        Assert.That(core.Do(driver.Domain, CopyCapability, driver.Stream), Is.EqualTo(-1));
        Assert.That(core.Do(driver.Domain, DeleteCapability, driver.Stream), Is.Zero);
        Assert.That(core.Do(driver.Domain, BindConsole, another, ref binding), Is.Zero);
        driver.End();
        machine.Settle();
        Assert.That(Shown(), Is.Not.Null);
    }

    [TestCase(0u, 25u)]
    [TestCase(80u, 0u)]
    [TestCase(1001u, 25u)]
    [TestCase(80u, uint.MaxValue)]
    public void ATerminalHasAPossibleSize(uint columns, uint rows)
    {
        nint domain = console.StartInstance("console");
        ulong stream = (ulong)Mint(console, domain, CapabilityType.ConsoleStream, 0);
        ConsoleBinding binding = new() { Columns = columns, Rows = rows };
        Assert.That(console.Do(domain, BindConsole, stream, ref binding), Is.EqualTo(Invalid));
        console.End(domain);
    }

    /// <summary>Whoever binds the keyboard's line has the keyboard; when he is gone the CPU driver has it back.</summary>
    [Test]
    public void TheKeyboardGoesToItsDriverAndComesBack([Values(0, 1)] int core)
    {
        PretendMachineCore where = machine.Cores[core];
        nint domain = where.StartInstance("console");
        ulong line = (ulong)Mint(where, domain, CapabilityType.InterruptLine, KeyboardLine);
        Assert.That(console.Raise(KeyboardLine));
        machine.Settle();
        Assert.That(where.ReadPage(domain, RungInterruptsOffset), Is.Zero, "not its own yet");
        InterruptBinding binding = default;
        Assert.That(where.Do(domain, BindInterrupt, line, ref binding), Is.Zero);
        machine.Settle();
        Assert.That(console.Raise(KeyboardLine));
        machine.Settle();
        Assert.That(where.ReadPage(domain, RungInterruptsOffset), Is.EqualTo(1));
        Assert.That(console.KeyboardsTaken(), Is.Zero);
        where.End(domain);
        machine.Settle();
        Assert.That(console.KeyboardsTaken(), Is.EqualTo(1));
        Assert.That(console.Raise(KeyboardLine), "its line is open again");
    }
}

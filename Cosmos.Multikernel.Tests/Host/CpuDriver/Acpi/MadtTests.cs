using System.Text;
using Cosmos.Multikernel.CpuDriver.Acpi;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

[TestFixture]
public sealed unsafe class MadtTests
{
    private GuardedBytes _memory = null!;

    [OneTimeSetUp]
    public void CreateMemory() => _memory = new GuardedBytes(16384);

    [OneTimeTearDown]
    public void DisposeMemory() => _memory.Dispose();

    [Test]
    public void WhatQemuDescribesIsRead() =>
        Assert.That(
            Describe(InterruptTable.Typical()),
            Is.EqualTo(
                "at fee00000; 0 1 2 3; fec00000/0; 0>2 high edge, 5>5 high level, 9>9 low level"
            )
        );

    [TestCase(0u, "")]
    [TestCase(1u, "7 300")]
    [TestCase(2u, "", Description = "online capable: an empty socket")]
    [TestCase(3u, "7 300")]
    [TestCase(0xffff_fffcu, "")]
    public void OnlyEnabledProcessorsCount(uint flags, string expected)
    {
        byte[] table = InterruptTable.Make(
            InterruptTable.Processor(1, 7, flags),
            InterruptTable.X2Processor(300, flags)
        );
        Assert.That(Describe(table), Is.EqualTo($"at fee00000; {expected}; ; "));
    }

    /// <summary>Identifiers that mean all processors: an INIT sent there would reset the machine.</summary>
    [Test]
    public void NoProcessorIsEverybody()
    {
        byte[] table = InterruptTable.Make(
            InterruptTable.Processor(0, 0),
            InterruptTable.Processor(1, 255),
            InterruptTable.X2Processor(255),
            InterruptTable.X2Processor(uint.MaxValue)
        );
        Assert.That(Describe(table), Is.EqualTo("at fee00000; 0 255; ; "));
    }

    /// <summary>Some firmware lists processors both ways: each is one processor still.</summary>
    [Test]
    public void AProcessorThatIsNamedTwiceIsGivenOnce()
    {
        byte[] table = InterruptTable.Make(
            InterruptTable.Processor(0, 0),
            InterruptTable.Processor(1, 2),
            InterruptTable.X2Processor(0),
            InterruptTable.X2Processor(2),
            InterruptTable.X2Processor(4),
            InterruptTable.Processor(2, 4),
            InterruptTable.Processor(3, 6, InterruptTable.OnlineCapable),
            InterruptTable.X2Processor(6)
        );
        Assert.That(Describe(table), Is.EqualTo("at fee00000; 0 2 4 6; ; "));
    }

    [Test]
    public void AllOf255AndMoreProcessorsAreFound()
    {
        byte[][] entries =
        [
            .. Enumerable.Range(0, 255).Select(i => InterruptTable.Processor((byte)i, (byte)i)),
            .. Enumerable.Range(255, 300).Select(i => InterruptTable.X2Processor((uint)i)),
        ];
        string processors = string.Join(' ', Enumerable.Range(0, 555));
        Assert.That(
            Describe(InterruptTable.Make(entries)),
            Is.EqualTo($"at fee00000; {processors}; ; ")
        );
    }

    [Test]
    public void TheWideAddressWins()
    {
        byte[] table = InterruptTable.Make(InterruptTable.Address(0x12_3456_7000));
        Assert.That(Describe(table), Does.StartWith("at 1234567000;"));
    }

    [TestCase(0, Description = "length 0")]
    [TestCase(1, Description = "shorter than an entry's header")]
    [TestCase(9, Description = "reaches past the table")]
    [TestCase(255)]
    public void TheWalkStopsAtAnEntryThatCannotBe(byte length)
    {
        byte[] bad = InterruptTable.Processor(1, 1);
        bad[1] = length;
        byte[] table = InterruptTable.Make(InterruptTable.Processor(0, 0), bad);
        Assert.That(Describe(table), Is.EqualTo("at fee00000; 0; ; "));
    }

    /// <summary>Entries shorter than their kind, but not too short to walk over, are passed over.</summary>
    [Test]
    public void ShortEntriesAreSkipped()
    {
        byte[] table = InterruptTable.Make(
            [0, 7, 0, 1, 1, 0, 0],
            [9, 15, .. new byte[13]],
            [1, 11, .. new byte[9]],
            [2, 9, .. new byte[7]],
            [5, 11, .. new byte[9]],
            [0x7f, 2],
            InterruptTable.Processor(3, 3)
        );
        Assert.That(Describe(table), Is.EqualTo("at fee00000; 3; ; "));
    }

    [Test]
    public void ATableCutAtAnyByteIsReadWithinItsBounds()
    {
        byte[] valid = InterruptTable.Typical();
        for (int length = FirmwareTable.HeaderBytes; length < valid.Length; length++)
        {
            string answer = Describe(FirmwareTable.Seal(valid[..length]));
            Assert.That(answer, Does.StartWith("at fee00000;"));
        }
    }

    [Test]
    public void DamagedTablesAreReadWithinTheirBounds()
    {
        byte[] valid = InterruptTable.Typical();
        HashSet<string> answers = [];
        foreach (byte[] damaged in Damage.Of(valid[FirmwareTable.HeaderBytes..], 5, 10_000))
        {
            answers.Add(Describe(FirmwareTable.Make("APIC", damaged)));
        }
        Assert.That(answers, Has.Count.GreaterThan(100));
    }

    private string Describe(byte[] table) => _memory.Agreed(table, Describe, 4);

    private static string Describe(byte* table, uint length)
    {
        Madt madt = new(table);
        StringBuilder text = new($"at {madt.LocalApicAddress:x}; ");
        List<string> parts = [];
        while (madt.NextProcessor(out uint apicId))
        {
            parts.Add($"{apicId}");
        }
        text.AppendJoin(' ', parts).Append("; ");
        parts.Clear();
        madt.Rewind();
        while (madt.NextIoApic(out IoApicDescription ioApic))
        {
            parts.Add($"{ioApic.Address:x}/{ioApic.FirstLine}");
        }
        text.AppendJoin(' ', parts).Append("; ");
        parts.Clear();
        madt.Rewind();
        while (madt.NextOverride(out InterruptOverride other))
        {
            string polarity = other.ActiveLow ? "low" : "high";
            string trigger = other.LevelTriggered ? "level" : "edge";
            parts.Add($"{other.Source}>{other.Line} {polarity} {trigger}");
        }
        return text.AppendJoin(", ", parts).ToString();
    }
}

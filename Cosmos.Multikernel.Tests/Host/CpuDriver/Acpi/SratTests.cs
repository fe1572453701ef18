using System.Text;
using Cosmos.Multikernel.CpuDriver.Acpi;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

[TestFixture]
public sealed unsafe class SratTests
{
    private const ulong Gigabyte = 1 << 30;

    private GuardedBytes _memory = null!;

    private static byte[] Typical =>
        AffinityTable.Make(
            AffinityTable.Processor(0, 0),
            AffinityTable.Processor(1, 0x1234_5678),
            AffinityTable.X2Processor(300, 0x89ab_cdef),
            AffinityTable.Processor(3, 9, flags: 0),
            AffinityTable.X2Processor(4, 9, flags: 2),
            AffinityTable.Memory(0, 0, Gigabyte),
            AffinityTable.Memory(0x89ab_cdef, 2 * Gigabyte, Gigabyte),
            AffinityTable.Memory(9, 4 * Gigabyte, Gigabyte, flags: 2)
        );

    [OneTimeSetUp]
    public void CreateMemory() => _memory = new GuardedBytes(4096);

    [OneTimeTearDown]
    public void DisposeMemory() => _memory.Dispose();

    [TestCase(0u, 0u)]
    [TestCase(1u, 0x1234_5678u)]
    [TestCase(300u, 0x89ab_cdefu)]
    [TestCase(3u, 0u, Description = "disabled")]
    [TestCase(4u, 0u, Description = "disabled")]
    [TestCase(5u, 0u, Description = "not listed")]
    [TestCase(257u, 0u, Description = "not the processor with the same low byte")]
    public void ProcessorsHaveDomains(uint apicId, uint domain)
    {
        Srat srat = new(_memory.Place(Typical, 4));
        Assert.That(srat.DomainOfProcessor(apicId), Is.EqualTo(domain));
    }

    [TestCase(0ul, 0u, 1 * Gigabyte)]
    [TestCase(Gigabyte - 1, 0u, 1 * Gigabyte)]
    [TestCase(Gigabyte, 0u, 2 * Gigabyte, Description = "in a hole, to its end")]
    [TestCase(2 * Gigabyte, 0x89ab_cdefu, 3 * Gigabyte)]
    [TestCase(3 * Gigabyte, 0u, ulong.MaxValue, Description = "the disabled stretch is none")]
    [TestCase(ulong.MaxValue, 0u, ulong.MaxValue)]
    public void MemoryHasDomains(ulong address, uint domain, ulong end)
    {
        Srat srat = new(_memory.Place(Typical, 4));
        Assert.That(srat.DomainOfMemory(address, out ulong found), Is.EqualTo(domain));
        Assert.That(found, Is.EqualTo(end));
    }

    [Test]
    public void WithoutATableAllIsDomainZero()
    {
        Srat srat = new(null);
        Assert.That(srat.Present, Is.False);
        Assert.That(srat.DomainOfProcessor(7), Is.Zero);
        Assert.That(srat.DomainOfMemory(7, out ulong end), Is.Zero);
        Assert.That(end, Is.EqualTo(ulong.MaxValue));
    }

    [TestCase(ulong.MaxValue, 1ul, Description = "ends at 2^64")]
    [TestCase(Gigabyte, ulong.MaxValue)]
    [TestCase(Gigabyte, 0ul)]
    public void ImpossibleStretchesAreSkipped(ulong start, ulong length)
    {
        byte[] table = AffinityTable.Make(AffinityTable.Memory(5, start, length));
        Srat srat = new(_memory.Place(table, 4));
        Assert.That(srat.DomainOfMemory(start, out ulong end), Is.Zero);
        Assert.That(end, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void ATableCutAtAnyByteIsReadWithinItsBounds()
    {
        byte[] valid = Typical;
        for (int length = FirmwareTable.HeaderBytes; length < valid.Length; length++)
        {
            byte[] table = FirmwareTable.Seal(valid[..length]);
            Assert.That(_memory.Agreed(table, Describe, 4), Is.Not.Empty);
        }
    }

    [Test]
    public void DamagedTablesAreReadWithinTheirBounds()
    {
        byte[] content = Typical[FirmwareTable.HeaderBytes..];
        HashSet<string> answers = [];
        foreach (byte[] damaged in Damage.Of(content, seed: 6, count: 10_000))
        {
            answers.Add(_memory.Agreed(FirmwareTable.Make("SRAT", damaged), Describe, 4));
        }
        Assert.That(answers, Has.Count.GreaterThan(100));
    }

    private static string Describe(byte* table, uint length)
    {
        Srat srat = new(table);
        StringBuilder text = new();
        foreach (uint apicId in (uint[])[0, 1, 3, 4, 300])
        {
            text.Append(srat.DomainOfProcessor(apicId)).Append(' ');
        }
        // As Partitions walks: each stretch must end behind its start.
        ulong at = 0;
        for (int i = 0; i < 32 && at != ulong.MaxValue; i++)
        {
            uint domain = srat.DomainOfMemory(at, out ulong end);
            Assert.That(end, Is.GreaterThan(at));
            text.Append($"{domain}@{at:x} ");
            at = end;
        }
        return text.ToString();
    }
}

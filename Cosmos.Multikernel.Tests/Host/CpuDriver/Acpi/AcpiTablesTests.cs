using System.Buffers.Binary;
using Cosmos.Multikernel.CpuDriver.Acpi;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

[TestFixture]
public sealed unsafe class AcpiTablesTests
{
    private GuardedBytes _memory = null!;

    [OneTimeSetUp]
    public void CreateMemory() => _memory = new GuardedBytes(4096);

    [OneTimeTearDown]
    public void DisposeMemory() => _memory.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public void TablesAreFoundThroughEitherRoot(bool wide)
    {
        FirmwareImage image = new();
        uint madt = image.Add(InterruptTable.Typical());
        uint srat = image.Add(AffinityTable.Make());
        byte[] bytes = image.Root(wide, 0, 0xffff_fff0, srat, madt).ToBytes();
        AcpiTables tables = Open(bytes, wide ? 36u : 20u, out byte* start);
        Assert.That((nint)(tables.Find(Signatures.Madt) - start), Is.EqualTo((nint)madt));
        Assert.That((nint)(tables.Find(Signatures.Srat) - start), Is.EqualTo((nint)srat));
        Assert.That(tables.Find(Signatures.Fadt) == null, Is.True);
        Assert.That(tables.Damaged, Is.Zero);
    }

    [Test]
    public void NoRootPointerIsSaid()
    {
        Assert.That(
            AcpiTables.TryOpen(default, null, 36, out _),
            Is.EqualTo(AcpiStatus.NoRootPointer)
        );
    }

    [Test]
    public void ADamagedRootPointerIsRefused([Range(0, 19)] int at)
    {
        byte[] bytes = FirmwareImage.Typical().ToBytes();
        bytes[at] ^= 0x10;
        Assert.That(Status(bytes, 36), Is.EqualTo(AcpiStatus.BadRootPointer));
    }

    [Test]
    public void AShortRootPointerIsRefused([Range(0, 19)] int length)
    {
        Assert.That(
            Status(FirmwareImage.Typical().ToBytes(), (uint)length),
            Is.EqualTo(AcpiStatus.BadRootPointer)
        );
    }

    /// <summary>When the newer part is damaged, cut off or empty, the older root table serves.</summary>
    [TestCase(36u, 33, Description = "checksum")]
    [TestCase(35u, -1, Description = "cut off")]
    [TestCase(36u, -2, Description = "no address")]
    public void TheOlderRootTableServesWhenTheNewerCannot(uint length, int damage)
    {
        FirmwareImage image = new();
        uint madt = image.Add(InterruptTable.Typical());
        image.Root(wide: false, madt);
        ulong wideRoot = damage == -2 ? 0 : madt;
        image.Write(0, FirmwareTable.RootPointer(FirmwareImage.RootTable, wideRoot));
        byte[] bytes = image.ToBytes();
        if (damage >= 0)
        {
            bytes[damage]++;
        }
        AcpiTables tables = Open(bytes, length, out _);
        Assert.That(tables.Find(Signatures.Madt) != null, Is.True);
    }

    [TestCase(0, 0x11u, Description = "signature")]
    [TestCase(4, 0u, Description = "length 0")]
    [TestCase(4, 35u, Description = "shorter than its header")]
    [TestCase(4, 0xffff_ffffu, Description = "longer than memory")]
    [TestCase(8, 0x11u, Description = "checksum")]
    public void ADamagedRootTableIsRefused(int offset, uint value)
    {
        byte[] bytes = FirmwareImage.Typical().ToBytes();
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan((int)FirmwareImage.RootTable + offset),
            value
        );
        Assert.That(Status(bytes, 36), Is.EqualTo(AcpiStatus.BadRootTable));
    }

    [TestCase(0xffff_ffff_ffff_ffe0ul)]
    [TestCase(0x1_0000_0000ul)]
    [TestCase(0xff0ul)]
    public void ARootTableOutsideMemoryIsRefused(ulong address)
    {
        byte[] bytes = new byte[0x1000];
        FirmwareTable.RootPointer(0, address).CopyTo(bytes, 0);
        Assert.That(Status(bytes, 36), Is.EqualTo(AcpiStatus.BadRootTable));
    }

    [Test]
    public void ADamagedTableIsAbsentAndCountedAndTheNextServes()
    {
        FirmwareImage image = new();
        byte[] bad = InterruptTable.Typical();
        bad[^1] ^= 1;
        uint first = image.Add(bad);
        uint second = image.Add(InterruptTable.Typical());
        AcpiTables tables = Open(image.Root(true, first, second).ToBytes(), 36, out byte* start);
        Assert.That((nint)(tables.Find(Signatures.Madt) - start), Is.EqualTo((nint)second));
        Assert.That(tables.Damaged, Is.EqualTo(1));
    }

    [TestCase(0ul, 0ul, true)]
    [TestCase(0ul, 100ul, true)]
    [TestCase(99ul, 1ul, true)]
    [TestCase(100ul, 0ul, true)]
    [TestCase(99ul, 2ul, false)]
    [TestCase(100ul, 1ul, false)]
    [TestCase(101ul, 0ul, false)]
    [TestCase(ulong.MaxValue, 2ul, false)]
    [TestCase(1ul, ulong.MaxValue, false)]
    public void TheViewIsBounded(ulong address, ulong length, bool visible)
    {
        byte* start = _memory.Place(new byte[100]);
        byte* found = new PhysicalView(start, 100).At(address, length);
        Assert.That((nint)found, Is.EqualTo(visible ? (nint)(start + address) : 0));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void DamagedImagesAreReadWithinTheirBounds(bool reseal)
    {
        FirmwareImage image = FirmwareImage.Typical();
        HashSet<string> answers = [];
        foreach (byte[] damaged in Damage.Of(image.ToBytes(), seed: 7, count: 10_000))
        {
            byte[] bytes = reseal ? image.Reseal(damaged) : damaged;
            answers.Add(_memory.Agreed(bytes, Describe));
        }
        Assert.That(answers, Has.Count.GreaterThan(reseal ? 100 : 10));
    }

    [Test]
    public void AnImageCutAtAnyByteIsReadWithinItsBounds()
    {
        FirmwareImage image = FirmwareImage.Typical();
        foreach (byte[] bytes in Damage.Truncations(image.ToBytes()))
        {
            Assert.That(_memory.Agreed(bytes, Describe), Is.Not.Empty);
        }
    }

    private static string Describe(byte* image, uint length)
    {
        AcpiStatus status = AcpiTables.TryOpen(
            new PhysicalView(image, length),
            image,
            Math.Min(length, 36),
            out AcpiTables tables
        );
        if (status != AcpiStatus.Ok)
        {
            return status.ToString();
        }
        PowerManagement power = PowerManagement.Read(ref tables);
        string text =
            $"{power.Pm1aControl} {power.CanPowerOff} {power.SleepTypeA} {power.ResetPort} ";
        byte* madtTable = tables.Find(Signatures.Madt);
        if (madtTable != null)
        {
            Madt madt = new(madtTable);
            while (madt.NextProcessor(out uint apicId))
            {
                text += $"{apicId} ";
            }
        }
        Srat srat = new(tables.Find(Signatures.Srat));
        return $"{text} {srat.DomainOfProcessor(0)} {srat.DomainOfMemory(0, out _)} {tables.Damaged}";
    }

    private AcpiStatus Status(byte[] image, uint length)
    {
        byte* start = _memory.Place(image);
        PhysicalView view = new(start, (ulong)image.Length);
        return AcpiTables.TryOpen(view, start, length, out _);
    }

    private AcpiTables Open(byte[] image, uint length, out byte* start)
    {
        start = _memory.Place(image);
        PhysicalView view = new(start, (ulong)image.Length);
        Assert.That(
            AcpiTables.TryOpen(view, start, length, out AcpiTables tables),
            Is.EqualTo(AcpiStatus.Ok)
        );
        return tables;
    }
}

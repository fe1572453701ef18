using System.Buffers.Binary;
using Cosmos.Multikernel.CpuDriver.Acpi;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

[TestFixture]
public sealed unsafe class PowerManagementTests
{
    private GuardedBytes _memory = null!;

    [OneTimeSetUp]
    public void CreateMemory() => _memory = new GuardedBytes(4096);

    [OneTimeTearDown]
    public void DisposeMemory() => _memory.Dispose();

    [TestCase("08 5f53345f 12 06 04 00 00 00 00", null, Description = "another name")]
    [TestCase("08 5f53355f 12 06 04 00 00 00 00", "0 0", Description = "QEMU")]
    [TestCase("08 5c 5f53355f 12 06 04 00 00 00 00", "0 0", Description = "Bochs: from the root")]
    [TestCase("08 5f53355f 12 0a 04 0a 05 0a 05 00 00", "5 5", Description = "Bochs, older")]
    [TestCase("08 5f53355f 12 08 04 0a 07 00 00 00", "7 0", Description = "Intel boards")]
    [TestCase("08 5f53355f 12 06 02 0a 05 0a 05", "5 5", Description = "two elements")]
    [TestCase("08 5f53355f 12 06 04 01 01 00 00", "1 1", Description = "OneOp")]
    [TestCase("08 5f53355f 12 4a 00 04 0a 05 0a 05 00 00", "5 5", Description = "longer length")]
    [TestCase(
        "08 5f53355f 12 c8 00 00 00 04 0a 05 00 00 00",
        "5 0",
        Description = "longest length"
    )]
    [TestCase("08 5f53355f 12 04 02 00 00", "0 0", Description = "ends with the table")]
    [TestCase("08 5f53355f 12 08 04 0a 08 00 00 00", null, Description = "more than three bits")]
    [TestCase("08 5f53355f 12 08 04 0b 05 00 00 00", null, Description = "a word")]
    [TestCase("08 5f53355f 12 03 02 0a 05", null, Description = "cut in the second element")]
    [TestCase("08 5f53355f 12 04 02 00 0a", null, Description = "cut in the prefix")]
    [TestCase("14 5f53355f 12 06 04 00 00 00 00", null, Description = "a method, not a name")]
    [TestCase("5f53355f 12 06 04 00 00 00 00", null, Description = "no operator before it")]
    [TestCase("08 5f53355f 11 06 04 00 00 00 00", null, Description = "a buffer, not a package")]
    [TestCase(
        "5f53355f 08 5f53355f 12 06 04 01 00 00 00",
        "1 0",
        Description = "a reference first"
    )]
    [TestCase("", null)]
    public void TheSoftOffPackageIsRecognised(string hex, string? expected)
    {
        byte[] aml = Convert.FromHexString(hex.Replace(" ", ""));
        string answer = _memory.Agreed(aml, Describe);
        Assert.That(answer, expected == null ? Does.StartWith("none") : Is.EqualTo(expected));
    }

    [Test]
    public void CutAndDamagedCodeIsReadWithinItsBounds()
    {
        byte[] valid = [.. new byte[9], .. FirmwareImage.QemuSoftOff, .. new byte[4]];
        IEnumerable<byte[]> cases = Damage
            .Truncations(valid)
            .Concat(Damage.Of(valid, seed: 8, count: 20_000));
        HashSet<string> answers = [];
        foreach (byte[] aml in cases)
        {
            answers.Add(_memory.Agreed(aml, Describe));
        }
        Assert.That(answers, Has.Count.GreaterThan(2));
    }

    [Test]
    public void AllThatAModernTableSaysIsRead()
    {
        PowerManagement power = Read(FirmwareImage.Typical());
        Assert.Multiple(() =>
        {
            Assert.That((power.Pm1aControl, power.Pm1bControl), Is.EqualTo((0x604, 0x704)));
            Assert.That(power.TimerPort, Is.EqualTo(0x608));
            Assert.That((power.EnablePort, power.EnableValue), Is.EqualTo((0xb2, 2)));
            Assert.That((power.ResetPort, power.ResetValue), Is.EqualTo((0xcf9, 0x0f)));
            Assert.That(power.CanPowerOff, Is.True);
            Assert.That((power.SleepTypeA, power.SleepTypeB), Is.EqualTo((0, 0)));
        });
    }

    [TestCase(115, false, false)]
    [TestCase(116, true, false, Description = "ACPI 1: no reset register")]
    [TestCase(128, true, false)]
    [TestCase(129, true, true)]
    [TestCase(147, true, true)]
    [TestCase(148, true, true)]
    [TestCase(244, true, true, Description = "ACPI 2 to 4")]
    public void OlderTablesAreShorter(int length, bool canPowerOff, bool canReset)
    {
        FirmwareImage image = new();
        uint dsdt = image.Add(FirmwareTable.Make("DSDT", [0, .. FirmwareImage.QemuSoftOff]));
        uint fadt = image.Add(FirmwareImage.Fadt(dsdt, length: length));
        PowerManagement power = Read(image.Root(wide: true, fadt));
        Assert.That(power.CanPowerOff, Is.EqualTo(canPowerOff));
        Assert.That(power.ResetPort != 0, Is.EqualTo(canReset));
    }

    [TestCase(148, true)]
    [TestCase(147, false, Description = "the wide address is cut off: the narrow one counts")]
    public void TheWideAddressOfTheDsdtWins(int length, bool wide)
    {
        FirmwareImage image = new();
        byte[] softOff = FirmwareImage.QemuSoftOff;
        uint narrow = image.Add(FirmwareTable.Make("DSDT", softOff));
        softOff[^4] = 1;
        uint other = image.Add(FirmwareTable.Make("DSDT", softOff));
        uint fadt = image.Add(FirmwareImage.Fadt(narrow, other, length));
        PowerManagement power = Read(image.Root(wide: true, fadt));
        Assert.That(power.SleepTypeA, Is.EqualTo(wide ? 1 : 0));
    }

    [TestCase(1, 0x1804ul, 276, 0x1804)]
    [TestCase(1, 0x1804ul, 183, 0x604, Description = "an older, shorter table")]
    [TestCase(0, 0x1804ul, 276, 0x604, Description = "in memory: the port counts")]
    [TestCase(1, 0ul, 276, 0x604, Description = "none")]
    [TestCase(1, 0x1_0000ul, 276, 0x604, Description = "no port has that number")]
    public void TheExtendedRegisterWins(int space, ulong address, int length, int expected)
    {
        FirmwareImage image = new();
        uint dsdt = image.Add(FirmwareTable.Make("DSDT", FirmwareImage.QemuSoftOff));
        byte[] table = FirmwareImage.Fadt(dsdt);
        table[172] = (byte)space;
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(176), address);
        uint fadt = image.Add(FirmwareTable.Seal(table[..length]));
        PowerManagement power = Read(image.Root(wide: true, fadt));
        Assert.That((power.Pm1aControl, power.Pm1bControl), Is.EqualTo((expected, 0x704)));
    }

    [Test]
    public void ADamagedDsdtMeansNoPowerOff()
    {
        FirmwareImage image = new();
        byte[] table = FirmwareTable.Make("DSDT", FirmwareImage.QemuSoftOff);
        table[^1]++;
        uint fadt = image.Add(FirmwareImage.Fadt(image.Add(table)));
        PowerManagement power = Read(image.Root(wide: true, fadt));
        Assert.That(power.CanPowerOff, Is.False);
        Assert.That(power.Pm1aControl, Is.EqualTo(0x604));
    }

    [Test]
    public void WithoutATableThereIsNothing()
    {
        PowerManagement power = Read(new FirmwareImage().Root(wide: true));
        Assert.That(power.CanPowerOff, Is.False);
        Assert.That((power.Pm1aControl, power.ResetPort), Is.EqualTo((0, 0)));
    }

    private static string Describe(byte* aml, uint length) =>
        PowerManagement.TryFindSoftOff(aml, length, out byte typeA, out byte typeB)
            ? $"{typeA} {typeB}"
            : "none";

    private PowerManagement Read(FirmwareImage image)
    {
        byte[] bytes = image.ToBytes();
        byte* start = _memory.Place(bytes);
        AcpiStatus status = AcpiTables.TryOpen(
            new PhysicalView(start, (ulong)bytes.Length),
            start,
            36,
            out AcpiTables tables
        );
        Assert.That(status, Is.EqualTo(AcpiStatus.Ok));
        return PowerManagement.Read(ref tables);
    }
}

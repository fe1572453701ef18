using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;
using Cosmos.Multikernel.Tests.Host.Registers;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Pci;

/// <summary>Who gets which device, and what the firmware's tables say about them.</summary>
[TestFixture]
public sealed class DeviceTableTests
{
    private PretendPci space = null!;

    [SetUp]
    public void MakeMachine()
    {
        space = new PretendPci();
        space.Add(0, 0, 0, 0x12378086, 0x060000);
        space.Add(0, 2, 0, 0x10421af4, 0x010000).Set(0x3c, 0x010a);
        space.Add(0, 3, 0, 0x10421af4, 0x010000).Set(0x3c, 0x010b);
        space.Add(0, 4, 0, 0x10421af4, 0x010000).Set(0x3c, 0x01ff);
        space.Add(0, 5, 0, 0x29228086, 0x010601);
        space.Add(0, 6, 0, 0x71118086, 0x010180);
    }

    private DeviceTable Deal(params string[] drivers) =>
        new(
            PciScan.Run(space).Functions,
            [.. drivers.Select(DriverDeclaration.Parse)],
            instance =>
                instance switch
                {
                    "two" => [2, 3],
                    "nowhere" => [],
                    _ => [1],
                },
            new InterruptRouting(Madt())
        );

    // ISA interrupt 10 arrives at line 21.
    private static byte[] Madt() =>
        FirmwareTable.Make(
            "APIC",
            [0, 0, 0xe0, 0xfe, 0, 0, 0, 0],
            [2, 10, 0, 10, 21, 0, 0, 0, 0xd, 0],
            [2, 0]
        );

    private static string[] Owners(DeviceTable table) =>
        [.. table.Records.Select(device => $"{device.Driver}@{device.DriverCore}")];

    [Test]
    public void DevicesAreDealtInTurn()
    {
        DeviceTable table = Deal("two=pci:1af4:1042", "one=pci:1af4:*,pci:class:0106");
        Assert.That(
            Owners(table),
            Is.EqualTo(new[] { "@0", "two@2", "two@3", "one@1", "one@1", "@0" })
        );
    }

    [TestCase("one=pci:1af4:1042", 3)]
    [TestCase("one=pci:class:0106", 1)]
    [TestCase("one=pci:class:010601", 1)]
    [TestCase("one=pci:class:010600", 0)]
    [TestCase("one=pci:at:00:05.0", 1)]
    [TestCase("one=pci:8086:*", 3)]
    [TestCase("nowhere=pci:8086:*", 0)]
    public void MatchesAreWhatTheySay(string driver, int count) =>
        Assert.That(
            Deal(driver).Records.Count(device => device.Driver.ToString().Length != 0),
            Is.EqualTo(count)
        );

    [TestCase("one")]
    [TestCase("=pci:1af4:1042")]
    [TestCase("one=")]
    [TestCase("one=usb:1234:5678")]
    [TestCase("one=pci:1af4")]
    [TestCase("one=pci:1af:1042")]
    [TestCase("one=pci:class:01")]
    [TestCase("one=pci:at:5")]
    [TestCase("one=pci:1af4:1042,")]
    public void OtherWordsAreRefused(string driver) =>
        Assert.That(() => DriverDeclaration.Parse(driver), Throws.TypeOf<FormatException>());

    /// <summary>A console driver has the displays, beside what every PC has and no function says.</summary>
    [Test]
    public void DisplaysAreTheConsolesDrivers()
    {
        space.Add(0, 7, 0, 0x11111234, 0x030000);
        DeviceTable table = Deal("one=console");
        Assert.That(Owners(table)[^1], Is.EqualTo("one@1"));
        Assert.That(table.Claim("one", 1), Is.EqualTo(6));
        Assert.That(DriverDeclaration.Parse("one=console").Devices.Single().IsConsole);
        Assert.That(
            DriverDeclaration.Parse("one=pci:1234:1111").Devices.Single().IsConsole,
            Is.False
        );
    }

    [Test]
    public void ADeviceHasOneDriverAtATime()
    {
        DeviceTable table = Deal("one=pci:1af4:*");
        Assert.That(table.Claim("two", 1), Is.Null);
        Assert.That(table.Claim("one", 2), Is.Null);
        int?[] claimed = [table.Claim("one", 1), table.Claim("one", 1), table.Claim("one", 1)];
        Assert.That(claimed, Is.EqualTo(new int?[] { 1, 2, 3 }));
        Assert.That(table.Claim("one", 1), Is.Null);
        Assert.That(table[2].State, Is.EqualTo(DeviceState.Driven));
        Assert.That(table[2].Interrupts, Is.EqualTo(PciInterruptKind.None));
        table.SetInterrupts(2, PciInterruptKind.Msi);
        Assert.That(table[2].Interrupts, Is.EqualTo(PciInterruptKind.Msi));
        Assert.That(table[1].Interrupts, Is.EqualTo(PciInterruptKind.None));
        table.Release(2);
        Assert.That(table[2].Interrupts, Is.EqualTo(PciInterruptKind.None));
        Assert.That(table[2].State, Is.EqualTo(DeviceState.Waiting));
        Assert.That(table.Claim("one", 1), Is.EqualTo(2));
        Assert.That(table[0].State, Is.EqualTo(DeviceState.Bridge));
        Assert.That(table[4].State, Is.EqualTo(DeviceState.NoDriver));
    }

    [Test]
    public void LinesAreTheFirmwaresWithItsOverrides()
    {
        DeviceTable table = Deal();
        Assert.That(
            table.Records.Select(device => device.Line),
            Is.EqualTo(new[] { -1, 21, 11, -1, -1, 14 })
        );
        Assert.That(table.LineOf(5, 1), Is.EqualTo(15));
        Assert.That(table.LineOf(1, 1), Is.EqualTo(-1));
    }

    [Test]
    public void TheMcfgIsReadAsFarAsItCanBe()
    {
        byte[] table = FirmwareTable.Make(
            "MCFG",
            new byte[8],
            [0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0],
            [0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0],
            [0, 0, 0, 0xd0, 0, 0, 0, 0, 1, 0, 9, 3, 0, 0, 0, 0],
            [0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 3, 9, 0, 0, 0, 0],
            [0, 0, 0]
        );
        Assert.That(
            McfgTable.Read(table),
            Is.EqualTo(
                new EcamRegion[]
                {
                    new(0xb000_0000, new(0, 0, 255)),
                    new(0x1_0000_0000, new(2, 3, 9)),
                }
            )
        );
        Assert.That(McfgTable.Read(null), Is.Empty);
    }

    [Test]
    public void ConfigurationInMemoryIsMappedBusByBus()
    {
        List<(ulong, long)> mapped = [];
        PretendWindow window = new(1 << 20);
        EcamConfiguration configuration = new(
            [new(0xb000_0000, new(0, 0, 255))],
            (start, length) =>
            {
                mapped.Add((start, length));
                return window;
            }
        );
        configuration.Write16(new(0, 2, 31, 7), 0xffe, 0x1234);
        Assert.That(configuration.Read8(new(0, 2, 31, 7), 0xfff), Is.EqualTo(0x12));
        Assert.That(mapped, Is.EqualTo(new[] { (0xb020_0000ul, 1L << 20) }));
        Assert.That(window.Read16((1 << 20) - 2), Is.EqualTo(0x1234));
    }
}

using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Host.FileSystems;
using Cosmos.Multikernel.Tests.Instances.RawDisks;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// Disk controllers on the metal: an instance writes a pattern on raw disks by message and reads it, meets a sector that cannot be
/// read and one that cannot be written (QEMU's blkdebug), and one that does not answer (<see cref="SilentDisk"/>), and reads the boot medium from its drive; then the host looks
/// at the disks' files. The q35 has NVMe, virtio and SATA in one boot; the pc has IDE, the boot medium's drive on the same cable, and virtio without
/// messages; Bochs has IDE of its own.
/// </summary>
[TestFixture(MachineKind.Q35)]
[TestFixture(MachineKind.Pc)]
[TestFixture(MachineKind.Bochs)]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class DiskControllerTests(MachineKind kind)
{
    private const int UserCore = 0;
    private const int SectorSize = 512;

    // Bochs wants whole cylinders of 16 heads and 63 sectors.
    private const int DiskBytes = 20 * 16 * 63 * SectorSize;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    // Without vectors a virtio device of QEMU has no MSI-X.
    private static readonly string[] VirtioByLine = ["-global", "virtio-blk-pci.vectors=0"];

    // How long the driver lets a request take; and how long one is not answered, which is longer than it takes the driver to reset the device.
    private const int RequestSeconds = 4;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(RequestSeconds * 7 / 4);

    private readonly List<SilentDisk> _servers = [];
    private readonly ScratchDirectory _scratch = new();
    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;
    private TestedDisk[] _disks = null!;

    /// <summary>A disk of the machine.</summary>
    /// <param name="Name">As instances call it.</param>
    /// <param name="Kind">What it is attached by.</param>
    /// <param name="Error">How its damaged sectors fail; null for a disk without any.</param>
    public sealed record TestedDisk(string Name, DiskKind Kind, BlockError? Error = null);

    // Controllers are numbered by their places on the bus. Of a failing read QEMU's ATA disks say only that they have not done it.
    private (TestedDisk[] Disks, string Medium) Machine =>
        kind switch
        {
            MachineKind.Q35 => (
                [
                    new("disk0", DiskKind.Nvme, BlockError.MediaError),
                    new("disk1", DiskKind.Virtio, BlockError.MediaError),
                    new("disk2-1", DiskKind.Ata, BlockError.DeviceError),
                ],
                "disk2-0"
            ),
            MachineKind.Pc => (
                [
                    new("disk0-1", DiskKind.Ata, BlockError.DeviceError),
                    new("disk1", DiskKind.Virtio, BlockError.MediaError),
                ],
                "disk0-0"
            ),
            _ => ([new("disk0-2", DiskKind.Ata)], "disk0-0"),
        };

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        (_disks, var medium) = Machine;
        var name = $"disk-controllers-{kind}".ToLowerInvariant();
        var arguments = _disks
            .Select(disk => disk.Error is { } error ? $"{disk.Name}={error}" : disk.Name)
            .Append($"{medium}=medium");
        if (CanFallSilent)
        {
            arguments = arguments.Prepend("silent");
        }

        var image = TestMachine.WriteImage(
            name,
            new ImageModule(
                "raw-disk-user",
                TestMachine.RawDiskUser,
                $"{UserCore}",
                Arguments: string.Join(' ', arguments)
            ),
            Repository.DiskDriverModule("1", $"limit={RequestSeconds}"),
            Repository.DeviceManagerModule($"disk={DiskDriver.Devices}"),
            Repository.MonitorModule
        );
        _machine = await TestMachine.BootAsync(
            name,
            image,
            options =>
                options with
                {
                    Kind = kind,
                    Cores = 2,
                    Disks = [.. _disks.Select(MakeDisk)],
                    ExtraArguments = kind switch
                    {
                        MachineKind.Q35 => ParkingTrace.Arguments,
                        MachineKind.Pc => [.. ParkingTrace.Arguments, .. VirtioByLine],
                        _ => [],
                    },
                }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        await _machine.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _scratch.Dispose();
    }

    [Test, Order(1)]
    public async Task APatternIsWrittenAndRead()
    {
        foreach (var disk in _disks)
        {
            await _watch.AssertRecordAsync($"raw-disk-user.{disk.Name}.pattern", UserCore);
        }
    }

    [Test, Order(1)]
    public async Task ErrorsAreTypedAndTheDeviceGoesOn()
    {
        foreach (var disk in _disks.Where(disk => disk.Error is not null))
        {
            await _watch.AssertRecordAsync($"raw-disk-user.{disk.Name}.error", UserCore);
        }
    }

    /// <summary>It is reset, and goes on when it answers again; those beside it on the same core do not notice.</summary>
    [Test, Order(1)]
    public async Task ADiskThatDoesNotAnswerIsATypedError()
    {
        foreach (var disk in _disks.Where(_ => CanFallSilent))
        {
            await _watch.AssertRecordAsync($"raw-disk-user.{disk.Name}.silence", UserCore);
        }

        Assert.That(_servers, Has.All.Property(nameof(SilentDisk.Silences)).GreaterThan(0));
    }

    [Test, Order(1)]
    public Task TheBootMediumIsRead() =>
        _watch.AssertRecordAsync($"raw-disk-user.{Machine.Medium}.medium", UserCore);

    /// <summary>NVMe by its shutdown notification, SATA and IDE by STANDBY IMMEDIATE, as QEMU has seen them.</summary>
    [Test, Order(2)]
    public async Task DisksHearBeforeThePowerGoes()
    {
        await _watch.AssertRecordAsync("raw-disk-user.parking", UserCore);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ParkingTrace.HasNvmeHeard(_machine), Is.EqualTo(kind == MachineKind.Q35));
            Assert.That(ParkingTrace.HasAtaHeard(_machine), Is.EqualTo(kind != MachineKind.Bochs));
        }
    }

    /// <summary>By messages where they have them.</summary>
    [Test, Order(2)]
    public void ControllersInterruptAsTheyCan()
    {
        foreach (var disk in _disks)
        {
            var expected = disk.Kind switch
            {
                DiskKind.Ata when kind == MachineKind.Q35 => PciInterruptKind.Msi,
                DiskKind.Ata => PciInterruptKind.Line,
                DiskKind.Virtio when kind == MachineKind.Pc => PciInterruptKind.Line,
                _ => PciInterruptKind.MsiX,
            };
            Assert.That(
                _machine.Serial.From(0),
                Does.Match($@"\[1 disk\] {disk.Name}: .*, interrupts by {expected.InWords()}\)")
            );
        }
    }

    /// <summary>What was flushed is in the files, however the machine goes on.</summary>
    [Test, Order(2)]
    public void TheHostFindsThePattern()
    {
        foreach (var disk in _disks)
        {
            using var file = new FileStream(
                FileOf(disk),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite
            );
            var found = new byte[RawPattern.Length];
            file.ReadExactly(found);
            Assert.That(found.AsSpan().SequenceEqual(RawPattern.Of(disk.Name)), Is.True, disk.Name);
        }
    }

    [Test, Order(3)]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);

    // Bochs reads files itself.
    private bool CanFallSilent => kind != MachineKind.Bochs;

    private string FileOf(TestedDisk disk) => _scratch.File(disk.Name + ".img");

    private MachineDisk MakeDisk(TestedDisk disk)
    {
        using (var file = File.Create(FileOf(disk)))
        {
            file.SetLength(DiskBytes);
        }

        if (!CanFallSilent)
        {
            return new MachineDisk(FileOf(disk), disk.Kind);
        }

        var server = new SilentDisk(FileOf(disk), RawPattern.SilentSector, Silence);
        _servers.Add(server);
        var block = disk.Error is null
            ? server.Backend("file.")
            : TestDisk.BlockThatCannotRead(
                server.Backend("file.image."),
                RawPattern.DamagedSector,
                RawPattern.UnwritableSector
            );
        return new MachineDisk(FileOf(disk), disk.Kind) { Backend = $"driver=raw,{block}" };
    }
}

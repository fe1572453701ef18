using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Partitions;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Host.FileSystems;
using Cosmos.Multikernel.Tests.Instances.Disks;
using Cosmos.Multikernel.Tests.Instances.Files;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// Disks on the metal, in one boot: what mtools has put on one is read by hash; an unmodified program of System.IO works on it; the
/// machine is frozen again and again in the middle of writing, and fsck.fat looks; the driver is killed in the middle of calls; a second
/// disk cannot read one of its sectors; and after all that the machine is switched off by its shell: all disks hear of it, mtools reads what
/// was written, and fsck.fat finds nothing.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed partial class DiskTests
{
    private const int Cores = 3;
    private const int UserCore = 2;
    private const int TreeSeed = 5;
    private const int TreeFiles = 60;
    private const int Deaths = 3;
    private const int LooksBetweenDeaths = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<byte[]> _plugged = [];
    private TestDisk _disk = null!;
    private TestDisk _damaged = null!;
    private TestDisk _last = null!;
    private VirtualMachine _machine = null!;
    private ShellSession _shell = null!;
    private InstanceWatch _watch = null!;
    private Dictionary<string, string> _tree = null!;

    public static IEnumerable<string> FileCases() =>
        FilesTable.Cases(new Site("fat", "/")).Select(test => test.Name);

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        _disk = new TestDisk("disk", kilobytes: 48 << 10, "-F 32 -s 1", PartitionScheme.Mbr);
        FillDisk();
        _damaged = new TestDisk("damaged", kilobytes: 8 << 10, "-F 16 -s 2");
        _last = new TestDisk("last", kilobytes: 1440, "-F 12", PartitionScheme.Gpt);
        var image = TestMachine.WriteImage(
            "disks",
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
            new ImageModule(
                "disk-user",
                TestMachine.DiskUser,
                $"{UserCore}",
                Arguments: "/disk0p1 /disk1"
            ),
            new ImageModule(
                "file-user",
                TestMachine.FileUser,
                $"{UserCore}",
                Arguments: "fat=/disk0p1"
            ),
            Repository.DiskCoreModule("0"),
            Repository.DiskDriverModule("1"),
            Repository.DeviceManagerModule($"disk={DiskDriver.Devices}"),
            Repository.MonitorModule
        );
        _machine = await TestMachine.BootAsync(
            "disks",
            image,
            options =>
                options with
                {
                    Cores = Cores,
                    Memory = 1024,
                    Disks =
                    [
                        new MachineDisk(_disk.Path),
                        DamagedDisk(),
                        new MachineDisk(_last.Path, DiskKind.Ata),
                    ],
                    ExtraArguments = ParkingTrace.Arguments,
                }
        );
        _watch = new InstanceWatch(_machine, Limit);
        _shell = new ShellSession(_machine);
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        await _machine.DisposeAsync();
        _disk.Dispose();
        _damaged.Dispose();
        _last.Dispose();
    }

    [Test, Order(1)]
    public Task WhatMtoolsWroteIsReadByHash() => RecordAsync("tree");

    [Test, Order(1)]
    public Task ATreeIsWritten() => RecordAsync("made");

    [Test, Order(1)]
    public Task AReadErrorIsAnIOExceptionAndTheRestGoesOn() => RecordAsync("damaged");

    [Test, Order(2)]
    public Task SystemIO([ValueSource(nameof(FileCases))] string name) =>
        _watch.AssertRecordAsync($"file-user.fat.{name}", UserCore);

    /// <summary>While the driver dies and lives again, and the machine is looked at as if its power had failed.</summary>
    [Test, Order(3)]
    public async Task TheDriverDiesInTheMiddleOfCalls()
    {
        await _machine.ExpectAsync(EnduranceBegins(), Patience, CancellationToken.None);
        for (var death = 1; death <= Deaths; death++)
        {
            for (var look = 0; look < LooksBetweenDeaths; look++)
            {
                // At moments that nothing of the machine has a hand in.
                await Task.Delay(Random.Shared.Next(50, 500));
                _plugged.Add(_machine.WhileFrozen(_disk.Copy));
            }

            await RunAsync("crash 1/disk exit", null);
            var ends = await _watch.EndsOfAsync("disk", 1, death);
            Assert.That(ends[^1].Text, Does.Contain("starts again"));
        }

        await RunAsync("write /tmp/stop", 0);
        await RecordAsync("endurance");
    }

    [Test, Order(4)]
    public async Task APulledPlugLeavesAtMostLostClusters()
    {
        Assert.That(_plugged, Has.Count.EqualTo(Deaths * LooksBetweenDeaths));
        for (var number = 0; number < _plugged.Count; number++)
        {
            _disk.CheckAfterCrash(_plugged[number], $"look {number}");
        }

        // What nobody was changing is all there.
        var volume = await FatVolume.MountAsync(new RamDisk("plugged", _plugged[^1]));
        var found = await Trees.OfAsync(volume);
        foreach (var (path, mark) in _tree)
        {
            Assert.That(found.GetValueOrDefault($"/{KnownTree.Directory}{path}"), Is.EqualTo(mark));
        }
    }

    [Test, Order(5)]
    public async Task TheShellWorksOnIt()
    {
        await RunAsync("df", 0, "fat32", "/disk0p1", "fat16", "/disk1", "fat12", "/disk2-1p1");
        await RunAsync("write /disk0p1/words.txt some words", 0);
        await RunAsync("cp /disk0p1/words.txt /disk1; cp /disk1/words.txt /disk2-1p1", 0);
        await RunAsync("cat /disk1/words.txt", 0, "some words");
        await RunAsync("ls /disk1", 0, "words.txt", DamagedFile.Name);
        // Virtio and NVMe, and the SATA controller.
        var devices = await RunAsync("devices", 0);
        Assert.That(Regex.Count(devices, @"disk on core 1 +MSI-X\r?\n"), Is.EqualTo(2));
        Assert.That(Regex.Count(devices, @"disk on core 1 +MSI\r?\n"), Is.EqualTo(1));
        // The boot medium, in its drive at the SATA controller.
        await RunAsync("ls /disk2-0/boot/grub", 0, "grub.cfg");
    }

    /// <summary>Switched off, not killed: what was written is on the disks, they are in order, and have heard before.</summary>
    [Test, Order(6)]
    public async Task AfterwardsMtoolsReadsWhatWasWritten()
    {
        await _watch.EndOfAsync("disk-user", UserCore);
        await _watch.EndOfAsync("file-user", UserCore);
        // What waits in memory when the power is to go: the write-back has not come yet.
        await RunAsync("write /disk2-1p1/last.txt the very last words", 0);
        await _machine.SendAsync("shutdown\r");
        Assert.That(await _machine.Exited.WaitAsync(Limit), Is.Zero);
        Assert.That(ParkingTrace.HasNvmeHeard(_machine), Is.True);
        Assert.That(ParkingTrace.HasAtaHeard(_machine), Is.True);
        _disk.CheckIsClean();
        _damaged.CheckIsClean();
        _last.CheckIsClean();
        var made = MadeTree
            .Entries()
            .ToDictionary(
                entry => entry.Path,
                entry =>
                    entry.Contents is { } contents
                        ? KnownTree.MarkOf(contents)
                        : KnownTree.DirectoryMark
            );
        Assert.That(Trees.OfHost(_disk.Extract(MadeTree.Directory)), Is.EquivalentTo(made));
        Assert.That(Trees.OfHost(_disk.Extract(KnownTree.Directory)), Is.EquivalentTo(_tree));
        Assert.That(File.ReadAllText(_damaged.Extract("words.txt")), Is.EqualTo("some words\n"));
        Assert.That(File.ReadAllText(_last.Extract("words.txt")), Is.EqualTo("some words\n"));
        Assert.That(
            File.ReadAllText(_last.Extract("last.txt")),
            Is.EqualTo("the very last words\n")
        );
    }

    [Test, Order(7)]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);

    private Task RecordAsync(string name) =>
        _watch.AssertRecordAsync($"disk-user.{name}", UserCore);

    private Task<string> RunAsync(string command, int? status, params string[] says) =>
        TestShell.RunAsync(_machine, _shell, command, status, says);

    private void FillDisk()
    {
        var folder = _disk.Folder("in");
        var tree = Directory.CreateDirectory(Path.Combine(folder, KnownTree.Directory)).FullName;
        _tree = Trees.Make(tree, TreeSeed, TreeFiles, largest: 60_000);
        File.WriteAllLines(
            Path.Combine(folder, KnownTree.List),
            _tree.Select(entry => $"{entry.Key}\t{entry.Value}")
        );
        _disk.Add(folder);
    }

    // One sector in the middle of a file cannot be read (QEMU's blkdebug).
    private MachineDisk DamagedDisk()
    {
        var folder = _damaged.Folder("in");
        foreach (var name in (string[])["before.bin", DamagedFile.Name, "behind.bin"])
        {
            File.WriteAllBytes(Path.Combine(folder, name), DamagedFile.ContentsOf(name));
        }

        _damaged.Add(folder);
        var contents = DamagedFile.ContentsOf(DamagedFile.Name).AsSpan();
        var sector = _damaged.SectorOf(contents.Slice(DamagedFile.DamagedAt, 512));
        return new MachineDisk(_damaged.Path, DiskKind.Nvme)
        {
            Backend = TestDisk.BackendThatCannotRead(_damaged.Path, sector),
        };
    }

    [GeneratedRegex(@"\[2 disk-user\] endurance begins")]
    private static partial Regex EnduranceBegins();
}

using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Partitions;
using Cosmos.Multikernel.Tests.Host.FileSystems;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Disk;

/// <summary>Tables that sfdisk and sgdisk made, and damaged ones.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class PartitionTests
{
    private const int Megabytes = 16;
    private static byte[] boot = [];
    private static byte[] guid = [];

    [OneTimeSetUp]
    public void MakeTables()
    {
        boot = Make(
            "sfdisk",
            "label: dos\nstart=2048,size=4096,type=c,bootable\nsize=2048,type=83\nsize=1024,type=83\nsize=20000,type=5\nsize=2048,type=83\nsize=3000,type=7\n"
        );
        using ScratchDirectory scratch = new();
        string path = scratch.File("gpt.img");
        File.WriteAllBytes(path, new byte[Megabytes << 20]);
        HostTool.Run(
            "sgdisk",
            "-n",
            "1:2048:6143",
            "-t",
            "1:ef00",
            "-c",
            "1:boot part",
            "-n",
            "3:8192:0",
            "-c",
            "3:größer",
            path
        );
        guid = File.ReadAllBytes(path);
    }

    [Test]
    public async Task BootRecordWithLogicalPartitions()
    {
        PartitionTable table = await ReadAsync(boot);
        Assert.That(table.Scheme, Is.EqualTo(PartitionScheme.Mbr));
        Assert.That(
            table.Partitions.Select(part => part.Number),
            Is.EqualTo(new[] { 1, 2, 3, 5, 6 })
        );
        Assert.That(table.Partitions[0], Is.EqualTo(new Partition(1, 2048, 4096, 0x0C)));
        Assert.That(table.Partitions[3].BlockCount, Is.EqualTo(2048));
        Assert.That(table.Partitions[4].BlockCount, Is.EqualTo(3000));
        Assert.That(table.Partitions[4].MbrType, Is.EqualTo(7));
    }

    [Test]
    public async Task GuidTable()
    {
        PartitionTable table = await ReadAsync(guid);
        Assert.That(table.Scheme, Is.EqualTo(PartitionScheme.Gpt));
        Assert.That(table.Warnings, Is.Empty);
        Assert.That(table.Partitions.Select(part => part.Number), Is.EqualTo(new[] { 1, 3 }));
        Assert.That(table.Partitions[0].FirstBlock, Is.EqualTo(2048));
        Assert.That(table.Partitions[0].BlockCount, Is.EqualTo(4096));
        Assert.That(table.Partitions[0].Name, Is.EqualTo("boot part"));
        Assert.That(
            table.Partitions[0].GptType,
            Is.EqualTo(new Guid("C12A7328-F81F-11D2-BA4B-00A0C93EC93B"))
        );
        Assert.That(table.Partitions[1].Name, Is.EqualTo("größer"));
    }

    [Test]
    public async Task TheCopyServesWhenTheFirstHeaderIsDamaged()
    {
        IReadOnlyList<Partition> whole = (await ReadAsync(guid)).Partitions;
        foreach (int at in new[] { 512, 512 + 16, 512 + 40, 512 + 72, 1024, 1024 + 60 })
        {
            byte[] damaged = [.. guid];
            damaged[at] ^= 0x55;
            PartitionTable table = await ReadAsync(damaged);
            Assert.That(table.Partitions, Is.EqualTo(whole));
            Assert.That(table.Warnings, Has.Count.EqualTo(1));
        }
    }

    [Test]
    public async Task ADamagedCopyIsAWarning()
    {
        byte[] damaged = [.. guid];
        damaged[^512] ^= 1;
        PartitionTable table = await ReadAsync(damaged);
        Assert.That(table.Partitions, Has.Count.EqualTo(2));
        Assert.That(table.Warnings.Single(), Does.Contain("no header"));
    }

    [Test]
    public void BothHeadersDamagedIsAnError()
    {
        byte[] damaged = [.. guid];
        damaged[512 + 56] ^= 1;
        damaged[^480] ^= 1;
        PartitionTableException error = Assert.ThrowsAsync<PartitionTableException>(async () =>
            await ReadAsync(damaged)
        );
        Assert.That(error.Message, Does.Contain("disk").And.Contain("CRC"));
    }

    [Test]
    public void DamagedBootRecordsAreErrors()
    {
        // Beyond the disk; into another; a chain that leads to itself; one that leads to nothing.
        byte[] beyond = Changed(446 + 12, uint.MaxValue);
        byte[] overlapping = Changed(446 + 16 + 8, 2100);
        Assert.That(Error(beyond), Does.Contain("do not lie within"));
        Assert.That(Error(overlapping), Does.Contain("overlap"));
        uint extended = BinaryPrimitives.ReadUInt32LittleEndian(boot.AsSpan(446 + 48 + 8));
        byte[] looping = [.. boot];
        int second = (int)extended * 512 + 446 + 16;
        looping.AsSpan(second + 8, 4).Clear();
        Assert.That(Error(looping), Does.Contain("comes back"));
        byte[] nothing = [.. boot];
        nothing.AsSpan((int)extended * 512 + 510, 2).Clear();
        Assert.That(Error(nothing), Does.Contain("holds no table"));
    }

    [Test]
    public async Task AnUndividedDiskIsOnePartition()
    {
        PartitionTable empty = await ReadAsync(new byte[1 << 20]);
        Assert.That(empty.Scheme, Is.EqualTo(PartitionScheme.None));
        Assert.That(empty.Partitions.Single(), Is.EqualTo(new Partition(0, 0, 2048)));
        using FileSystems.Fat.FatImage image = new(FileSystems.Fat.FatShape.All[0]);
        PartitionTable floppy = await ReadAsync(image.Bytes);
        Assert.That(floppy.Scheme, Is.EqualTo(PartitionScheme.None));
        Assert.That(floppy.Partitions, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task RandomDamageIsNeverTakenForAnythingOutsideTheDisk()
    {
        foreach (byte[] valid in new[] { boot, guid })
        {
            Random random = new(4);
            byte[] damaged = [.. valid];
            for (int i = 0; i < 300; i++)
            {
                valid.AsSpan(0, 4096).CopyTo(damaged);
                for (int change = random.Next(1, 6); change > 0; change--)
                {
                    damaged[random.Next(random.Next(2) == 0 ? 512 : 2048)] = (byte)random.Next(256);
                }
                try
                {
                    PartitionTable table = await ReadAsync(damaged);
                    Assert.That(
                        table.Partitions.All(part =>
                            part.FirstBlock >= 0
                            && part.FirstBlock + part.BlockCount <= valid.Length / 512
                        )
                    );
                }
                catch (PartitionTableException exception)
                {
                    Assert.That(exception.Message, Does.StartWith("disk: "));
                }
            }
        }
    }

    [Test]
    public async Task APartitionReachesItsOwnBlocksOnly()
    {
        RamDisk disk = new("disk", boot.ToArray());
        Partition partition = (await PartitionTable.ReadAsync(disk)).Partitions[1];
        PartitionDevice device = new(disk, partition);
        Assert.That(device.Name, Is.EqualTo("diskp2"));
        byte[] block = FileSystems.Fat.FileSystemSteps.RandomBytes(1, 512);
        await device.WriteAsync(device.Geometry.BlockCount - 1, block);
        byte[] read = new byte[512];
        await disk.ReadAsync(partition.FirstBlock + partition.BlockCount - 1, read);
        Assert.That(read, Is.EqualTo(block));
        BlockDeviceException error = Assert.ThrowsAsync<BlockDeviceException>(async () =>
            await device.ReadAsync(device.Geometry.BlockCount, read)
        );
        Assert.That(error.Error, Is.EqualTo(BlockError.OutOfRange));
    }

    private static byte[] Make(string program, string script)
    {
        using ScratchDirectory scratch = new();
        string path = scratch.File("table.img");
        File.WriteAllBytes(path, new byte[Megabytes << 20]);
        File.WriteAllText(scratch.File("script"), script);
        HostTool.Run("sh", "-c", $"/usr/sbin/{program} '{path}' < '{scratch.File("script")}'");
        return File.ReadAllBytes(path);
    }

    private static byte[] Changed(int at, uint value)
    {
        byte[] bytes = [.. boot];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        return bytes;
    }

    private static ValueTask<PartitionTable> ReadAsync(byte[] bytes) =>
        PartitionTable.ReadAsync(new RamDisk("disk", bytes));

    private static string Error(byte[] bytes) =>
        Assert.ThrowsAsync<PartitionTableException>(async () => await ReadAsync(bytes))!.Message;
}

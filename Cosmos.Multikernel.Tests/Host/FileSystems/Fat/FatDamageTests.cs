using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Files;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>Volumes that cannot be right: errors that name the thing, in bounded time and memory.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class FatDamageTests
{
    private const int Cluster = 512;

    private FatImage image = null!;
    private FatParameters layout = null!;

    [SetUp]
    public async Task MakeVolume()
    {
        image = new FatImage(new FatShape("damage", 2400, "-F 16 -s 1 -r 112"));
        FatVolume volume = await image.MountAsync();
        layout = volume.Parameters;
        await volume.WriteFileAsync("/file", FileSystemSteps.RandomBytes(1, 10 * Cluster));
        await volume.MakeDirectoryAsync("/dir");
        await volume.MakeDirectoryAsync("/dir/inner");
        await volume.WriteFileAsync("/dir/other", FileSystemSteps.RandomBytes(2, 4 * Cluster));
        await volume.UnmountAsync();
    }

    [TearDown]
    public void RemoveVolume() => image.Dispose();

    [TestCase(510, 0, "signature")]
    [TestCase(11, 0x0300, "sectors of 768 bytes")]
    [TestCase(13, 3, "clusters of 3 sectors")]
    [TestCase(14, 0, "reserved")]
    [TestCase(16, 0, "file allocation table")]
    [TestCase(17, 5, "root entries")]
    [TestCase(21, 0x12, "media byte 12")]
    [TestCase(22, 3, "clusters, but a file allocation table")]
    [TestCase(19, 0xFFFF, "cut short")]
    [TestCase(19, 20, "no room for data")]
    public void BootSectorsThatCannotBe(int at, int value, string reason)
    {
        bool isByte = at is 13 or 16 or 21;
        if (isByte)
        {
            image.Bytes[at] = (byte)value;
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(image.Bytes.AsSpan(at), (ushort)value);
        }
        FileSystemException error = Assert.ThrowsAsync<FileSystemException>(async () =>
            await image.MountAsync()
        )!;
        Assert.That(error.Error, Is.EqualTo(FileError.Invalid));
        Assert.That(error.Message, Does.StartWith("disk: ").And.Contain(reason));
    }

    [TestCase(3, "comes back")]
    [TestCase(0, "free cluster")]
    [TestCase(0xFFF7, "marked bad")]
    [TestCase(0xEEEE, "cluster 61166")]
    [TestCase(0xFFFF, "ends after")]
    public async Task ChainsThatCannotBe(int value, string reason)
    {
        // The file has the clusters 2 to 11.
        SetEntry(6, (ushort)value);
        FatVolume volume = await image.MountAsync();
        FileNode file = await volume.FindAsync("/file");
        FileSystemException error = Assert.ThrowsAsync<FileSystemException>(async () =>
            await Trees.ReadAllAsync(volume, file)
        )!;
        Assert.That(error.Error, Is.EqualTo(FileError.InputOutput));
        Assert.That(error.Message, Does.Contain("/file").And.Contain(reason));
        Assert.That(
            await volume.ReadAsync(file, 0, new byte[4 * Cluster]),
            Is.EqualTo(4 * Cluster)
        );
        Assert.That(
            await Trees.ReadAllAsync(volume, await volume.FindAsync("/dir/other")),
            Has.Length.EqualTo(4 * Cluster)
        );
        if (value != 0xFFFF)
        {
            Assert.ThrowsAsync<FileSystemException>(async () =>
                await volume.RemoveAsync("/file", false)
            );
            Assert.That(await volume.LookupAsync(volume.Root, "file"), Is.Not.Null);
        }
    }

    [Test]
    public async Task ChainsThatCrossAreReadAndFoundOutWhenOneIsRemoved()
    {
        FatVolume volume = await image.MountAsync();
        uint shared = ((FatNode)await volume.FindAsync("/dir/other")).FirstCluster;
        SetEntry(6, (ushort)shared);
        volume = await image.MountAsync();
        FileNode file = await volume.FindAsync("/file");
        Assert.That(
            await volume.ReadAsync(file, 0, new byte[9 * Cluster]),
            Is.EqualTo(9 * Cluster)
        );
        await volume.RemoveAsync("/dir/other", false);
        await volume.SyncAsync();
        volume = await image.MountAsync();
        file = await volume.FindAsync("/file");
        FileSystemException error = Assert.ThrowsAsync<FileSystemException>(async () =>
            await Trees.ReadAllAsync(volume, file)
        )!;
        Assert.That(error.Message, Does.Contain("/file").And.Contain("free cluster"));
    }

    [Test]
    public async Task ADirectoryInsideItselfIsFoundOut()
    {
        FatVolume volume = await image.MountAsync();
        ushort outer = (ushort)((FatNode)await volume.FindAsync("/dir")).FirstCluster;
        long entry = layout.PositionOf(outer) + 2 * FatParameters.EntrySize;
        BinaryPrimitives.WriteUInt16LittleEndian(image.Bytes.AsSpan((int)entry + 26), outer);
        volume = await image.MountAsync();
        FileSystemException error = Assert.ThrowsAsync<FileSystemException>(async () =>
            await volume.FindAsync("/dir/inner")
        )!;
        Assert.That(error.Error, Is.EqualTo(FileError.InputOutput));
        Assert.That(error.Message, Does.Contain("/dir/inner").And.Contain("leads back to /dir"));
    }

    [Test]
    public async Task AFailingDeviceIsAnErrorAndTheVolumeTakesNoMoreChanges()
    {
        FailingDisk disk = new(image.Bytes);
        FatVolume volume = await FatVolume.MountAsync(disk);
        await volume.WriteFileAsync("/before", new byte[100]);
        disk.Fails = true;
        FileSystemException error = Assert.ThrowsAsync<FileSystemException>(async () =>
            await volume.SyncAsync()
        )!;
        Assert.That(error.Error, Is.EqualTo(FileError.InputOutput));
        disk.Fails = false;
        error = Assert.ThrowsAsync<FileSystemException>(async () =>
            await volume.WriteFileAsync("/after", new byte[100])
        )!;
        Assert.That(error.Message, Does.Contain("mounted again"));
        Assert.That(
            await Trees.ReadAllAsync(volume, await volume.FindAsync("/file")),
            Has.Length.EqualTo(10 * Cluster)
        );
    }

    [Test]
    public async Task RandomDamageIsReadOrRefused()
    {
        byte[] whole = [.. image.Bytes];
        int tables = (int)layout.DataPosition + 40 * Cluster;
        int errors = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            whole.CopyTo(image.Bytes, 0);
            for (int change = random.Next(1, 60); change > 0; change--)
            {
                image.Bytes[random.Next(seed % 4 == 0 ? 64 : 512, tables)] = (byte)random.Next(256);
            }
            try
            {
                FatVolume volume = await image.MountAsync();
                await ReadAllAsync(volume, volume.Root, 0);
                await volume.WriteFileAsync("/new file of this test", new byte[3000]);
                await volume.UnmountAsync();
            }
            catch (FileSystemException exception)
            {
                Assert.That(exception.Message, Does.StartWith("disk: "));
                errors++;
            }
        }
        Assert.That(errors, Is.GreaterThan(5).And.LessThan(200));
    }

    [Test]
    public async Task EveryTruncationOfTheVolumeIsRefused()
    {
        for (int blocks = 0; blocks < image.Bytes.Length / 512; blocks += 97)
        {
            RamDisk disk = new("disk", image.Bytes.AsMemory(0, blocks * 512));
            FileSystemException error = Assert.ThrowsAsync<FileSystemException>(async () =>
                await FatVolume.MountAsync(disk)
            )!;
            Assert.That(error.Error, Is.EqualTo(FileError.Invalid));
        }
        await Task.CompletedTask;
    }

    // All that can be read; what cannot is an error of its own, and the rest is read on.
    private static async Task ReadAllAsync(FatVolume volume, FileNode directory, int depth)
    {
        Assert.That(depth, Is.LessThan(20));
        foreach (DirectoryItem item in await Trees.ListAsync(volume, directory))
        {
            FileNode? node = await volume.LookupAsync(directory, item.Name);
            if (node is { IsDirectory: true })
            {
                await ReadAllAsync(volume, node, depth + 1);
            }
            else if (node is not null)
            {
                await volume.ReadAsync(node, 0, new byte[100_000]);
            }
        }
    }

    private void SetEntry(int cluster, ushort value)
    {
        for (int copy = 0; copy < layout.FatCount; copy++)
        {
            long at = layout.FatPosition + copy * layout.FatLength + cluster * 2;
            BinaryPrimitives.WriteUInt16LittleEndian(image.Bytes.AsSpan((int)at), value);
        }
    }

    /// <summary>A disk whose writes fail when it is told so.</summary>
    private sealed class FailingDisk(byte[] contents) : BlockDevice
    {
        public bool Fails { get; set; }

        public override string Name => "failing";

        public override BlockGeometry Geometry { get; } = new(contents.Length / 512, 512);

        public override ValueTask FlushAsync(CancellationToken cancellation = default) =>
            ValueTask.CompletedTask;

        protected override ValueTask ReadBlocksAsync(
            long block,
            Memory<byte> into,
            CancellationToken cancellation
        )
        {
            contents.AsMemory((int)block * 512, into.Length).CopyTo(into);
            return ValueTask.CompletedTask;
        }

        protected override ValueTask WriteBlocksAsync(
            long block,
            ReadOnlyMemory<byte> from,
            WriteOptions options,
            CancellationToken cancellation
        )
        {
            if (Fails)
            {
                throw new BlockDeviceException(BlockError.MediaError, $"{Name}: block {block}.");
            }
            from.CopyTo(contents.AsMemory((int)block * 512));
            return ValueTask.CompletedTask;
        }
    }
}

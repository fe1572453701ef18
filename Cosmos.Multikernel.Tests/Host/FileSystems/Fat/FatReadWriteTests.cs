using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Files;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>Volumes that others made, read by us; volumes that we wrote, read and checked by others.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class FatReadWriteTests
{
    private static int Largest(FatShape shape) => shape.Kilobytes < 3000 ? 20_000 : 90_000;

    private static IEnumerable<FatShape> ForMtools =>
        FatShape.All.Where(shape => shape.IsForMtools);

    [TestCaseSource(nameof(ForMtools))]
    public async Task WhatMtoolsWroteIsReadBack(FatShape shape)
    {
        using FatImage image = new(shape);
        string folder = image.Folder("in");
        Dictionary<string, string> tree = Trees.Make(folder, 11, 60, Largest(shape));
        image.Fill(folder);
        FatVolume volume = await image.MountAsync();
        Assert.That(await Trees.OfAsync(volume), Is.EqualTo(tree));
        Assert.That(
            volume.Type,
            Is.EqualTo(
                shape.Options.Contains("-F 12") ? "fat12"
                : shape.Options.Contains("-F 16") ? "fat16"
                : "fat32"
            )
        );
    }

    [TestCaseSource(typeof(FatShape), nameof(FatShape.All))]
    public async Task WhatWeWroteIsReadByMtoolsAndIsCleanForFsck(FatShape shape)
    {
        using FatImage image = new(shape);
        string folder = image.Folder("in");
        Dictionary<string, string> tree = Trees.Make(folder, 12, 60, Largest(shape));
        FatVolume volume = await image.MountAsync();
        foreach ((string path, string hash) in tree)
        {
            if (hash == "dir")
            {
                await volume.MakeDirectoryAsync(path);
            }
            else
            {
                await volume.WriteFileAsync(path, File.ReadAllBytes(folder + path));
            }
        }
        Assert.That(await Trees.OfAsync(volume), Is.EqualTo(tree));
        await volume.UnmountAsync();
        image.Check();
        if (shape.IsForMtools)
        {
            string extracted = image.Folder("out");
            image.Extract(extracted);
            Assert.That(Trees.OfHost(extracted), Is.EqualTo(tree));
        }
        Assert.That(await Trees.OfAsync(await image.MountAsync()), Is.EqualTo(tree));
    }

    [TestCaseSource(typeof(FatShape), nameof(FatShape.All))]
    public async Task WhatIsRemovedIsFreeAgain(FatShape shape)
    {
        using FatImage image = new(shape);
        FatVolume volume = await image.MountAsync();
        long free = (await volume.GetSpaceAsync()).FreeBlocks;
        for (int round = 0; round < 3; round++)
        {
            await volume.MakeDirectoryAsync("/directory with a long name");
            for (int i = 0; i < 20; i++)
            {
                await volume.WriteFileAsync(
                    $"/directory with a long name/file number {i}",
                    FileSystemSteps.RandomBytes(i, i * 1000)
                );
            }
            for (int i = 0; i < 20; i++)
            {
                await volume.RemoveAsync($"/directory with a long name/file number {i}", false);
            }
            await volume.RemoveAsync("/directory with a long name", true);
        }
        await volume.SyncAsync();
        Assert.That((await volume.GetSpaceAsync()).FreeBlocks, Is.EqualTo(free));
        await volume.UnmountAsync();
        image.Check();
        FatVolume again = await image.MountAsync();
        Assert.That(again.WasDirty, Is.False);
        Assert.That((await again.GetSpaceAsync()).FreeBlocks, Is.EqualTo(free));
    }

    /// <summary>Clusters in use and in all are those that fsck.fat counts.</summary>
    [TestCaseSource(typeof(FatShape), nameof(FatShape.All))]
    public async Task SpaceIsWhatFsckCounts(FatShape shape)
    {
        using FatImage image = new(shape);
        FatVolume volume = await image.MountAsync();
        await volume.MakeDirectoryAsync("/directory");
        await volume.WriteFileAsync("/directory/file", FileSystemSteps.RandomBytes(1, 100_001));
        await volume.WriteFileAsync("/empty", Array.Empty<byte>());
        FileSystemStatus space = await volume.GetSpaceAsync();
        await volume.UnmountAsync();
        image.Save();
        string said = HostTool.Run("fsck.fat", "-n", "-v", image.Path);
        Assert.That(
            said,
            Does.Match(
                // A label counts as a file.
                $@": [34] files, {space.TotalBlocks - space.FreeBlocks}/{space.TotalBlocks} clusters"
            )
        );
        Assert.That(said, Does.Contain($"{space.BlockSize} bytes per cluster"));
    }

    [Test]
    public async Task LabelsAreFound()
    {
        foreach (FatShape shape in FatShape.All.Where(shape => shape.Options.Contains("-n ")))
        {
            using FatImage image = new(shape);
            FatVolume volume = await image.MountAsync();
            string label = shape.Options.Split("-n ")[1];
            Assert.That(await volume.GetLabelAsync(), Is.EqualTo(label));
            Assert.That(await Trees.OfAsync(volume), Is.Empty);
        }
    }

    [Test]
    public async Task TheVolumeIsMarkedWhileItIsInUse()
    {
        foreach (FatShape shape in FatShape.All.Where(shape => shape.Kilobytes < 10_000))
        {
            using FatImage image = new(shape);
            FatVolume volume = await image.MountAsync();
            Assert.That(volume.WasDirty, Is.False);
            await volume.WriteFileAsync("/a", new byte[10]);
            await volume.SyncAsync(isWhole: false);
            image.Save();
            (int status, string output) = HostTool.Try("fsck.fat", "-n", image.Path);
            Assert.That(status, Is.Not.Zero);
            Assert.That(output, Does.Contain("Dirty bit is set"));
            FatVolume second = await image.MountAsync();
            Assert.That(second.WasDirty, Is.True);
            // All is on the medium: in order again, until the next change.
            await volume.SyncAsync();
            image.Check();
            await volume.WriteFileAsync("/b", new byte[10]);
            await volume.SyncAsync(isWhole: false);
            image.Save();
            Assert.That(HostTool.Try("fsck.fat", "-n", image.Path).Status, Is.Not.Zero);
            await volume.UnmountAsync();
            image.Check();
        }
    }

    /// <summary>
    /// What was cut off a file is linked to it until the next commit. A file whose node the collector has taken meanwhile, and that is
    /// followed anew, must not lead there: those clusters are about to become free.
    /// </summary>
    [Test]
    public async Task AFileThatWasCutAndForgottenDoesNotGrowIntoWhatIsGivenBack()
    {
        foreach (FatShape shape in FatShape.All.Where(shape => shape.Kilobytes < 10_000))
        {
            using FatImage image = new(shape);
            FatVolume volume = await image.MountAsync();
            byte[] contents = FileSystemSteps.RandomBytes(1, 60_000);
            await volume.WriteFileAsync("/cut", contents);
            await volume.SyncAsync();
            await CutAsync(volume, 20_000);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            byte[] more = FileSystemSteps.RandomBytes(2, 30_000);
            await volume.WriteAsync(await volume.FindAsync("/cut"), 20_000, more);
            // What the cut gave back goes to others.
            await volume.SyncAsync();
            await volume.WriteFileAsync("/other", FileSystemSteps.RandomBytes(3, 300_000));
            await volume.UnmountAsync();
            image.Check();
            FatVolume again = await image.MountAsync();
            byte[] read = new byte[60_000];
            int count = await again.ReadAsync(await again.FindAsync("/cut"), 0, read);
            Assert.That(
                read.AsSpan(0, count).SequenceEqual((byte[])[.. contents[..20_000], .. more]),
                Is.True,
                shape.Name
            );
        }
    }

    // Nobody holds the node when this has returned.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task CutAsync(FatVolume volume, long length) =>
        Task.Run(async () => await volume.SetLengthAsync(await volume.FindAsync("/cut"), length));

    [Test]
    public async Task NothingIsWrittenWhereNothingChanges()
    {
        using FatImage image = new(FatShape.All[5]);
        byte[] before = [.. image.Bytes];
        FatVolume volume = await image.MountAsync();
        await Trees.OfAsync(volume);
        await volume.GetSpaceAsync();
        await volume.SyncAsync();
        await volume.UnmountAsync();
        Assert.That(image.Bytes, Is.EqualTo(before));
    }

    [TestCase(2048)]
    [TestCase(4096)]
    public async Task BlocksAsLargeAsSectorsServe(int blockSize)
    {
        FatShape shape = FatShape.All.First(shape => shape.Options.Contains($"-S {blockSize}"));
        using FatImage image = new(shape);
        FatVolume volume = await FatVolume.MountAsync(image.Disk(blockSize));
        await volume.WriteFileAsync("/a file", FileSystemSteps.RandomBytes(1, 70_000));
        await volume.UnmountAsync();
        image.Check();
    }

    [Test]
    public async Task LargerBlocksThanSectorsAreRefused()
    {
        using FatImage image = new(FatShape.All[3]);
        FileSystemException refused = Assert.ThrowsAsync<FileSystemException>(async () =>
            await FatVolume.MountAsync(image.Disk(4096))
        );
        Assert.That(refused.Error, Is.EqualTo(FileError.Invalid));
        Assert.That(refused.Message, Does.Contain("512").And.Contain("4096"));
        await Task.CompletedTask;
    }
}

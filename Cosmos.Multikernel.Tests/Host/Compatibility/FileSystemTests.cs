using Cosmos.System.FileSystem;
using Cosmos.System.FileSystem.Listing;
using Cosmos.System.FileSystem.VFS;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>Cosmos's file system over a folder of this machine, as hosted.</summary>
[NonParallelizable]
public sealed class FileSystemTests
{
    private readonly CosmosVFS fs = new();
    private DirectoryInfo folder = null!;

    [SetUp]
    public void Begin()
    {
        folder = Directory.CreateTempSubdirectory("cosmos-drive");
        Drive.Folder = folder.FullName;
        VFSManager.RegisterVFS(fs, aShowInfo: false, aAllowReinitialise: true);
    }

    [TearDown]
    public void End() => folder.Delete(recursive: true);

    [Test]
    public void FilesAreMadeListedAndRemoved()
    {
        DirectoryEntry made = VFSManager.CreateFile(@"0:\folder\b.txt");
        Assert.That(made.mFullPath, Is.EqualTo(@"0:\folder\b.txt"));
        Assert.That(made.mParent!.mFullPath, Is.EqualTo(@"0:\folder"));
        using (Stream stream = made.GetFileStream())
        {
            stream.Write("hello"u8);
        }
        fs.CreateDirectory(@"0:\folder\a");
        Assert.That(
            VFSManager
                .GetDirectoryListing(@"0:\folder\")
                .Select(entry => (entry.mName, entry.mEntryType, entry.mSize)),
            Is.EqualTo(
                new[]
                {
                    ("a", DirectoryEntryTypeEnum.Directory, 0L),
                    ("b.txt", DirectoryEntryTypeEnum.File, 5L),
                }
            )
        );
        Assert.That(VFSManager.GetDirectory(@"0:\folder")!.GetUsedSpace(), Is.EqualTo(5));
        Assert.That(VFSManager.FileExists(@"0:\folder\b.txt"), Is.True);
        Assert.That(VFSManager.FileExists(@"0:\folder"), Is.False);
        Assert.That(VFSManager.DirectoryExists(@"0:\folder"), Is.True);
        Assert.That(
            VFSManager.GetDirectory(@"0:\folder\a\")!.mParent!.mFullPath,
            Is.EqualTo(made.mParent.mFullPath)
        );
        Assert.That(VFSManager.GetDirectory(@"0:\")!.mParent, Is.Null);
        Assert.That(
            () => VFSManager.DeleteDirectory(@"0:\folder", recursive: false),
            Throws.InstanceOf<IOException>().With.Message.Contains("not empty")
        );
        VFSManager.DeleteDirectory(@"0:\folder", recursive: true);
        Assert.That(VFSManager.GetDirectoryListing(@"0:\"), Is.Empty);
    }

    [Test]
    public void AFileThatIsThereStaysAsItIs()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "kept"), "text");
        Assert.That(VFSManager.CreateFile(@"0:\kept").mSize, Is.EqualTo(4));
    }

    [Test]
    public void AnEntryIsRenamedAndCut()
    {
        DirectoryEntry entry = VFSManager.CreateFile(@"0:\old");
        entry.SetSize(10);
        entry.SetName("new");
        Assert.That(entry.mFullPath, Is.EqualTo(@"0:\new"));
        Assert.That(VFSManager.GetFile(@"0:\new")!.mSize, Is.EqualTo(10));
    }

    [Test]
    public void NothingLeadsOutOfTheDrive()
    {
        VFSManager.CreateFile(@"0:\..\..\inside");
        Assert.That(File.Exists(Path.Combine(folder.FullName, "inside")), Is.True);
    }

    [Test]
    public void TheDriveTellsWhatItIs()
    {
        Assert.That(VFSManager.GetTotalSize(@"0:\"), Is.Positive);
        Assert.That(
            fs.GetAvailableFreeSpace("0"),
            Is.Positive.And.LessThanOrEqualTo(fs.GetTotalSize("0"))
        );
        Assert.That(fs.GetFileSystemType("0:/"), Is.Not.Empty);
        Assert.That(fs.GetFileSystemLabel(@"0:\"), Is.EqualTo(@"0:\"));
        Assert.That(VFSManager.GetVolumes().Single().mName, Is.EqualTo(@"0:\"));
        Assert.That(VFSManager.GetVolumes().Single().mParent, Is.Null);
        Assert.That(
            VFSManager.GetDisks().Single().Partitions.Single().RootPath,
            Is.EqualTo(@"0:\")
        );
        Assert.That(VFSManager.IsValidDriveId(@"1:\"), Is.False);
    }

    [Test]
    public void WhatIsNotThereIsAnError()
    {
        Assert.That(
            () => VFSManager.GetDirectoryListing(@"0:\nowhere"),
            Throws.InstanceOf<DirectoryNotFoundException>()
        );
        Assert.That(
            () => VFSManager.DeleteFile(@"0:\nowhere"),
            Throws.InstanceOf<FileNotFoundException>().With.Message.Contains(@"0:\nowhere")
        );
        Assert.That(
            () => VFSManager.GetFile(@"1:\file"),
            Throws.InstanceOf<DriveNotFoundException>().With.Message.Contains("no drive but 0")
        );
        Assert.That(VFSManager.GetFile(@"0:\nowhere"), Is.Null);
        Assert.That(
            () => fs.Format("0", "FAT32", true),
            Throws.InstanceOf<NotSupportedException>()
        );
        Assert.That(
            () => VFSManager.RegisterVFS(new CosmosVFS()),
            Throws.InstanceOf<InvalidOperationException>()
        );
    }
}

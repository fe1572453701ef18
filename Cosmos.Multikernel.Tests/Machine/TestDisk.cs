using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Disk.Partitions;
using Cosmos.Multikernel.Tests.Host.FileSystems;
using Cosmos.Multikernel.Tests.Host.FileSystems.Fat;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>A disk in a file: made by mkfs.fat, filled and read by mtools, judged by fsck.fat.</summary>
internal sealed class TestDisk : IDisposable
{
    private const int SectorSize = 512;

    // Where the only partition of a divided disk begins, in bytes.
    private const int PartitionStart = 2048 * SectorSize;

    // Room for the copy of a GUID table at the end, and for sfdisk to round.
    private const int TableCopy = 2048 * SectorSize;

    private readonly PartitionScheme scheme;
    private readonly ScratchDirectory scratch = new();

    /// <param name="name">Of its file.</param>
    /// <param name="kilobytes">Of its file system.</param>
    /// <param name="options">What mkfs.fat is told.</param>
    /// <param name="scheme">By what sfdisk makes one partition of it, if at all.</param>
    public TestDisk(
        string name,
        int kilobytes,
        string options,
        PartitionScheme scheme = PartitionScheme.None
    )
    {
        this.scheme = scheme;
        Path = scratch.File(name + ".img");
        using (FileStream file = File.Create(Path))
        {
            file.SetLength(
                Start + ((long)kilobytes << 10) + (scheme == PartitionScheme.Gpt ? TableCopy : 0)
            );
        }
        if (scheme != PartitionScheme.None)
        {
            Divide();
        }
        HostTool.Run(
            "mkfs.fat",
            [.. options.Split(' '), "--offset", $"{Start / SectorSize}", Path, $"{kilobytes}"]
        );
    }

    /// <summary>Its file.</summary>
    public string Path { get; }

    private int Start => scheme == PartitionScheme.None ? 0 : PartitionStart;

    private string Volume => $"{Path}@@{Start}";

    /// <summary>A file of which one sector cannot be read, by QEMU's blkdebug: for <see cref="MachineDisk.Backend"/>.</summary>
    public static string BackendThatCannotRead(string file, long sector) =>
        $"driver=raw,{BlockThatCannotRead($"file.image.driver=file,file.image.filename={file}", sector)}";

    /// <summary>
    /// The same of what is no file but another of QEMU's blocks, whose options begin with <c>file.image.</c>; another sector cannot be written.
    /// </summary>
    public static string BlockThatCannotRead(string image, long sector, long? unwritable = null)
    {
        const string error = "file.inject-error";
        string block =
            $"file.driver=blkdebug,{image},{error}.0.event=read_aio,{error}.0.errno=5,{error}.0.sector={sector}";
        return unwritable is null
            ? block
            : $"{block},{error}.1.event=write_aio,{error}.1.errno=5,{error}.1.sector={unwritable}";
    }

    /// <summary>Copies what is in a directory of the host into the root.</summary>
    public void Add(string folder)
    {
        string[] entries = Directory.GetFileSystemEntries(folder);
        HostTool.Run("mcopy", ["-i", Volume, "-s", "-Q", "-m", "-n", .. entries, "::/"]);
    }

    /// <summary>Writes a file into the root, over one of its name.</summary>
    public void Put(string name, IEnumerable<string> lines)
    {
        string file = scratch.File(name);
        File.WriteAllLines(file, lines);
        HostTool.Run("mcopy", "-i", Volume, "-D", "o", file, "::/");
    }

    /// <summary>Has fsck.fat mend what a pulled plug has left; the disk is not divided.</summary>
    public void Repair() => HostTool.Try("fsck.fat", "-a", Path);

    /// <summary>Copies a directory of the disk, as it is now, to one of the host, which is returned.</summary>
    public string Extract(string directory)
    {
        string folder = Folder($"out-{directory}");
        Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        HostTool.Run("mcopy", ["-i", Volume, "-s", "-Q", "-m", "-n", $"::/{directory}", folder]);
        return global::System.IO.Path.Combine(folder, directory);
    }

    /// <summary>A directory of the host for what is to go in.</summary>
    public string Folder(string name)
    {
        string folder = scratch.File(name);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Where on the disk some contents are, which are in one piece there.</summary>
    public long SectorOf(ReadOnlySpan<byte> contents)
    {
        int at = File.ReadAllBytes(Path).AsSpan().IndexOf(contents);
        Assert.That(at, Is.Not.Negative);
        return at / SectorSize;
    }

    /// <summary>The file system as it is now: what a power failure would leave.</summary>
    public byte[] Copy()
    {
        using FileStream file = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Start;
        byte[] volume = new byte[file.Length - Start];
        file.ReadExactly(volume);
        return volume;
    }

    /// <summary>fsck.fat finds nothing at all.</summary>
    public void CheckIsClean() => FsckFat.AssertClean(FileOf(Copy()));

    /// <summary>fsck.fat finds at most what a pulled plug may leave.</summary>
    public void CheckAfterCrash(byte[] volume, string what) =>
        FsckFat.AssertAtMostPlugged(FileOf(volume), what);

    public void Dispose() => scratch.Dispose();

    private string FileOf(byte[] volume)
    {
        string file = scratch.File("examined.img");
        File.WriteAllBytes(file, volume);
        return file;
    }

    private void Divide()
    {
        string script = scratch.File("script");
        // The types of Windows's file systems (for GPT: "Microsoft basic data").
        string partition =
            scheme == PartitionScheme.Gpt
                ? "label: gpt\ntype=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
                : "label: dos\ntype=c";
        File.WriteAllText(script, $"{partition}, start={PartitionStart / SectorSize}\n");
        HostTool.Run("sh", "-c", $"PATH=$PATH:/usr/sbin:/sbin sfdisk -q {Path} < {script}");
    }
}

using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Files;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>How a volume is made: what mkfs.fat is told, and its size.</summary>
public sealed record FatShape(string Name, int Kilobytes, string Options)
{
    public static readonly FatShape[] All =
    [
        new("floppy", 1440, "-F 12"),
        new("fat12", 4000, "-F 12 -s 4"),
        new("fat12-one-fat", 2000, "-F 12 -s 2 -f 1 -n LABEL"),
        new("fat16", 9000, "-F 16 -s 1 -r 112"),
        new("fat16-large-clusters", 40000, "-F 16 -s 16 -n SIXTEEN"),
        new("fat16-4096", 24000, "-F 16 -S 4096 -s 1"),
        new("fat32", 34000, "-F 32 -s 1"),
        new("fat32-one-fat", 34000, "-F 32 -s 1 -f 1 -n THIRTYTWO"),
        new("fat32-2048", 20000, "-F 32 -S 2048 -s 2"),
        new("fat32-small", 1200, "-F 32 -s 1"),
    ];

    /// <summary>mtools takes FAT32 volumes of fewer than 65525 clusters for FAT16.</summary>
    public bool IsForMtools => !Options.Contains("-F 32") || Kilobytes >= 34000;

    public override string ToString() => Name;
}

/// <summary>A FAT volume in memory, with a file beside it for the host's programs.</summary>
internal sealed class FatImage : IDisposable
{
    private readonly ScratchDirectory scratch = new();

    public FatImage(FatShape shape)
    {
        File.WriteAllBytes(Path, new byte[shape.Kilobytes << 10]);
        HostTool.Run("mkfs.fat", [.. shape.Options.Split(' '), "-i", "12345678", Path]);
        Bytes = File.ReadAllBytes(Path);
    }

    public string Path => scratch.File("volume.img");

    public byte[] Bytes { get; private set; }

    /// <summary>A directory of the host for what is to go in or has come out.</summary>
    public string Folder(string name)
    {
        string folder = scratch.File(name);
        Directory.CreateDirectory(folder);
        return folder;
    }

    public RamDisk Disk(int blockSize = 512) => new("disk", Bytes, blockSize);

    public ValueTask<FatVolume> MountAsync(TimeProvider? clock = null) =>
        FatVolume.MountAsync(Disk(), clock: clock);

    /// <summary>Copies what is in a directory of the host into the volume, by mtools.</summary>
    public void Fill(string folder)
    {
        Save();
        string[] entries = Directory.GetFileSystemEntries(folder);
        HostTool.Run("mcopy", ["-i", Path, "-s", "-Q", "-m", "-n", .. entries, "::/"]);
        Load();
    }

    /// <summary>Copies all that is in the volume to a directory of the host, by mtools.</summary>
    public void Extract(string folder)
    {
        Save();
        if (HostTool.Run("mdir", ["-i", Path, "-b", "::/"]).Trim().Length > 0)
        {
            HostTool.Run("mcopy", ["-i", Path, "-s", "-Q", "-m", "-n", "::/*", folder]);
        }
    }

    /// <summary>What fsck.fat says of the volume; it must find nothing.</summary>
    public void Check()
    {
        Save();
        FsckFat.AssertClean(Path);
    }

    public void Save() => File.WriteAllBytes(Path, Bytes);

    public void Load() => File.ReadAllBytes(Path).CopyTo(Bytes, 0);

    public void Dispose() => scratch.Dispose();
}

internal static class FileSystemSteps
{
    /// <summary>The node of a path of a file system.</summary>
    public static async Task<FileNode> FindAsync(this FileSystem fileSystem, string path)
    {
        FileNode node = fileSystem.Root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node =
                await fileSystem.LookupAsync(node, name)
                ?? throw new InvalidOperationException($"There is no {path}.");
        }
        return node;
    }

    /// <summary>The directory that holds a path's last name.</summary>
    public static Task<FileNode> ParentOfAsync(this FileSystem fileSystem, string path) =>
        fileSystem.FindAsync(path[..path.LastIndexOf('/')]);

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Makes a file with contents, or gives it others.</summary>
    public static async Task<FileNode> WriteFileAsync(
        this FileSystem fileSystem,
        string path,
        ReadOnlyMemory<byte> contents
    )
    {
        FileNode parent = await fileSystem.ParentOfAsync(path);
        FileNode node =
            await fileSystem.LookupAsync(parent, NameOf(path))
            ?? await fileSystem.CreateAsync(parent, NameOf(path), FileKind.Regular);
        await fileSystem.SetLengthAsync(node, 0);
        for (int done = 0; done < contents.Length; )
        {
            int piece = Math.Min(contents.Length - done, 30_011);
            WriteResult result = await fileSystem.WriteAsync(
                node,
                done,
                contents.Slice(done, piece)
            );
            done += result.Count;
        }
        return node;
    }

    public static async Task MakeDirectoryAsync(this FileSystem fileSystem, string path) =>
        await fileSystem.CreateAsync(
            await fileSystem.ParentOfAsync(path),
            NameOf(path),
            FileKind.Directory
        );

    public static async Task RemoveAsync(
        this FileSystem fileSystem,
        string path,
        bool isDirectory
    ) =>
        await fileSystem.RemoveAsync(
            await fileSystem.ParentOfAsync(path),
            NameOf(path),
            isDirectory
        );

    public static async Task RenameAsync(this FileSystem fileSystem, string from, string to) =>
        await fileSystem.RenameAsync(
            await fileSystem.ParentOfAsync(from),
            NameOf(from),
            await fileSystem.ParentOfAsync(to),
            NameOf(to),
            replace: true
        );

    /// <summary>Bytes that a seed decides.</summary>
    public static byte[] RandomBytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Tests.Host.FileSystems.Fat;
using Cosmos.Multikernel.Tests.Instances.Disks;

namespace Cosmos.Multikernel.Tests.Host.FileSystems;

/// <summary>
/// Trees of files, as a dictionary: path to hash of the contents, or to "dir". Made on the host, read from a file system.
/// </summary>
internal static class Trees
{
    private static readonly string[] OddNames =
    [
        "a",
        "README.TXT",
        "readme2.txt",
        "Mixed.Case",
        "no extension at all",
        ".hidden",
        "..two dots",
        "many.dots.in.one.name.tar.gz",
        "plus+comma,semi;equal=[brackets]",
        "grüße aus köln.txt",
        "日本語のファイル名.dat",
        "emoji 😀 name",
        "thirteen-chrs",
        "exactly26charactersinaname",
        "UPPER~1.TXT",
        "space  inside",
        new string('n', 255),
        new string('ü', 120) + ".x",
        "$%'-_@~`!(){}^#&",
    ];

    /// <summary>Makes a random tree on the host.</summary>
    /// <returns>What is in it.</returns>
    public static Dictionary<string, string> Make(
        string directory,
        int seed,
        int files,
        int largest
    )
    {
        Random random = new(seed);
        List<string> directories = [""];
        Dictionary<string, string> tree = [];
        for (int i = 0; i < files; i++)
        {
            string parent = directories[random.Next(directories.Count)];
            string name = i < OddNames.Length ? OddNames[i] : $"file {i} of {files}.bin";
            string path = $"{parent}/{name}";
            if (i % 6 == 5)
            {
                path = $"{parent}/Directory number {i}";
                Directory.CreateDirectory(directory + path);
                directories.Add(path);
                tree[path] = "dir";
                continue;
            }
            byte[] contents = new byte[random.Next(4) == 0 ? 0 : random.Next(largest)];
            random.NextBytes(contents);
            File.WriteAllBytes(directory + path, contents);
            tree[path] = Hash(contents);
        }
        return tree;
    }

    public static string Hash(ReadOnlySpan<byte> contents) => KnownTree.MarkOf(contents);

    /// <summary>What is in a directory of the host.</summary>
    public static Dictionary<string, string> OfHost(string directory) =>
        Directory
            .EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories)
            .ToDictionary(
                path => path[directory.Length..],
                path => Directory.Exists(path) ? "dir" : Hash(File.ReadAllBytes(path))
            );

    /// <summary>The same with the contents themselves, null for a directory.</summary>
    public static Dictionary<string, byte[]?> ContentsOfHost(string directory) =>
        Directory
            .EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories)
            .ToDictionary(
                path => path[directory.Length..],
                path => Directory.Exists(path) ? null : File.ReadAllBytes(path)
            );

    /// <summary>What is in a file system.</summary>
    public static async Task<Dictionary<string, string>> OfAsync(FileSystem fileSystem)
    {
        Dictionary<string, string> tree = [];
        await AddAsync(tree, fileSystem, fileSystem.Root, "");
        return tree;
    }

    /// <summary>The same with the contents themselves, null for a directory; there are no links.</summary>
    public static async Task<Dictionary<string, byte[]?>> ContentsOfAsync(FileSystem fileSystem)
    {
        Dictionary<string, byte[]?> contents = [];
        foreach (string path in (await OfAsync(fileSystem)).Keys)
        {
            FileNode node = await fileSystem.FindAsync(path);
            contents[path] = node.IsDirectory ? null : await ReadAllAsync(fileSystem, node);
        }
        return contents;
    }

    public static async Task<byte[]> ReadAllAsync(FileSystem fileSystem, FileNode node)
    {
        FileStatus status = await fileSystem.GetStatusAsync(node);
        byte[] contents = new byte[status.Length];
        int done = 0;
        while (done < contents.Length)
        {
            // In pieces that divide neither clusters nor blocks.
            int piece = Math.Min(contents.Length - done, 50_001);
            int read = await fileSystem.ReadAsync(node, done, contents.AsMemory(done, piece));
            if (read == 0)
            {
                break;
            }
            done += read;
        }
        return contents[..done];
    }

    /// <summary>All names of a directory, read a few at a time.</summary>
    public static async Task<List<DirectoryItem>> ListAsync(
        FileSystem fileSystem,
        FileNode directory
    )
    {
        List<DirectoryItem> all = [];
        while (true)
        {
            IReadOnlyList<DirectoryItem> some = await fileSystem.ListAsync(
                directory,
                all.Count == 0 ? 0 : all[^1].Next,
                7
            );
            if (some.Count == 0)
            {
                return all;
            }
            all.AddRange(some);
        }
    }

    private static async Task AddAsync(
        Dictionary<string, string> tree,
        FileSystem fileSystem,
        FileNode directory,
        string path
    )
    {
        foreach (DirectoryItem item in await ListAsync(fileSystem, directory))
        {
            string name = $"{path}/{item.Name}";
            FileNode node = (await fileSystem.LookupAsync(directory, item.Name))!;
            if (node.IsDirectory)
            {
                tree[name] = "dir";
                await AddAsync(tree, fileSystem, node, name);
            }
            else if (node.Kind == FileKind.SymbolicLink)
            {
                tree[name] = "link " + await fileSystem.ReadLinkAsync(node);
            }
            else
            {
                tree[name] = Hash(await ReadAllAsync(fileSystem, node));
            }
        }
    }
}

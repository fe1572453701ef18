using System.IO.Hashing;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Disks;

/// <summary>A tree that the host has put on the disk, with a list of what is in it.</summary>
internal static class KnownTree
{
    /// <summary>The directory that holds the tree.</summary>
    public const string Directory = "tree";

    /// <summary>The list: for each file or directory its path within the tree, a tab, and its mark.</summary>
    public const string List = "tree.txt";

    /// <summary>What stands for a directory in the list.</summary>
    public const string DirectoryMark = "dir";

    /// <summary>What stands for a file in the list: its length and its hash.</summary>
    public static string MarkOf(ReadOnlySpan<byte> contents) =>
        $"{contents.Length}:{Convert.ToHexString(XxHash128.Hash(contents))}";

    /// <summary>Reads all of it; nothing may be missing, other, or there besides.</summary>
    public static string Check(string disk)
    {
        string root = Path.Combine(disk, Directory);
        Dictionary<string, string> expected = File.ReadLines(Path.Combine(disk, List))
            .Select(line => line.Split('\t'))
            .ToDictionary(words => words[0], words => words[1]);
        long bytes = 0;
        int count = 0;
        foreach (
            string path in global::System.IO.Directory.EnumerateFileSystemEntries(
                root,
                "*",
                SearchOption.AllDirectories
            )
        )
        {
            string mark = DirectoryMark;
            if (!global::System.IO.Directory.Exists(path))
            {
                byte[] contents = File.ReadAllBytes(path);
                bytes += contents.Length;
                mark = MarkOf(contents);
            }
            string name = path[root.Length..];
            Expect.Equal(expected.GetValueOrDefault(name, "nothing"), mark, name);
            count++;
        }
        Expect.Equal(expected.Count, count);
        return $"{count} names, {bytes} bytes";
    }
}

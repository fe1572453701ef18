using System.Text;

namespace Cosmos.Multikernel.Tests.Instances.Disks;

/// <summary>A tree that the instance writes and the host reads afterwards: both know what is in it.</summary>
internal static class MadeTree
{
    /// <summary>The directory that holds the tree.</summary>
    public const string Directory = "made";

    private const int Seed = 20;
    private const int Directories = 6;
    private const int FilesInEach = 8;

    // Some of several clusters, some empty, none a whole number of sectors.
    private const int LongestFile = 70_000;

    /// <summary>What is in it: path to contents, null for a directory. Directories come before what is in them.</summary>
    public static IEnumerable<(string Path, byte[]? Contents)> Entries()
    {
        Random random = new(Seed);
        string parent = "";
        for (int directory = 0; directory < Directories; directory++)
        {
            parent += directory % 3 == 2 ? $"/deep {directory}" : "";
            string path = $"{parent}/directory número {directory}";
            if (directory % 3 == 2)
            {
                yield return (parent, null);
            }
            yield return (path, null);
            for (int file = 0; file < FilesInEach; file++)
            {
                byte[] contents = new byte[file == 0 ? 0 : random.Next(LongestFile)];
                random.NextBytes(contents);
                yield return ($"{path}/file {file}.bin", contents);
            }
        }
        yield return ("/SHORT.TXT", Encoding.UTF8.GetBytes("a short name\n"));
    }

    /// <summary>Writes it.</summary>
    public static string Write(string root)
    {
        global::System.IO.Directory.CreateDirectory(root);
        int count = 0;
        foreach ((string path, byte[]? contents) in Entries())
        {
            if (contents is null)
            {
                global::System.IO.Directory.CreateDirectory(root + path);
            }
            else
            {
                File.WriteAllBytes(root + path, contents);
            }
            count++;
        }
        return $"{count} names";
    }
}

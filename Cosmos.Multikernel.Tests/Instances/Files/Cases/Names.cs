using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Files.Cases;

/// <summary>Names and directories.</summary>
internal static class Names
{
    public static string Directories(Site site, string directory)
    {
        string deep = Path.Combine(directory, "a", "b", "c");
        DirectoryInfo made = Directory.CreateDirectory(deep);
        Expect.That(made.Exists);
        Directory.CreateDirectory(deep);
        File.WriteAllText(Path.Combine(deep, "leaf.txt"), "leaf");
        File.WriteAllText(Path.Combine(directory, "a", "one.txt"), "1");
        File.WriteAllText(Path.Combine(directory, "a", "two.dat"), "2");
        string[] all =
        [
            .. Directory
                .EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(directory, path))
                .Order(StringComparer.Ordinal),
        ];
        Expect.Equal("a a/b a/b/c a/b/c/leaf.txt a/one.txt a/two.dat", string.Join(' ', all));
        Expect.Equal(2, Directory.GetFiles(directory, "*.txt", SearchOption.AllDirectories).Length);
        Expect.Equal(1, new DirectoryInfo(directory).GetDirectories().Length);
        Expect.Equal(
            3,
            new DirectoryInfo(Path.Combine(directory, "a")).EnumerateFileSystemInfos().Count()
        );
        Directory.Move(Path.Combine(directory, "a", "b"), Path.Combine(directory, "moved"));
        Expect.That(!Directory.Exists(deep));
        Expect.Equal("leaf", File.ReadAllText(Path.Combine(directory, "moved", "c", "leaf.txt")));
        Directory.Delete(Path.Combine(directory, "moved"), recursive: true);
        Expect.Equal(1, Directory.GetFileSystemEntries(directory).Length);
        return "";
    }

    public static string LargeDirectory(Site site, string directory)
    {
        const int Count = 300;
        for (int i = 0; i < Count; i++)
        {
            File.WriteAllText(
                Path.Combine(
                    directory,
                    $"a rather long name, so that there is more than fits once {i:000}"
                ),
                ""
            );
        }
        string[] names =
        [
            .. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)),
        ];
        Expect.Equal(Count, names.Distinct().Count());
        // Removing while listing must neither miss nor repeat what stays.
        int seen = 0;
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            seen++;
            File.Delete(path);
        }
        Expect.Equal(Count, seen);
        Expect.That(!Directory.EnumerateFileSystemEntries(directory).Any());
        return $"{Count} names";
    }

    public static string MoveCopyReplace(Site site, string directory)
    {
        string one = Path.Combine(directory, "one");
        string two = Path.Combine(directory, "two");
        byte[] bytes = Site.Bytes(3, 70_000);
        File.WriteAllBytes(one, bytes);
        File.Copy(one, two);
        Expect.That(File.ReadAllBytes(two).AsSpan().SequenceEqual(bytes));
        Expect.Throws<IOException>(() => File.Copy(one, two));
        File.WriteAllText(two, "other");
        File.Copy(one, two, overwrite: true);
        Expect.Equal(bytes.Length, new FileInfo(two).Length);
        Expect.Throws<IOException>(() => File.Move(one, two));
        File.Delete(two);
        File.Move(one, two);
        Expect.That(!File.Exists(one));
        Expect.That(File.ReadAllBytes(two).AsSpan().SequenceEqual(bytes));
        File.WriteAllText(one, "new");
        File.Move(one, two, overwrite: true);
        Expect.Equal("new", File.ReadAllText(two));
        File.WriteAllText(one, "newest");
        string backup = Path.Combine(directory, "backup");
        File.Replace(one, two, backup);
        Expect.Equal("newest", File.ReadAllText(two));
        Expect.Equal("new", File.ReadAllText(backup));
        Expect.That(!File.Exists(one));
        return "";
    }

    public static string Unusual(Site site, string directory)
    {
        string[] names =
        [
            "with blank",
            "Ünïcödé",
            "日本語",
            "a.b.c.d",
            ".hidden",
            new string('x', 200),
            "emoji 🙂",
        ];
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(directory, name), name);
        }
        Expect.That(
            Directory
                .GetFiles(directory)
                .Select(path => Path.GetFileName(path))
                .ToHashSet()
                .SetEquals(names)
        );
        foreach (string name in names)
        {
            Expect.Equal(name, File.ReadAllText(Path.Combine(directory, name)));
        }
        string upper = Path.Combine(directory, "WITH BLANK");
        Expect.Equal(site.IsFat, File.Exists(upper));
        Expect.Throws<PathTooLongException>(() =>
            File.WriteAllText(Path.Combine(directory, new string('y', 300)), "")
        );
        return "";
    }

    public static string CurrentDirectory(Site site, string directory)
    {
        string before = Directory.GetCurrentDirectory();
        Directory.CreateDirectory(Path.Combine(directory, "here"));
        Directory.SetCurrentDirectory(Path.Combine(directory, "here", "..", "here"));
        Expect.Equal(Path.Combine(directory, "here"), Environment.CurrentDirectory);
        File.WriteAllText("relative", "found");
        Expect.Equal("found", File.ReadAllText(Path.Combine(directory, "here", "relative")));
        Expect.Equal("found", File.ReadAllText("../here/./relative"));
        Expect.Equal(Path.Combine(directory, "here", "relative"), Path.GetFullPath("relative"));
        Expect.Throws<DirectoryNotFoundException>(() => Directory.SetCurrentDirectory("nowhere"));
        Directory.SetCurrentDirectory(before);
        return before;
    }

    public static string Links(Site site, string directory)
    {
        string target = Path.Combine(directory, "target");
        string link = Path.Combine(directory, "link");
        File.WriteAllText(target, "linked");
        if (site.IsFat)
        {
            Expect.That(
                Expect.Throws<Exception>(() => File.CreateSymbolicLink(link, target))
                    is IOException
                        or UnauthorizedAccessException
            );
            return "FAT has none";
        }
        File.CreateSymbolicLink(link, "target");
        Expect.Equal("linked", File.ReadAllText(link));
        Expect.Equal("target", new FileInfo(link).LinkTarget);
        Expect.Equal(target, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
        Expect.That((File.GetAttributes(link) & FileAttributes.ReparsePoint) != 0);
        File.Delete(target);
        Expect.Throws<FileNotFoundException>(() => File.ReadAllText(link));
        File.Delete(link);
        File.CreateSymbolicLink(link, link);
        Expect.Throws<IOException>(() => File.ReadAllText(link));
        File.Delete(link);
        Directory.CreateDirectory(Path.Combine(directory, "real"));
        Directory.CreateSymbolicLink(link, "real");
        File.WriteAllText(Path.Combine(link, "inside"), "inside");
        Expect.That(File.Exists(Path.Combine(directory, "real", "inside")));
        return "";
    }

    public static string Unlinked(Site site, string directory)
    {
        string path = Path.Combine(directory, "gone");
        byte[] bytes = Site.Bytes(5, 30_000);
        File.WriteAllBytes(path, bytes);
        using (FileStream stream = File.OpenRead(path))
        {
            File.Delete(path);
            Expect.That(!File.Exists(path));
            byte[] read = new byte[bytes.Length];
            stream.ReadExactly(read);
            Expect.That(read.AsSpan().SequenceEqual(bytes));
        }
        return "";
    }

    public static string Temporary(Site site, string directory)
    {
        string path = Path.GetTempFileName();
        Expect.That(path.StartsWith(Path.GetTempPath(), StringComparison.Ordinal));
        Expect.Equal(0, new FileInfo(path).Length);
        File.WriteAllText(path, "temporary");
        Expect.Equal("temporary", File.ReadAllText(path));
        File.Delete(path);
        DirectoryInfo made = Directory.CreateTempSubdirectory("test");
        Expect.That(made.Exists);
        made.Delete();
        return path;
    }
}

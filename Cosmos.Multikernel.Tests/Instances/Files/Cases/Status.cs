using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Files.Cases;

/// <summary>What is known of files and file systems.</summary>
internal static class Status
{
    public static string Information(Site site, string directory)
    {
        string path = Path.Combine(directory, "file.txt");
        File.WriteAllText(path, "12345");
        FileInfo file = new(path);
        Expect.That(file.Exists);
        Expect.Equal(5, file.Length);
        Expect.Equal("file.txt", file.Name);
        Expect.Equal(directory, file.DirectoryName);
        Expect.That((file.Attributes & FileAttributes.Directory) == 0);
        Expect.That((new DirectoryInfo(directory).Attributes & FileAttributes.Directory) != 0);
        TimeSpan age = DateTime.UtcNow - file.LastWriteTimeUtc;
        Expect.That(age > TimeSpan.FromSeconds(-5) && age < TimeSpan.FromMinutes(5));
        using (StreamWriter writer = file.AppendText())
        {
            writer.Write("6");
        }
        file.Refresh();
        Expect.Equal(6, file.Length);
        if (!OperatingSystem.IsWindows())
        {
            Expect.That((File.GetUnixFileMode(path) & UnixFileMode.UserRead) != 0);
        }
        file.Delete();
        file.Refresh();
        Expect.That(!file.Exists);
        return "";
    }

    public static string Times(Site site, string directory)
    {
        string path = Path.Combine(directory, "old");
        File.WriteAllText(path, "");
        DateTime then = new(2011, 12, 13, 14, 15, 16, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, then);
        Expect.Equal(then, File.GetLastWriteTimeUtc(path));
        Directory.SetLastWriteTimeUtc(directory, then);
        Expect.Equal(then, Directory.GetLastWriteTimeUtc(directory));
        if (!site.IsFat)
        {
            File.SetLastAccessTimeUtc(path, then.AddDays(1));
            Expect.Equal(then.AddDays(1), File.GetLastAccessTimeUtc(path));
            Expect.Equal(then, File.GetLastWriteTimeUtc(path));
        }
        File.WriteAllText(path, "touched");
        Expect.That(File.GetLastWriteTimeUtc(path) > then.AddYears(5));
        return "";
    }

    public static string Drives(Site site, string directory)
    {
        DriveInfo drive = new(directory);
        Expect.That(drive.IsReady);
        Expect.That(drive.TotalSize > 0 && drive.AvailableFreeSpace > 0);
        Expect.That(drive.AvailableFreeSpace <= drive.TotalSize);
        DriveInfo[] all = DriveInfo.GetDrives();
        Expect.That(all.Any(other => other.RootDirectory.FullName == "/"));
        return $"{drive.DriveFormat}: {drive.AvailableFreeSpace >> 10} of {drive.TotalSize >> 10} KB; {string.Join(' ', all.Select(other => other.Name))}";
    }
}

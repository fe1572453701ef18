using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Files.Cases;

/// <summary>What goes wrong, and the exceptions that say so.</summary>
internal static class Errors
{
    // Error numbers (Linux, asm-generic/errno-base.h).
    private const int BadDescriptor = 9;
    private const int BadAddress = 14;
    private const int Invalid = 22;

    public static string Missing(Site site, string directory)
    {
        string path = Path.Combine(directory, "missing");
        FileNotFoundException missing = Expect.Throws<FileNotFoundException>(() =>
            File.ReadAllText(path)
        );
        Expect.Equal(path, missing.FileName);
        Expect.Throws<DirectoryNotFoundException>(() =>
            File.WriteAllText(Path.Combine(path, "below"), "")
        );
        Expect.Throws<DirectoryNotFoundException>(() => Directory.GetFiles(path));
        Expect.Throws<DirectoryNotFoundException>(() => Directory.Delete(path));
        Expect.Throws<FileNotFoundException>(() => File.Move(path, path + "2"));
        Expect.Throws<FileNotFoundException>(() => File.GetAttributes(path));
        Expect.That(!File.Exists(path) && !Directory.Exists(path));
        File.Delete(path);
        return "";
    }

    public static string Existing(Site site, string directory)
    {
        string path = Path.Combine(directory, "file");
        File.WriteAllText(path, "here");
        Expect.Throws<IOException>(() => new FileStream(path, FileMode.CreateNew));
        Expect.Throws<IOException>(() => Directory.CreateDirectory(path));
        Expect.Throws<UnauthorizedAccessException>(() => File.ReadAllText(directory));
        Expect.Throws<UnauthorizedAccessException>(() => File.WriteAllText(directory, ""));
        Expect.Throws<IOException>(() => Directory.Delete(directory));
        Expect.Throws<IOException>(() => Directory.GetFiles(path));
        Expect.Throws<IOException>(() => File.ReadAllText(Path.Combine(path, "below")));
        Expect.Equal("here", File.ReadAllText(path));
        return "";
    }

    public static string Sharing(Site site, string directory)
    {
        string path = Path.Combine(directory, "shared");
        using (FileStream alone = new(path, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            alone.WriteByte(1);
            Expect.Throws<IOException>(() => File.ReadAllText(path));
        }
        using (FileStream one = File.OpenRead(path))
        using (FileStream two = File.OpenRead(path))
        {
            Expect.Equal(one.ReadByte(), two.ReadByte());
            Expect.Throws<IOException>(() =>
                new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None)
            );
        }
        File.WriteAllText(path, "free again");
        return "";
    }

    public static string ReadOnly(Site site, string directory)
    {
        string path = Path.Combine(directory, "read-only");
        File.WriteAllText(path, "fixed");
        File.SetAttributes(path, FileAttributes.ReadOnly);
        Expect.That(new FileInfo(path).IsReadOnly);
        Expect.Throws<UnauthorizedAccessException>(() => File.WriteAllText(path, "changed"));
        Expect.Equal("fixed", File.ReadAllText(path));
        File.SetAttributes(path, FileAttributes.Normal);
        File.WriteAllText(path, "changed");
        Expect.Equal("changed", File.ReadAllText(path));
        return "";
    }

    public static string Mapping(Site site, string directory)
    {
        string path = Path.Combine(directory, "map");
        File.WriteAllBytes(path, new byte[8192]);
        return Expect
            .Throws<IOException>(() =>
                MemoryMappedFile.CreateFromFile(path).CreateViewAccessor().Dispose()
            )
            .Message;
    }

    public static unsafe string BadArguments(Site site, string directory)
    {
        string path = Path.Combine(directory, "file");
        File.WriteAllText(path, "contents");
        using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite);
        int file = (int)stream.SafeFileHandle.DangerousGetHandle();
        nint nowhere = 0x1000;
        nint kernel = unchecked((nint)0xffff_8000_0000_0000);
        byte* buffer = stackalloc byte[16];
        foreach (nint bad in new[] { nowhere, kernel, 0 })
        {
            Refused(BadAddress, Read(file, bad, 8));
            Refused(BadAddress, PositionedRead(file, bad, 8, 0));
            Refused(BadAddress, Write(file, bad, 8));
            Refused(BadAddress, Open(bad, 0, 0));
            Refused(BadAddress, MakeDirectory(bad, 0));
            Refused(BadAddress, Rename(bad, bad));
        }
        // On Linux a process of tests has more open than this one here.
        int low = Instance.IsHosted ? -1 : 31;
        foreach (int none in new[] { -1, low, 100_000, int.MaxValue, int.MinValue })
        {
            Refused(BadDescriptor, Read(none, (nint)buffer, 8));
            Refused(BadDescriptor, Write(none, (nint)buffer, 8));
            Refused(BadDescriptor, Close(none));
            Refused(BadDescriptor, Seek(none, 0, 0));
            Refused(BadDescriptor, SetLength(none, 0));
            Refused(BadDescriptor, Synchronise(none));
        }
        Refused(Invalid, PositionedRead(file, (nint)buffer, 8, -5));
        Refused(Invalid, Seek(file, -1, 0));
        Refused(Invalid, Seek(file, 0, 77));
        Refused(Invalid, SetLength(file, -1));
        Expect.Equal(8, (int)PositionedRead(file, (nint)buffer, 100, 0));
        stream.Position = 0;
        Expect.Equal("contents", new StreamReader(stream).ReadToEnd());
        return "";

        static void Refused(int error, nint result)
        {
            int found = Marshal.GetLastSystemError();
            Expect.Equal(-1, result);
            Expect.Equal(error, found);
        }
    }

    public static string ManyOpen(Site site, string directory)
    {
        FileStream[] streams =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(i => new FileStream(
                    Path.Combine(directory, $"open{i}"),
                    FileMode.Create,
                    FileAccess.ReadWrite
                )),
        ];
        for (int i = 0; i < streams.Length; i++)
        {
            streams[i].WriteByte((byte)i);
        }
        for (int i = 0; i < streams.Length; i++)
        {
            streams[i].Position = 0;
            Expect.Equal((byte)i, (byte)streams[i].ReadByte());
            streams[i].Dispose();
        }
        return $"{streams.Length} at a time";
    }

    public static string DiskFull(Site site, string directory)
    {
        string path = Path.Combine(directory, "large");
        byte[] bytes = Site.Bytes(11, 1 << 20);
        long written = 0;
        IOException full = Expect.Throws<IOException>(() =>
        {
            using FileStream stream = new(path, FileMode.Create);
            while (true)
            {
                stream.Write(bytes);
                written += bytes.Length;
            }
        });
        const int NoSpace = 28;
        Expect.Equal(NoSpace, full.HResult);
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
        Expect.That(File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes));
        return $"full after {written >> 20} MB";
    }

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int file, nint buffer, nint count);

    [DllImport("libc", EntryPoint = "pread")]
    private static extern nint PositionedRead(int file, nint buffer, nint count, long offset);

    [DllImport("libc", EntryPoint = "write")]
    private static extern nint Write(int file, nint buffer, nint count);

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open(nint path, int flags, int mode);

    [DllImport("libc", EntryPoint = "mkdir")]
    private static extern int MakeDirectory(nint path, int mode);

    [DllImport("libc", EntryPoint = "rename")]
    private static extern int Rename(nint from, nint to);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);

    [DllImport("libc", EntryPoint = "lseek")]
    private static extern nint Seek(int file, nint offset, int whence);

    [DllImport("libc", EntryPoint = "ftruncate")]
    private static extern int SetLength(int file, long length);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Synchronise(int file);
}

using Cosmos.Multikernel.Tests.Instances.Records;
using Microsoft.Win32.SafeHandles;

namespace Cosmos.Multikernel.Tests.Instances.Files.Cases;

/// <summary>What is in files.</summary>
internal static class Contents
{
    public static string Text(Site site, string directory)
    {
        string path = Path.Combine(directory, "text.txt");
        File.WriteAllText(path, "first\nzweite Zeile: äöü\n");
        File.AppendAllText(path, "third");
        Expect.Equal("first\nzweite Zeile: äöü\nthird", File.ReadAllText(path));
        Expect.Equal(3, File.ReadLines(path).Count());
        File.AppendAllLines(path, ["", "fourth"]);
        string[] lines = File.ReadAllLines(path);
        Expect.Equal(4, lines.Length);
        Expect.Equal("fourth", lines[3]);
        using (StreamWriter writer = new(path) { AutoFlush = true })
        {
            for (int i = 0; i < 100; i++)
            {
                writer.WriteLine(i);
            }
        }
        Expect.Equal(4950, File.ReadLines(path).Sum(int.Parse));
        File.WriteAllText(path, "");
        Expect.Equal("", File.ReadAllText(path));
        return "";
    }

    public static string Bytes(Site site, string directory)
    {
        int[] sizes = [1, 4095, 4096, 100_000, 1_500_000];
        foreach (int size in sizes)
        {
            string path = Path.Combine(directory, $"bytes{size}");
            byte[] bytes = Site.Bytes(size, size);
            File.WriteAllBytes(path, bytes);
            Expect.Equal(size, new FileInfo(path).Length);
            Expect.That(File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes));
        }
        return $"{sizes.Sum()} bytes";
    }

    public static string Stream(Site site, string directory)
    {
        string path = Path.Combine(directory, "stream");
        byte[] bytes = Site.Bytes(7, 200_000);
        using (FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite))
        {
            Expect.That(stream.CanSeek);
            stream.Write(bytes);
            Expect.Equal(bytes.Length, stream.Length);
            stream.Position = 100_000;
            byte[] part = new byte[1000];
            stream.ReadExactly(part);
            Expect.That(part.AsSpan().SequenceEqual(bytes.AsSpan(100_000, 1000)));
            stream.Seek(-10, SeekOrigin.End);
            Expect.Equal(bytes[^10], (byte)stream.ReadByte());
            stream.SetLength(150_000);
            stream.Position = 160_000;
            stream.WriteByte(42);
            stream.Flush(flushToDisk: true);
            Expect.Equal(160_001, stream.Length);
        }
        byte[] all = File.ReadAllBytes(path);
        Expect.Equal(160_001, all.Length);
        Expect.That(all.AsSpan(0, 150_000).SequenceEqual(bytes.AsSpan(0, 150_000)));
        Expect.That(all.AsSpan(150_000, 10_000).IndexOfAnyExcept((byte)0) < 0);
        Expect.Equal(42, all[^1]);
        using (FileStream stream = new(path, FileMode.Truncate))
        {
            Expect.Equal(0, stream.Length);
        }
        Expect.Equal(0, new FileInfo(path).Length);
        return "";
    }

    public static string RandomAccessHandles(Site site, string directory)
    {
        string path = Path.Combine(directory, "random");
        using SafeFileHandle handle = File.OpenHandle(
            path,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            preallocationSize: 50_000
        );
        byte[] first = Site.Bytes(1, 3000);
        byte[] second = Site.Bytes(2, 5000);
        RandomAccess.Write(handle, [(ReadOnlyMemory<byte>)first, second], fileOffset: 500);
        Expect.Equal(8500, RandomAccess.GetLength(handle));
        byte[] head = new byte[500];
        byte[] middle = new byte[3000];
        byte[] tail = new byte[6000];
        long read = RandomAccess.Read(handle, [(Memory<byte>)head, middle, tail], fileOffset: 0);
        Expect.Equal(8500, read);
        Expect.That(head.AsSpan().IndexOfAnyExcept((byte)0) < 0);
        Expect.That(middle.AsSpan().SequenceEqual(first));
        Expect.That(tail.AsSpan(0, 5000).SequenceEqual(second));
        Expect.Equal(0, RandomAccess.Read(handle, tail, fileOffset: 1 << 20));
        RandomAccess.SetLength(handle, 600);
        RandomAccess.FlushToDisk(handle);
        Expect.Equal(600, RandomAccess.GetLength(handle));
        return "";
    }

    public static string AppendAndOptions(Site site, string directory)
    {
        string path = Path.Combine(directory, "log");
        for (int i = 0; i < 5; i++)
        {
            using FileStream stream = new(path, FileMode.Append);
            stream.WriteByte((byte)i);
            Expect.Equal(i + 1, stream.Position);
        }
        Expect.That(File.ReadAllBytes(path).AsSpan().SequenceEqual<byte>([0, 1, 2, 3, 4]));
        using (
            FileStream through = new(
                path,
                FileMode.Open,
                FileAccess.Write,
                FileShare.Read,
                0,
                FileOptions.WriteThrough | FileOptions.SequentialScan
            )
        )
        {
            through.Write([9, 9]);
        }
        Expect.Equal(9, File.ReadAllBytes(path)[1]);
        string passing = Path.Combine(directory, "passing");
        using (
            FileStream stream = new(
                passing,
                FileMode.Create,
                FileAccess.ReadWrite,
                FileShare.None,
                4096,
                FileOptions.DeleteOnClose
            )
        )
        {
            stream.WriteByte(1);
            stream.Flush();
            Expect.That(File.Exists(passing));
        }
        Expect.That(!File.Exists(passing));
        return "";
    }
}

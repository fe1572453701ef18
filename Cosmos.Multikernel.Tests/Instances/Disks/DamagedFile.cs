using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Disks;

/// <summary>A file with a place that its disk cannot read, between two that are whole.</summary>
internal static class DamagedFile
{
    /// <summary>The file.</summary>
    public const string Name = "damaged.bin";

    /// <summary>One before it and one behind it on the disk.</summary>
    public static readonly string[] Neighbours = ["before.bin", "behind.bin"];

    /// <summary>Bytes of each.</summary>
    public const int Length = 300_000;

    /// <summary>Where in the file the damaged sector is.</summary>
    public const int DamagedAt = 150_016;

    /// <summary>The contents of one of them, by which the host finds its place on the disk.</summary>
    public static byte[] ContentsOf(string name)
    {
        byte[] contents = new byte[Length];
        new Random(name.Sum(letter => letter)).NextBytes(contents);
        return contents;
    }

    /// <summary>Reading it fails there and nowhere else, again and again; all else goes on.</summary>
    public static string Read(string disk)
    {
        string path = Path.Combine(disk, Name);
        string message = Expect.Throws<IOException>(() => File.ReadAllBytes(path)).Message;
        byte[] expected = ContentsOf(Name);
        using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0))
        {
            byte[] part = new byte[4096];
            file.ReadExactly(part);
            Expect.That(part.AsSpan().SequenceEqual(expected.AsSpan(0, part.Length)));
            file.Position = DamagedAt;
            Expect.Throws<IOException>(() => file.ReadByte());
            file.Position = Length - part.Length;
            file.ReadExactly(part);
            Expect.That(part.AsSpan().SequenceEqual(expected.AsSpan(Length - part.Length)));
        }
        foreach (string neighbour in Neighbours)
        {
            Expect.That(
                File.ReadAllBytes(Path.Combine(disk, neighbour))
                    .AsSpan()
                    .SequenceEqual(ContentsOf(neighbour))
            );
        }
        // The disk can be written, too.
        File.WriteAllText(Path.Combine(disk, "note.txt"), message);
        Expect.Equal(message, File.ReadAllText(Path.Combine(disk, "note.txt")));
        return message;
    }
}

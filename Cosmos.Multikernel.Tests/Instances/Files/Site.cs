namespace Cosmos.Multikernel.Tests.Instances.Files;

/// <summary>A directory to test in, and what its file system can do.</summary>
/// <param name="Kind">ram, fat, or linux.</param>
/// <param name="Root">The directory.</param>
internal sealed record Site(string Kind, string Root)
{
    private static int lastNumber;

    /// <summary>FAT records times to two seconds, finds names in any case, and has no links.</summary>
    public bool IsFat => Kind == "fat";

    /// <summary>A new, empty directory.</summary>
    public string NewDirectory()
    {
        string path = Path.Combine(
            Root,
            $"{Environment.ProcessId}-{Cosmos.Multikernel.Core.Current}-{Interlocked.Increment(ref lastNumber)}"
        );
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Bytes that depend on a number alone.</summary>
    public static byte[] Bytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

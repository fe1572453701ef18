using System.Security.Cryptography;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>The file SHA256SUMS beside the images of a folder, in the form that <c>sha256sum -c</c> reads.</summary>
public static class ImageChecksums
{
    /// <summary>The file's name.</summary>
    public const string FileName = "SHA256SUMS";

    private const string Separator = "  ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Writes an image's line; drops those of images that are gone and leaves the others.</summary>
    /// <param name="image">The image, complete.</param>
    /// <exception cref="ImageException">The file cannot be written.</exception>
    public static void Update(string image)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(image))!;
        var name = Path.GetFileName(image);
        try
        {
            var line = LineOf(image);
            using var file = Open(Path.Combine(folder, FileName));
            var lines = ReadOthers(file, folder, name).Append(line);
            file.SetLength(0);
            using var writer = new StreamWriter(file) { NewLine = "\n" };
            foreach (var each in lines.OrderBy(NameOf, StringComparer.Ordinal).ToList())
            {
                writer.WriteLine(each);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{FileName} cannot be written: {failure.Message}");
        }
    }

    /// <summary>An image's line.</summary>
    public static string LineOf(string image)
    {
        using var content = File.OpenRead(image);
        return Convert.ToHexStringLower(SHA256.HashData(content))
            + Separator
            + Path.GetFileName(image);
    }

    // Another build may be writing the line of another image.
    private static FileStream Open(string path)
    {
        var end = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return new FileStream(
                    path,
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
            }
            catch (IOException) when (DateTime.UtcNow < end)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static List<string> ReadOthers(FileStream file, string folder, string name)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (
                NameOf(line) is var other
                && other != name
                && File.Exists(Path.Combine(folder, other))
            )
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private static string NameOf(string line) =>
        line.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var at
            ? line[(at + Separator.Length)..]
            : "";
}

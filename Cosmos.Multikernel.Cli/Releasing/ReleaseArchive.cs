using System.IO.Compression;
using System.Text;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// A zip file that depends on its contents alone: the files lie in the order of their names, with the earliest date that the
/// format knows and with permissions that are ours to choose.
/// </summary>
internal sealed class ReleaseArchive
{
    // The upper half of a zip's external attributes is Unix's st_mode.
    private const int ModeShift = 16;
    private const int RegularFile = 0x81a4; // 0100644
    private const int Script = 0x81ed; // 0100755

    private static readonly DateTimeOffset Date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<string, Func<Stream>> _files = new(StringComparer.Ordinal);

    /// <summary>Adds a file of this machine.</summary>
    /// <param name="path">Its path in the archive.</param>
    /// <param name="file">The file.</param>
    public void AddFile(string path, string file) => _files[path] = () => File.OpenRead(file);

    /// <summary>Adds a text.</summary>
    public void AddText(string path, string text) =>
        _files[path] = () => new MemoryStream(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes the archive; an existing one is replaced when the new one is complete.</summary>
    public void Write(string output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        // A name of our own: two may be made at once.
        var partial = $"{output}.{Environment.ProcessId}.partial";
        using (var zip = new ZipArchive(File.Create(partial), ZipArchiveMode.Create))
        {
            foreach (var (path, open) in _files)
            {
                var entry = zip.CreateEntry(path, CompressionLevel.SmallestSize);
                entry.LastWriteTime = Date;
                var isScript = path.EndsWith(".sh", StringComparison.Ordinal);
                entry.ExternalAttributes = (isScript ? Script : RegularFile) << ModeShift;
                using var source = open();
                using var target = entry.Open();
                source.CopyTo(target);
            }
        }

        File.Move(partial, output, overwrite: true);
    }
}

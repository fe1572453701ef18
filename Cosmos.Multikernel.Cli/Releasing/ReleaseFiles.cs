using System.IO.Compression;
using System.Text;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// Files that are handed on together, as a zip file or a folder. A zip file depends on its contents alone: the files lie in
/// the order of their names, with the earliest date that the format knows and with permissions that are ours to choose.
/// </summary>
internal sealed class ReleaseFiles
{
    // The upper half of a zip's external attributes is Unix's st_mode.
    private const int ModeShift = 16;
    private const int RegularFile = 0x81a4; // 0100644
    private const int Script = 0x81ed; // 0100755

    private static readonly DateTimeOffset Date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<string, Content> _files = new(StringComparer.Ordinal);

    /// <summary>Adds a file of this machine. The same file twice is one, another of the same name gets a folder of its own.</summary>
    /// <param name="folder">Where it belongs; empty, or with a slash at its end.</param>
    /// <param name="file">The file.</param>
    /// <param name="name">Its name there, when it is another.</param>
    /// <returns>Its path.</returns>
    public string AddFile(string folder, string file, string? name = null)
    {
        name ??= Path.GetFileName(file);
        var path = folder + name;
        for (var i = 2; _files.TryGetValue(path, out var there) && !there.IsSameAs(file); i++)
        {
            path = $"{folder}{i}/{name}";
        }

        _files[path] = new(file, null);
        return path;
    }

    /// <summary>Adds a text.</summary>
    public void AddText(string path, string text) => _files.Add(path, new(null, text));

    /// <summary>Writes a zip file; an existing one is replaced when the new one is complete.</summary>
    public void WriteZip(string output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        // A name of our own: two may be made at once.
        var partial = $"{output}.{Environment.ProcessId}.partial";
        try
        {
            using (var zip = new ZipArchive(File.Create(partial), ZipArchiveMode.Create))
            {
                foreach (var (path, content) in _files)
                {
                    var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
                    entry.LastWriteTime = Date;
                    var isScript = path.EndsWith(".sh", StringComparison.Ordinal);
                    entry.ExternalAttributes = (isScript ? Script : RegularFile) << ModeShift;
                    using var target = entry.Open();
                    content.CopyTo(target);
                }
            }

            File.Move(partial, output, overwrite: true);
        }
        finally
        {
            // Still there when the disk was full.
            File.Delete(partial);
        }
    }

    /// <summary>Writes a folder, which holds nothing else afterwards.</summary>
    public void WriteFolder(string output)
    {
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        foreach (var (path, content) in _files)
        {
            var file = Path.Combine(output, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var target = File.Create(file);
            content.CopyTo(target);
        }
    }

    private sealed record Content(string? File, string? Text)
    {
        public bool IsSameAs(string file) =>
            File is not null
            && (
                File == file
                || System
                    .IO.File.ReadAllBytes(File)
                    .AsSpan()
                    .SequenceEqual(System.IO.File.ReadAllBytes(file))
            );

        public void CopyTo(Stream target)
        {
            using Stream source = File is not null
                ? System.IO.File.OpenRead(File)
                : new MemoryStream(Encoding.UTF8.GetBytes(Text!));
            source.CopyTo(target);
        }
    }
}

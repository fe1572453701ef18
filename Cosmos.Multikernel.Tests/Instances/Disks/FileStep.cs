using System.Globalization;

namespace Cosmos.Multikernel.Tests.Instances.Disks;

/// <summary>What a step does to files.</summary>
internal enum FileAct
{
    Create,
    Write,
    Append,
    SetLength,

    /// <summary>
    /// A file to another name, replacing what is there; by System.IO no directory, for one that is moved may be there twice when the power
    /// fails (docs/file-systems.md).
    /// </summary>
    Move,
    Remove,
    MakeDirectory,
    RemoveDirectory,
    List,
    Read,

    /// <summary>All that was done before is on the medium when this is done.</summary>
    Flush,
}

/// <summary>
/// One operation on files, which the host chooses, an instance performs by System.IO, and both know the result of. A step that cannot be,
/// such as reading what is not there, says so and changes nothing.
/// </summary>
/// <param name="Number">Its place among all; decides what is written.</param>
/// <param name="Act">What to do.</param>
/// <param name="Path">With what, below the directory that all steps are about.</param>
/// <param name="Other">Where it is moved to.</param>
/// <param name="Offset">Where is written; the length of <see cref="FileAct.SetLength"/>.</param>
/// <param name="Size">How much is written; without any byte a file does not grow either.</param>
internal sealed record FileStep(
    int Number,
    FileAct Act,
    string Path,
    string Other,
    int Offset,
    int Size
)
{
    /// <summary>The result of a step that cannot be.</summary>
    public const string Failed = "failed";

    /// <summary>The result of a step that has none to tell.</summary>
    public const string Done = "done";

    /// <summary>What it writes.</summary>
    public byte[] Contents
    {
        get
        {
            byte[] contents = new byte[Size];
            new Random(Number).NextBytes(contents);
            return contents;
        }
    }

    /// <summary>What a file holds after a step that writes.</summary>
    /// <param name="old">What it held.</param>
    public byte[] WriteTo(byte[] old)
    {
        int at = Act == FileAct.Append ? old.Length : Offset;
        byte[] written = new byte[Size == 0 ? old.Length : Math.Max(old.Length, at + Size)];
        old.CopyTo(written, 0);
        if (Size > 0)
        {
            Contents.CopyTo(written, at);
        }
        return written;
    }

    /// <summary>Reads one from its line.</summary>
    public static FileStep Parse(string line) =>
        line.Split('\t') is [var number, var act, var path, var other, var offset, var size]
            ? new FileStep(
                int.Parse(number, CultureInfo.InvariantCulture),
                Enum.Parse<FileAct>(act),
                path,
                other,
                int.Parse(offset, CultureInfo.InvariantCulture),
                int.Parse(size, CultureInfo.InvariantCulture)
            )
            : throw new FormatException($"no step: {line}");

    /// <summary>The line for it.</summary>
    public string ToLine() => $"{Number}\t{Act}\t{Path}\t{Other}\t{Offset}\t{Size}";

    /// <summary>What a listing says of some names.</summary>
    public static string MarkOf(IEnumerable<string> names) =>
        KnownTree.MarkOf(
            global::System.Text.Encoding.UTF8.GetBytes(
                string.Join('\n', names.Order(StringComparer.Ordinal))
            )
        );

    /// <summary>Performs it.</summary>
    /// <param name="root">The directory that all steps are about.</param>
    /// <param name="anchor">A file of the same file system that no step is about.</param>
    /// <returns>Its result.</returns>
    public string Perform(string root, string anchor)
    {
        try
        {
            return Perform(root + Path, root + Other, anchor);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Failed;
        }
    }

    private string Perform(string path, string other, string anchor)
    {
        switch (Act)
        {
            case FileAct.Create:
                new FileStream(path, FileMode.CreateNew).Dispose();
                break;
            case FileAct.Write or FileAct.Append:
                using (FileStream file = new(path, FileMode.Open, FileAccess.Write))
                {
                    file.Position = Act == FileAct.Append ? file.Length : Offset;
                    file.Write(Contents);
                }
                break;
            case FileAct.SetLength:
                using (FileStream file = new(path, FileMode.Open, FileAccess.Write))
                {
                    file.SetLength(Offset);
                }
                break;
            case FileAct.Move:
                File.Move(path, other, overwrite: true);
                break;
            case FileAct.Remove:
                File.Delete(path);
                break;
            case FileAct.MakeDirectory:
                Directory.CreateDirectory(path);
                break;
            case FileAct.RemoveDirectory:
                Directory.Delete(path);
                break;
            case FileAct.List:
                return MarkOf(
                    Directory
                        .EnumerateFileSystemEntries(path)
                        .Select(entry => global::System.IO.Path.GetFileName(entry))
                );
            case FileAct.Read:
                return KnownTree.MarkOf(File.ReadAllBytes(path));
            case FileAct.Flush:
                using (FileStream file = new(anchor, FileMode.Open, FileAccess.ReadWrite))
                {
                    file.Flush(flushToDisk: true);
                }
                break;
        }
        return Done;
    }
}

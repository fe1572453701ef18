using Cosmos.Multikernel.Tests.Instances.Disks;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Steps;

/// <summary>What is under a name.</summary>
/// <param name="File">Which file: it stays the same when it is moved or changed.</param>
/// <param name="Contents">What is in it; null for a directory.</param>
internal sealed record ModelEntry(int File, byte[]? Contents);

/// <summary>What must be in a directory after some steps by System.IO.</summary>
internal sealed class FileModel
{
    private readonly Dictionary<string, ModelEntry> entries = [];
    private int made;

    /// <param name="entries">What is there to begin with: path to contents, null for a directory.</param>
    public FileModel(IReadOnlyDictionary<string, byte[]?> entries)
    {
        foreach ((string path, byte[]? contents) in entries)
        {
            Make(path, contents);
        }
    }

    /// <summary>What is there now; it does not change when the model does.</summary>
    public IReadOnlyDictionary<string, ModelEntry> Now =>
        new Dictionary<string, ModelEntry>(entries);

    /// <summary>Performs a step; gives its result.</summary>
    public string Apply(FileStep step)
    {
        bool isThere = entries.TryGetValue(step.Path, out ModelEntry? entry);
        byte[]? old = entry?.Contents;
        bool isFile = old is not null;
        switch (step.Act)
        {
            case FileAct.Create:
                return !isThere && HasParent(step.Path) ? Make(step.Path, []) : FileStep.Failed;
            case FileAct.Write or FileAct.Append when isFile:
                return Set(step.Path, entry! with { Contents = step.WriteTo(old!) });
            case FileAct.SetLength when isFile:
                Array.Resize(ref old, step.Offset);
                return Set(step.Path, entry! with { Contents = old });
            case FileAct.Move when isFile && CanTake(step.Other):
                entries.Remove(step.Path);
                return Set(step.Other, entry!);
            case FileAct.Remove when HasParent(step.Path) && (isFile || !isThere):
                // What is not there can be deleted, for .NET.
                entries.Remove(step.Path);
                return FileStep.Done;
            case FileAct.MakeDirectory:
                return MakeDirectory(step.Path);
            case FileAct.RemoveDirectory when isThere && !isFile && !Inside(step.Path).Any():
                entries.Remove(step.Path);
                return FileStep.Done;
            case FileAct.List when step.Path.Length == 0 || isThere && !isFile:
                return FileStep.MarkOf(
                    Inside(step.Path)
                        .Select(path => path[(step.Path.Length + 1)..])
                        .Where(path => !path.Contains('/'))
                );
            case FileAct.Read when isFile:
                return KnownTree.MarkOf(old);
            case FileAct.Flush:
                return FileStep.Done;
            default:
                return FileStep.Failed;
        }
    }

    private static string ParentOf(string path) => path[..path.LastIndexOf('/')];

    private bool IsDirectory(string path) =>
        path.Length == 0
        || entries.TryGetValue(path, out ModelEntry? entry) && entry.Contents is null;

    private bool HasParent(string path) => IsDirectory(ParentOf(path));

    private bool CanTake(string path) =>
        HasParent(path)
        && (!entries.TryGetValue(path, out ModelEntry? there) || there.Contents is not null);

    private IEnumerable<string> Inside(string directory) =>
        entries.Keys.Where(path => path.StartsWith(directory + "/", StringComparison.Ordinal));

    private string Make(string path, byte[]? contents) =>
        Set(path, new ModelEntry(++made, contents));

    private string Set(string path, ModelEntry entry)
    {
        entries[path] = entry;
        return FileStep.Done;
    }

    // With all that lead to it.
    private string MakeDirectory(string path)
    {
        List<string> missing = [];
        for (string at = path; !IsDirectory(at); at = ParentOf(at))
        {
            if (entries.ContainsKey(at))
            {
                return FileStep.Failed;
            }
            missing.Add(at);
        }
        missing.ForEach(directory => Make(directory, null));
        return FileStep.Done;
    }
}

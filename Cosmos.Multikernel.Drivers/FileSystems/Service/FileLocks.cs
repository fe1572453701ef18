namespace Cosmos.Multikernel.Drivers.FileSystems.Service;

/// <summary>
/// Locks on open files as flock(2) has them: any number shared or one exclusive, held by a handle until it gives it up or is
/// closed. They bind only those who ask; .NET asks for them to keep FileShare's promises.
/// </summary>
internal sealed class FileLocks
{
    private readonly Dictionary<FileNode, HashSet<OpenFile>> holders = [];

    /// <summary>Takes, changes or gives up a lock.</summary>
    /// <returns>Whether it could be had; the one held before is kept when not.</returns>
    public bool TrySet(OpenFile file, FileLock mode)
    {
        if (mode == FileLock.None)
        {
            Release(file);
            return true;
        }
        HashSet<OpenFile> others = holders.GetValueOrDefault(file.Node) ?? [];
        bool isFree = others.All(other =>
            other == file || (mode == FileLock.Shared && other.Lock == FileLock.Shared)
        );
        if (isFree)
        {
            file.Lock = mode;
            others.Add(file);
            holders[file.Node] = others;
        }
        return isFree;
    }

    /// <summary>Gives up what a handle holds.</summary>
    public void Release(OpenFile file)
    {
        file.Lock = FileLock.None;
        if (holders.TryGetValue(file.Node, out HashSet<OpenFile>? others))
        {
            others.Remove(file);
            if (others.Count == 0)
            {
                holders.Remove(file.Node);
            }
        }
    }
}

/// <summary>What a handle stands for.</summary>
internal sealed class OpenFile(Place place, OpenFlags flags)
{
    public Place Place => place;

    public FileNode Node => place.Node;

    public FileSystem FileSystem => place.FileSystem;

    public OpenFlags Flags => flags;

    public FileLock Lock { get; set; }
}

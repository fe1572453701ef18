namespace Cosmos.Multikernel.Drivers.FileSystems.Service;

/// <summary>A file system somewhere in the tree.</summary>
/// <param name="FileSystem">The file system.</param>
/// <param name="Path">Where it is mounted.</param>
/// <param name="Number">Tells mounts apart (st_dev), from 1.</param>
public sealed record Mount(FileSystem FileSystem, string Path, uint Number)
{
    /// <summary>The directory it hides; null at the root of everything.</summary>
    internal FileNode? Covered { get; init; }

    /// <summary>The mount that directory is on.</summary>
    internal Mount? On { get; init; }
}

/// <summary>A file or directory, and the mount it was reached by.</summary>
public readonly record struct Place(Mount Mount, FileNode Node)
{
    /// <summary>Its file system.</summary>
    public FileSystem FileSystem => Mount.FileSystem;
}

/// <summary>What a path leads to.</summary>
/// <param name="Parent">The directory that holds its last name.</param>
/// <param name="Name">Its last name; empty when it leads to the root, or ends with "..".</param>
/// <param name="Target">What is there; null for nothing.</param>
/// <param name="MustBeDirectory">It ends with a slash.</param>
public readonly record struct Resolution(
    Place Parent,
    string Name,
    Place? Target,
    bool MustBeDirectory
);

/// <summary>
/// All file systems in one tree. A mounted one hides the directory it is mounted on, whatever path leads there.
/// </summary>
/// <remarks>
/// Paths are followed name by name, as Linux does it: ".." goes back the way one came, out of a mount too; a symbolic link
/// is followed from the directory that holds it; the last name may be missing.
/// </remarks>
public sealed class MountTree
{
    private const int MostLinks = 40;

    private readonly Dictionary<FileNode, Mount> covered = [];
    private readonly List<Mount> mounts = [];
    private uint lastNumber;

    /// <summary>A tree of one file system.</summary>
    public MountTree(FileSystem root) => mounts.Add(new Mount(root, "/", ++lastNumber));

    /// <summary>All mounts, the root's first.</summary>
    public IReadOnlyList<Mount> Mounts => mounts;

    private Mount Root => mounts[0];

    /// <summary>Mounts a file system on a directory.</summary>
    /// <exception cref="FileSystemException">There is no such directory, or something is mounted there already (EBUSY).</exception>
    public async ValueTask<Mount> MountAsync(string path, FileSystem fileSystem)
    {
        Resolution resolution = await ResolveAsync(path, followLast: true);
        Place place = resolution.Target ?? throw NotFound(path);
        if (!place.Node.IsDirectory)
        {
            throw new FileSystemException(FileError.NotDirectory, $"{path} is no directory.");
        }
        if (place.Node == place.FileSystem.Root || covered.ContainsKey(place.Node))
        {
            throw new FileSystemException(
                FileError.Busy,
                $"Something is mounted on {path} already."
            );
        }
        if (mounts.Any(mount => mount.FileSystem == fileSystem))
        {
            throw new FileSystemException(
                FileError.Busy,
                $"{fileSystem.Source} is mounted somewhere already."
            );
        }
        Mount mount = new(fileSystem, path, ++lastNumber)
        {
            Covered = place.Node,
            On = place.Mount,
        };
        covered.Add(place.Node, mount);
        mounts.Add(mount);
        return mount;
    }

    /// <summary>Takes a file system out of the tree, and leaves its medium in order.</summary>
    /// <exception cref="FileSystemException">It has open files or other mounts on it (EBUSY), or is not one (EINVAL).</exception>
    public async ValueTask UnmountAsync(string path)
    {
        Resolution resolution = await ResolveAsync(path, followLast: true);
        Place place = resolution.Target ?? throw NotFound(path);
        if (place.Node != place.FileSystem.Root || place.Mount.Covered is null)
        {
            throw new FileSystemException(FileError.Invalid, $"Nothing is mounted on {path}.");
        }
        if (mounts.Any(mount => mount.On == place.Mount))
        {
            throw new FileSystemException(
                FileError.Busy,
                $"Other file systems are mounted below {path}."
            );
        }
        await place.FileSystem.UnmountAsync();
        covered.Remove(place.Mount.Covered);
        mounts.Remove(place.Mount);
    }

    /// <summary>Whether a node may be removed, renamed or replaced: nothing is mounted on it.</summary>
    public bool IsFree(FileNode node) => !covered.ContainsKey(node);

    /// <summary>Follows a path from the root.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="followLast">Whether to follow a symbolic link at its end.</param>
    /// <exception cref="FileSystemException">Some name on the way is missing (ENOENT) or no directory (ENOTDIR), links lead in circles (ELOOP), the path is too long (ENAMETOOLONG) or not absolute (EINVAL).</exception>
    public async ValueTask<Resolution> ResolveAsync(string path, bool followLast)
    {
        if (path.Length > FileServiceLimits.Path)
        {
            throw new FileSystemException(
                FileError.NameTooLong,
                $"A path of {path.Length} characters; {FileServiceLimits.Path} is the most."
            );
        }
        if (path.Length == 0)
        {
            throw new FileSystemException(FileError.NotFound, "An empty path leads nowhere.");
        }
        if (path[0] != '/' || path.Contains('\0'))
        {
            throw new FileSystemException(FileError.Invalid, $"\"{path}\" is no absolute path.");
        }
        bool isDirectory = path.EndsWith('/') || path.EndsWith("/.");
        Walk walk = new(this, path, followLast || isDirectory);
        return await walk.RunAsync() with { MustBeDirectory = isDirectory };
    }

    private static FileSystemException NotFound(string path) =>
        new(FileError.NotFound, $"There is no {path}.");

    // One path being followed.
    private sealed class Walk
    {
        private readonly MountTree tree;
        private readonly string path;
        private readonly bool followLast;
        private readonly Stack<Place> way = new();
        private readonly Stack<string> ahead = new();
        private int links;

        public Walk(MountTree tree, string path, bool followLast)
        {
            this.tree = tree;
            this.path = path;
            this.followLast = followLast;
            Restart();
            Push(path);
        }

        public async ValueTask<Resolution> RunAsync()
        {
            string name = "";
            while (ahead.TryPop(out string? next))
            {
                Place here = way.Peek();
                if (!here.Node.IsDirectory)
                {
                    throw new FileSystemException(
                        FileError.NotDirectory,
                        $"{path}: what should hold {next} is no directory."
                    );
                }
                name = next;
                if (next == "..")
                {
                    name = "";
                    if (way.Count > 1)
                    {
                        way.Pop();
                    }
                    continue;
                }
                FileNode? child = await here.FileSystem.LookupAsync(here.Node, next);
                if (child is null)
                {
                    return ahead.Count == 0
                        ? new Resolution(here, next, null, false)
                        : throw NotFound(path);
                }
                if (child.Kind == FileKind.SymbolicLink && (ahead.Count > 0 || followLast))
                {
                    await FollowAsync(here, child);
                    name = "";
                    continue;
                }
                way.Push(
                    tree.covered.TryGetValue(child, out Mount? mount)
                        ? new Place(mount, mount.FileSystem.Root)
                        : new Place(here.Mount, child)
                );
            }
            Place target = way.Pop();
            return new Resolution(way.Count > 0 ? way.Peek() : target, name, target, false);
        }

        private async ValueTask FollowAsync(Place here, FileNode link)
        {
            if (++links > MostLinks)
            {
                throw new FileSystemException(
                    FileError.TooManyLinks,
                    $"{path}: more than {MostLinks} symbolic links on the way."
                );
            }
            string target = await here.FileSystem.ReadLinkAsync(link);
            if (target.Length == 0)
            {
                throw NotFound(path);
            }
            if (target[0] == '/')
            {
                Restart();
            }
            Push(target);
        }

        private void Restart()
        {
            way.Clear();
            way.Push(new Place(tree.Root, tree.Root.FileSystem.Root));
        }

        private void Push(string names)
        {
            string[] parts = names.Split('/');
            for (int i = parts.Length - 1; i >= 0; i--)
            {
                if (parts[i].Length > 0 && parts[i] != ".")
                {
                    ahead.Push(parts[i]);
                }
            }
            if (ahead.Count > FileServiceLimits.Path)
            {
                throw new FileSystemException(FileError.NameTooLong, $"{path}: too many names.");
            }
        }
    }
}

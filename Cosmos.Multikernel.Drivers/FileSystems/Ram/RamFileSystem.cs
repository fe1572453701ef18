namespace Cosmos.Multikernel.Drivers.FileSystems.Ram;

/// <summary>
/// A file system in the memory of the instance that serves it, up to a limit. It is gone with the instance.
/// </summary>
public sealed partial class RamFileSystem : FileSystem
{
    // Counted against the limit for each name, beside its contents.
    private const int NodeCost = 256;

    private const int LongestName = 255;

    private readonly long limit;
    private readonly TimeProvider clock;
    private readonly RamNode root;
    private long used;
    private ulong lastNumber;

    /// <summary>An empty file system.</summary>
    /// <param name="limit">Bytes it may take: contents in pages of 4096 bytes, and 256 for each name.</param>
    /// <param name="source">Its name in lists and errors.</param>
    /// <param name="clock">Where times come from; null for the system's clock.</param>
    public RamFileSystem(long limit, string source = "ram", TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        this.limit = limit;
        this.clock = clock ?? TimeProvider.System;
        Source = source;
        root = Make(FileKind.Directory, 0x1FF, "");
    }

    /// <inheritdoc/>
    public override string Type => "ram";

    /// <inheritdoc/>
    public override string Source { get; }

    /// <inheritdoc/>
    public override bool IsReadOnly => false;

    /// <inheritdoc/>
    public override FileNode Root => root;

    /// <inheritdoc/>
    protected override ValueTask<FileNode?> LookupCoreAsync(FileNode directory, string name) =>
        new(((RamNode)directory).Names.GetValueOrDefault(name));

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<DirectoryItem>> ListCoreAsync(
        FileNode directory,
        long from,
        int most
    )
    {
        // Numbers grow and are never used again, so that a reader goes on where it was whatever has changed meanwhile.
        List<DirectoryItem> items =
        [
            .. ((RamNode)directory)
                .Names.Where(pair => (long)pair.Value.Number >= from)
                .OrderBy(pair => pair.Value.Number)
                .Take(most)
                .Select(pair => new DirectoryItem(
                    pair.Key,
                    pair.Value.Number,
                    pair.Value.Kind,
                    (long)pair.Value.Number + 1
                )),
        ];
        return new(items);
    }

    /// <inheritdoc/>
    protected override ValueTask<FileStatus> GetStatusCoreAsync(FileNode node)
    {
        RamNode file = (RamNode)node;
        return new(
            new FileStatus
            {
                Number = file.Number,
                Length = file.Kind == FileKind.SymbolicLink ? file.Target.Length : file.Length,
                Allocated = file.Pages.Count * (long)RamNode.PageSize,
                Created = FileTime.ToNanoseconds(file.Created),
                Accessed = FileTime.ToNanoseconds(file.Accessed),
                Modified = FileTime.ToNanoseconds(file.Modified),
                Links = file.IsUnlinked ? 0u : 1,
                Permissions = file.Permissions,
                Kind = file.Kind,
                Marks = (file.Permissions & 0x92) == 0 ? FileMarks.ReadOnly : FileMarks.None,
                BlockSize = RamNode.PageSize,
            }
        );
    }

    /// <inheritdoc/>
    protected override ValueTask<string> ReadLinkCoreAsync(FileNode node) =>
        node.Kind == FileKind.SymbolicLink
            ? new(((RamNode)node).Target)
            : base.ReadLinkCoreAsync(node);

    /// <inheritdoc/>
    protected override ValueTask<FileSystemStatus> GetSpaceCoreAsync() =>
        new(
            new FileSystemStatus
            {
                BlockSize = RamNode.PageSize,
                TotalBlocks = limit / RamNode.PageSize,
                FreeBlocks = Math.Max(0, limit - used) / RamNode.PageSize,
                LongestName = LongestName,
                Magic = 0x0102_1994,
            }
        );

    /// <inheritdoc/>
    protected override ValueTask<FileNode> CreateCoreAsync(
        FileNode directory,
        string name,
        FileKind kind,
        ushort permissions,
        string? target
    )
    {
        RamNode parent = (RamNode)directory;
        CheckName(name);
        if (parent.Names.ContainsKey(name))
        {
            throw new FileSystemException(FileError.Exists, $"{Source}: {name} is there already.");
        }
        Charge(NodeCost, name);
        RamNode node = Make(kind, permissions, target ?? "");
        node.Parent = parent;
        parent.Names.Add(name, node);
        parent.Modified = Now();
        return new(node);
    }

    /// <inheritdoc/>
    protected override ValueTask RemoveCoreAsync(
        FileNode directory,
        string name,
        bool isDirectory,
        Func<FileNode, bool>? mayRemove
    )
    {
        RamNode parent = (RamNode)directory;
        RamNode node = Find(parent, name);
        CheckMayGo(node, name, mayRemove);
        if (node.IsDirectory != isDirectory)
        {
            throw new FileSystemException(
                isDirectory ? FileError.NotDirectory : FileError.IsDirectory,
                $"{Source}: {name} is {(isDirectory ? "no" : "a")} directory."
            );
        }
        CheckEmpty(node, name);
        parent.Names.Remove(name);
        parent.Modified = Now();
        Discard(node);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask RenameCoreAsync(
        FileNode from,
        string oldName,
        FileNode to,
        string newName,
        bool replace,
        Func<FileNode, bool>? mayMove
    )
    {
        RamNode source = (RamNode)from;
        RamNode destination = (RamNode)to;
        CheckName(newName);
        RamNode node = Find(source, oldName);
        CheckMayGo(node, oldName, mayMove);
        for (RamNode? at = destination; at is not null; at = at.Parent)
        {
            if (at == node)
            {
                throw new FileSystemException(
                    FileError.Invalid,
                    $"{Source}: {oldName} cannot go into itself."
                );
            }
        }
        if (destination.Names.TryGetValue(newName, out RamNode? victim))
        {
            if (victim == node)
            {
                return ValueTask.CompletedTask;
            }
            CheckReplace(node, victim, newName, replace, mayMove);
            destination.Names.Remove(newName);
            Discard(victim);
        }
        source.Names.Remove(oldName);
        destination.Names.Add(newName, node);
        node.Parent = destination;
        source.Modified = destination.Modified = Now();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask SetStatusCoreAsync(FileNode node, StatusChange change)
    {
        RamNode file = (RamNode)node;
        file.Permissions = change.Permissions ?? file.Permissions;
        if (change.Marks is { } marks)
        {
            bool isReadOnly = marks.HasFlag(FileMarks.ReadOnly);
            file.Permissions = (ushort)(
                isReadOnly ? file.Permissions & ~0x92 : file.Permissions | 0x80
            );
        }
        file.Created = change.Created ?? file.Created;
        file.Accessed = change.Accessed ?? file.Accessed;
        file.Modified = change.Modified ?? file.Modified;
        return ValueTask.CompletedTask;
    }

    private DateTime Now() => clock.GetUtcNow().UtcDateTime;

    private RamNode Make(FileKind kind, ushort permissions, string target)
    {
        DateTime now = Now();
        return new RamNode(this, kind, ++lastNumber)
        {
            Target = target,
            Permissions = permissions,
            Created = now,
            Accessed = now,
            Modified = now,
        };
    }

    private RamNode Find(RamNode directory, string name) =>
        directory.Names.GetValueOrDefault(name)
        ?? throw new FileSystemException(FileError.NotFound, $"{Source}: there is no {name}.");

    private void CheckName(string name)
    {
        if (name.Length > LongestName)
        {
            throw new FileSystemException(
                FileError.NameTooLong,
                $"{Source}: a name of {name.Length} characters; {LongestName} is the most."
            );
        }
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0'))
        {
            throw new FileSystemException(
                FileError.Invalid,
                $"{Source}: \"{name}\" can be no name."
            );
        }
    }

    private void CheckEmpty(RamNode node, string name)
    {
        if (node.Names.Count > 0)
        {
            throw new FileSystemException(
                FileError.NotEmpty,
                $"{Source}: {name} still holds {node.Names.Count} names."
            );
        }
    }

    private void CheckMayGo(RamNode node, string name, Func<FileNode, bool>? mayGo)
    {
        if (mayGo is not null && !mayGo(node))
        {
            throw new FileSystemException(FileError.Busy, $"{Source}: {name} is in use.");
        }
    }

    private void CheckReplace(
        RamNode node,
        RamNode victim,
        string name,
        bool replace,
        Func<FileNode, bool>? mayMove
    )
    {
        if (!replace)
        {
            throw new FileSystemException(FileError.Exists, $"{Source}: {name} is there already.");
        }
        CheckMayGo(victim, name, mayMove);
        if (victim.IsDirectory != node.IsDirectory)
        {
            throw new FileSystemException(
                node.IsDirectory ? FileError.NotDirectory : FileError.IsDirectory,
                $"{Source}: {name} is {(node.IsDirectory ? "no" : "a")} directory."
            );
        }
        CheckEmpty(victim, name);
    }

    private void Charge(long bytes, string what)
    {
        if (bytes > limit - used)
        {
            throw new FileSystemException(
                FileError.NoSpace,
                $"{Source}: no room for {what}: {used} of {limit} bytes are taken."
            );
        }
        used += bytes;
    }
}

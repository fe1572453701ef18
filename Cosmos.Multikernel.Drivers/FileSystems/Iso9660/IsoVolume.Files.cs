using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Iso9660;

/// <summary>Directories and files of a disc.</summary>
public sealed partial class IsoVolume
{
    // Directories that stay in memory though nobody holds them.
    private const int KeptDirectories = 64;

    // Longer directories, and more areas of fields to one record, are taken for damage.
    private const int LongestDirectory = 16 << 20;
    private const int MostContinuations = 64;
    private const int LongestContinuation = 64 << 10;

    /// <inheritdoc/>
    protected override async ValueTask<FileNode?> LookupCoreAsync(FileNode directory, string name)
    {
        IsoNode parent = (IsoNode)directory;
        StringComparison comparison =
            Names == IsoNames.Plain ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        foreach (IsoEntry entry in await NamesOfAsync(parent))
        {
            if (entry.Name.Equals(name, comparison))
            {
                return NodeOf(parent, entry);
            }
        }
        return null;
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyList<DirectoryItem>> ListCoreAsync(
        FileNode directory,
        long from,
        int most
    )
    {
        IReadOnlyList<IsoEntry> names = await NamesOfAsync((IsoNode)directory);
        int first = (int)Math.Clamp(from, 0, names.Count);
        return
        [
            .. names
                .Skip(first)
                .Take(most)
                .Select(
                    (entry, i) =>
                        new DirectoryItem(entry.Name, NumberOf(entry), entry.Kind, first + i + 1)
                ),
        ];
    }

    /// <inheritdoc/>
    protected override ValueTask<FileStatus> GetStatusCoreAsync(FileNode node)
    {
        IsoEntry entry = ((IsoNode)node).Entry;
        long length = entry.Kind == FileKind.SymbolicLink ? entry.Target.Length : entry.Length;
        return new(
            new FileStatus
            {
                Number = NumberOf(entry),
                Length = length,
                Allocated = (entry.Length + blockSize - 1) / blockSize * blockSize,
                Created = FileTime.ToNanoseconds(entry.Created),
                Accessed = FileTime.ToNanoseconds(entry.Accessed),
                Modified = FileTime.ToNanoseconds(entry.Modified),
                Links = 1,
                Permissions = entry.Permissions,
                Kind = entry.Kind,
                Marks = FileMarks.ReadOnly,
                BlockSize = SectorSize,
            }
        );
    }

    /// <inheritdoc/>
    protected override ValueTask<string> ReadLinkCoreAsync(FileNode node) =>
        node.Kind == FileKind.SymbolicLink
            ? new(((IsoNode)node).Entry.Target)
            : base.ReadLinkCoreAsync(node);

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadCoreAsync(
        FileNode node,
        long offset,
        Memory<byte> into
    )
    {
        IsoNode file = (IsoNode)node;
        int done = 0;
        foreach (IsoExtent extent in file.Entry.Extents)
        {
            if (offset < extent.Length && done < into.Length)
            {
                int count = (int)Math.Min(into.Length - done, extent.Length - offset);
                CheckExtent(extent, file.Path);
                await cache.ReadPastAsync(extent.Position + offset, into.Slice(done, count));
                done += count;
                offset += count;
            }
            offset -= extent.Length;
            if (done == into.Length)
            {
                break;
            }
        }
        return done;
    }

    private static ulong NumberOf(IsoEntry entry) => (ulong)entry.RecordPosition;

    private void CheckExtent(IsoExtent extent, string path)
    {
        if (extent.Position + extent.Length > device.Geometry.Length)
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{Source}: {path} has {extent.Length} bytes at {extent.Position}, beyond the device's end at {device.Geometry.Length}."
            );
        }
    }

    private IsoNode NodeOf(IsoNode parent, IsoEntry entry)
    {
        if (entry.Node is not null && entry.Node.TryGetTarget(out IsoNode? known))
        {
            return known;
        }
        IsoNode node = new(this, parent, entry);
        for (
            IsoNode? ancestor = parent;
            ancestor is not null && node.IsDirectory;
            ancestor = ancestor.Parent
        )
        {
            if (ancestor.Entry.Extents[0].Position == entry.Extents[0].Position)
            {
                throw new FileSystemException(
                    FileError.InputOutput,
                    $"{Source}: the directory {node.Path} leads back to {ancestor.Path}."
                );
            }
        }
        entry.Node = new WeakReference<IsoNode>(node);
        return node;
    }

    private async ValueTask<IReadOnlyList<IsoEntry>> NamesOfAsync(IsoNode directory)
    {
        if (directory.Names is null)
        {
            List<IsoEntry> names = await ReadNamesAsync(directory);
            directory.Names ??= names;
            keptDirectories.AddFirst(directory);
            if (keptDirectories.Count > KeptDirectories)
            {
                keptDirectories.RemoveLast();
            }
        }
        return directory.Names;
    }

    private async ValueTask<List<IsoEntry>> ReadNamesAsync(IsoNode directory)
    {
        IsoExtent extent = directory.Entry.Extents[0];
        CheckExtent(extent, directory.Path);
        if (extent.Length > LongestDirectory)
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{Source}: the directory {directory.Path} is {extent.Length} bytes long, more than {LongestDirectory}."
            );
        }
        byte[] bytes = new byte[extent.Length];
        await cache.ReadPastAsync(extent.Position, bytes);
        List<IsoEntry> names = [];
        IsoEntry? continued = null;
        for (int at = 0; at < bytes.Length; )
        {
            // Records do not cross sectors; a zero says that the sector holds no more.
            int sectorEnd = Math.Min(bytes.Length, (at / SectorSize + 1) * SectorSize);
            if (bytes[at] == 0)
            {
                at = sectorEnd;
                continue;
            }
            IsoEntry? entry = TakeRecord(
                directory,
                bytes.AsSpan(at, sectorEnd - at),
                extent.Position + at,
                ref continued,
                out int length,
                out RockRidge? more
            );
            if (entry is not null && more is not null)
            {
                await FinishRockRidgeAsync(directory, entry, more);
            }
            if (entry is { IsMoved: false } && entry.Name.Length > 0 && !entry.Name.Contains('/'))
            {
                names.Add(entry);
            }
            at += length;
        }
        return names;
    }

    // One record: a new entry, or null when it belongs to one already taken or is not shown.
    private IsoEntry? TakeRecord(
        IsoNode directory,
        ReadOnlySpan<byte> rest,
        long position,
        ref IsoEntry? continued,
        out int length,
        out RockRidge? more
    )
    {
        more = null;
        if (!IsoRecord.TryRead(rest, out IsoRecord record))
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{Source}: the directory {directory.Path} holds a damaged record at {position}."
            );
        }
        length = record.Length;
        if (record.IsDots || record.IsAssociated)
        {
            return null;
        }
        if (record.IsInterleaved)
        {
            throw new FileSystemException(
                FileError.NotSupported,
                $"{Source}: the directory {directory.Path} holds an interleaved file at {position}."
            );
        }
        IsoExtent extent = new((long)record.Block * blockSize, record.Bytes);
        IsoEntry? before = continued;
        IsoEntry entry = before ?? MakeEntry(record, position);
        entry.Extents.Add(extent);
        continued = record.IsContinued ? entry : null;
        if (before is null && skip is { } skipped && record.SystemUse.Length > skipped)
        {
            more = new RockRidge(entry);
            more.Take(record.SystemUse[skipped..], blockSize);
        }
        return before is null ? entry : null;
    }

    private IsoEntry MakeEntry(IsoRecord record, long position) =>
        new()
        {
            Name = Names == IsoNames.Joliet ? record.JolietName() : record.PlainName(),
            RecordPosition = position,
            Kind = record.IsDirectory ? FileKind.Directory : FileKind.Regular,
            Permissions = (ushort)(record.IsDirectory ? 0x16D : 0x124), // octal 555 and 444
            Created = record.Time,
            Accessed = record.Time,
            Modified = record.Time,
        };

    private async ValueTask FinishRockRidgeAsync(IsoNode directory, IsoEntry entry, RockRidge more)
    {
        for (int i = 0; more.Continuation.Length > 0; i++)
        {
            IsoExtent area = more.Continuation;
            if (i == MostContinuations || area.Length > LongestContinuation)
            {
                throw new FileSystemException(
                    FileError.InputOutput,
                    $"{Source}: a record in {directory.Path} is continued without end, at {area.Position}."
                );
            }
            CheckExtent(area, directory.Path);
            byte[] fields = new byte[area.Length];
            await cache.ReadAsync(area.Position, fields);
            more.Take(fields, blockSize);
        }
        more.Finish();
        if (entry.MovedTo != 0)
        {
            await BringBackAsync(directory, entry);
        }
    }

    // A directory nested too deep for ISO 9660 stands elsewhere; its own first record says how long it is.
    private async ValueTask BringBackAsync(IsoNode directory, IsoEntry entry)
    {
        IsoExtent first = new((long)entry.MovedTo * blockSize, 256);
        CheckExtent(first, $"{directory.Path}/{entry.Name}");
        byte[] bytes = new byte[first.Length];
        await cache.ReadAsync(first.Position, bytes);
        if (!IsoRecord.TryRead(bytes, out IsoRecord record))
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{Source}: {directory.Path}/{entry.Name} was moved to block {entry.MovedTo}, where there is no directory."
            );
        }
        entry.Kind = FileKind.Directory;
        entry.Extents.Clear();
        entry.Extents.Add(new IsoExtent(first.Position, record.Bytes));
    }
}

using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>Reading directories: names, and the nodes behind them.</summary>
public sealed partial class FatVolume
{
    private const byte Deleted = 0xE5;

    /// <inheritdoc/>
    protected override async ValueTask<FileNode?> LookupCoreAsync(FileNode directory, string name)
    {
        FatNode parent = (FatNode)directory;
        FatDirectory names = await NamesOfAsync(parent);
        return names.Find(FatNames.Normalize(name)) is { } set ? NodeOf(parent, set) : null;
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyList<DirectoryItem>> ListCoreAsync(
        FileNode directory,
        long from,
        int most
    )
    {
        FatNode parent = (FatNode)directory;
        FatDirectory names = await NamesOfAsync(parent);
        return
        [
            .. names
                .From((int)Math.Clamp(from, 0, FatDirectory.MostSlots))
                .Take(most)
                .Select(set => new DirectoryItem(
                    set.Name,
                    FatNode.NumberOf(parent, set),
                    set.Entry.IsDirectory ? FileKind.Directory : FileKind.Regular,
                    set.ShortSlot + 1
                )),
        ];
    }

    /// <inheritdoc/>
    protected override async ValueTask<FileStatus> GetStatusCoreAsync(FileNode node)
    {
        FatNode file = (FatNode)node;
        long length = file.IsDirectory
            ? (await NamesOfAsync(file)).SlotCount * (long)FatParameters.EntrySize
            : file.Set.Entry.Size;
        ref FatEntry entry = ref file.Set.Entry;
        FileMarks marks =
            (FileMarks)entry.Attributes
            & (FileMarks.ReadOnly | FileMarks.Hidden | FileMarks.System | FileMarks.Archive);
        return new FileStatus
        {
            Number = file.Number,
            Length = length,
            Allocated = parameters.ClustersFor(length) * parameters.ClusterSize,
            Created = FileTime.ToNanoseconds(entry.Created),
            Accessed = FileTime.ToNanoseconds(entry.Accessed),
            Modified = FileTime.ToNanoseconds(entry.Modified),
            Links = file.IsUnlinked ? 0u : 1,

            // FAT knows one permission only: to write. Octal 777 or 555.
            Permissions = (ushort)(marks.HasFlag(FileMarks.ReadOnly) ? 0x16D : 0x1FF),
            Kind = file.Kind,
            Marks = marks,
            BlockSize = parameters.ClusterSize,
        };
    }

    /// <summary>The one node of a name.</summary>
    private FatNode NodeOf(FatNode parent, FatEntrySet set)
    {
        if (set.Node is not null && set.Node.TryGetTarget(out FatNode? known))
        {
            return known;
        }
        FatNode node = new(this, parent, set);
        if (node.IsDirectory)
        {
            CheckDirectory(node);
        }
        set.Node = new WeakReference<FatNode>(node);
        return node;
    }

    // A directory must have clusters, and none of its ancestors' clusters.
    private void CheckDirectory(FatNode node)
    {
        if (!parameters.IsCluster(node.FirstCluster))
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{Source}: the directory {node.Path} begins with cluster {node.FirstCluster}, and there are clusters 2 to {parameters.ClusterEnd - 1}."
            );
        }
        for (FatNode? ancestor = node.Parent; ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor.FirstCluster == node.FirstCluster)
            {
                throw new FileSystemException(
                    FileError.InputOutput,
                    $"{Source}: the directory {node.Path} leads back to {ancestor.Path}."
                );
            }
        }
    }

    /// <summary>A directory's names; read at the first need, once for all who ask meanwhile.</summary>
    private async ValueTask<FatDirectory> NamesOfAsync(FatNode directory)
    {
        if (directory.Names is { } known)
        {
            return known;
        }
        directory.Loading ??= LoadNamesAsync(directory);
        try
        {
            return await directory.Loading;
        }
        finally
        {
            directory.Loading = null;
        }
    }

    private async Task<FatDirectory> LoadNamesAsync(FatNode directory)
    {
        FatDirectory names = new();
        FatLongName longName = new();
        bool isFixed = directory.IsRoot && parameters.Kind != FatKind.Fat32;
        if (isFixed)
        {
            byte[] all = new byte[parameters.RootEntries * FatParameters.EntrySize];
            await cache.ReadPastAsync(parameters.RootPosition, all);
            TakeEntries(directory, names, longName, all);
        }
        else
        {
            await directory.Chain.FollowAsync(uint.MaxValue);
            uint length = await directory.Chain.GetLengthAsync();
            if (
                (long)length * parameters.ClusterSize
                > FatDirectory.MostSlots * FatParameters.EntrySize
            )
            {
                throw new FileSystemException(
                    FileError.InputOutput,
                    $"{Source}: the directory {directory.Path} has {length} clusters, more than a directory can have."
                );
            }
            byte[] cluster = new byte[parameters.ClusterSize];
            for (uint index = 0; index < length; index++)
            {
                ClusterRun run = directory.Chain.Find(index);
                await cache.ReadPastAsync(parameters.PositionOf(run.First), cluster);
                TakeEntries(directory, names, longName, cluster);
            }
        }
        directory.Names = names;
        KeepNames(directory);
        return names;
    }

    private void TakeEntries(
        FatNode directory,
        FatDirectory names,
        FatLongName longName,
        ReadOnlySpan<byte> entries
    )
    {
        int first = names.SlotCount;
        bool hasEnded = names.End < first;
        names.Grow(entries.Length / FatParameters.EntrySize);
        for (int i = 0; i < entries.Length / FatParameters.EntrySize; i++)
        {
            ReadOnlySpan<byte> entry = entries.Slice(
                i * FatParameters.EntrySize,
                FatParameters.EntrySize
            );
            if (hasEnded || entry[0] == 0)
            {
                hasEnded = true;
                names.HasRemains |= entry[0] != 0;
                continue;
            }
            names.End = first + i + 1;
            TakeEntry(directory, names, longName, entry, first + i);
        }
    }

    private void TakeEntry(
        FatNode directory,
        FatDirectory names,
        FatLongName longName,
        ReadOnlySpan<byte> bytes,
        int slot
    )
    {
        FatAttributes attributes = (FatAttributes)bytes[11];
        if (bytes[0] == Deleted)
        {
            longName.Reset();
            return;
        }
        names.Mark(slot, true);
        if ((attributes & FatAttributes.LongNameMask) == FatAttributes.LongName)
        {
            longName.Take(bytes);
            return;
        }
        FatEntry entry = FatEntry.Read(bytes);
        if (attributes.HasFlag(FatAttributes.Label))
        {
            names.LabelSlot = directory.IsRoot && names.LabelSlot < 0 ? slot : names.LabelSlot;
            names.Label =
                names.LabelSlot == slot ? FatNames.DecodeLabel(entry.RawName) : names.Label;
        }
        else if (!IsDots(entry.RawName))
        {
            TakeName(names, longName, entry, slot);
        }
        longName.Reset();
    }

    private void TakeName(FatDirectory names, FatLongName longName, FatEntry entry, int slot)
    {
        if (parameters.Kind != FatKind.Fat32)
        {
            // The upper half of the number means something else there.
            entry.Cluster &= 0xFFFF;
        }
        string shortName = FatNames.DecodeShort(entry.RawName, 0);
        string? name = longName.For(entry.RawName);
        int count = name is null ? 1 : longName.Count + 1;
        name ??= FatNames.DecodeShort(entry.RawName, entry.Case);

        // A name with a slash in it, or none at all, cannot be reached; it is left alone.
        if (name.Length == 0 || name.AsSpan().ContainsAny('/', '\0') || count > slot + 1)
        {
            return;
        }
        names.Add(
            new FatEntrySet
            {
                Name = name,
                ShortName = shortName,
                FirstSlot = slot - count + 1,
                SlotCount = count,
                Entry = entry,
            }
        );
    }

    private static bool IsDots(string raw) => raw is ".          " or "..         ";

    // The directories used last stay in memory, up to a number of names.
    private void KeepNames(FatNode directory)
    {
        keptDirectories.AddFirst(directory);
        long total = 0;
        int kept = 0;
        foreach (FatNode node in keptDirectories)
        {
            total += node.Names!.SlotCount;
            if (total > KeptNames && kept > 0)
            {
                break;
            }
            kept++;
        }
        while (keptDirectories.Count > kept)
        {
            keptDirectories.RemoveLast();
        }
    }

    /// <summary>Where a directory's place is on the volume.</summary>
    private async ValueTask<long> PositionOfAsync(FatNode directory, int slot)
    {
        long offset = (long)slot * FatParameters.EntrySize;
        if (directory.IsRoot && parameters.Kind != FatKind.Fat32)
        {
            return parameters.RootPosition + offset;
        }
        uint index = (uint)(offset / parameters.ClusterSize);
        await directory.Chain.FollowAsync(index);
        ClusterRun run = directory.Chain.Find(index);
        return parameters.PositionOf(run.First) + offset % parameters.ClusterSize;
    }

    /// <summary>Writes bytes at a directory's places, cluster by cluster.</summary>
    private async ValueTask WriteSlotsAsync(
        FatNode directory,
        int slot,
        ReadOnlyMemory<byte> bytes,
        WriteStage stage = WriteStage.Second
    )
    {
        int perCluster = parameters.ClusterSize / FatParameters.EntrySize;
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(
                bytes.Length,
                (perCluster - slot % perCluster) * FatParameters.EntrySize
            );
            await cache.WriteAsync(await PositionOfAsync(directory, slot), bytes[..count], stage);
            bytes = bytes[count..];
            slot += count / FatParameters.EntrySize;
        }
    }
}

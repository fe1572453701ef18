using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>Names that come and go.</summary>
/// <remarks>
/// Order of making a directory: its cluster with "." and "..", the table, then its name. Of making a file: its name alone,
/// for an empty file has no cluster. Of removing: the name, then, after that is on the medium, the table.
/// </remarks>
public sealed partial class FatVolume
{
    /// <inheritdoc/>
    protected override async ValueTask<FileNode> CreateCoreAsync(
        FileNode directory,
        string name,
        FileKind kind,
        ushort permissions,
        string? target
    )
    {
        FatNode parent = (FatNode)directory;
        if (kind == FileKind.SymbolicLink)
        {
            throw new FileSystemException(
                FileError.NotPermitted,
                $"{Source}: FAT has no symbolic links."
            );
        }
        name = FatNames.Normalize(name);
        FatNames.Check(name, Source);
        FatDirectory names = await NamesOfAsync(parent);
        if (names.Find(name) is not null)
        {
            throw new FileSystemException(
                FileError.Exists,
                $"{Source}: {parent.Path} holds {name} already."
            );
        }
        await BeginChangeAsync();
        FatName plan = FatNames.Plan(name, alias => names.Find(alias) is not null);
        int slot = await MakeRoomAsync(parent, names, plan.EntryCount);
        DateTime now = Now();
        bool isReadOnly = kind == FileKind.Regular && (permissions & 0x92) == 0;
        FatEntry entry = new()
        {
            RawName = plan.RawShort,
            Case = plan.Case,
            Created = now,
            Accessed = now,
            Modified = now,
            Attributes =
                kind == FileKind.Directory ? FatAttributes.Directory
                : isReadOnly ? FatAttributes.Archive | FatAttributes.ReadOnly
                : FatAttributes.Archive,
        };
        if (kind == FileKind.Directory)
        {
            entry.Cluster = await MakeDirectoryClusterAsync(parent, plan.Name, entry);
        }
        return NodeOf(parent, await AddNameAsync(parent, names, plan, entry, slot));
    }

    /// <inheritdoc/>
    protected override async ValueTask RemoveCoreAsync(
        FileNode directory,
        string name,
        bool isDirectory,
        Func<FileNode, bool>? mayRemove
    )
    {
        FatNode parent = (FatNode)directory;
        FatDirectory names = await NamesOfAsync(parent);
        FatEntrySet set = names.Find(FatNames.Normalize(name)) ?? throw NotFound(parent, name);
        FatNode node = NodeOf(parent, set);
        CheckKind(node, isDirectory);
        CheckMayGo(node, mayRemove);
        if (isDirectory)
        {
            await CheckEmptyAsync(node);
        }
        // Followed to its end first: what is broken is not to be given back.
        await node.Chain.GetLengthAsync();
        await BeginChangeAsync();
        await RemoveNameAsync(parent, names, set);
        await DiscardAsync(node);
    }

    private static FileSystemException NotFound(FatNode parent, string name) =>
        new(FileError.NotFound, $"{parent.Source}: {parent.Path} holds no {name}.");

    private void CheckKind(FatNode node, bool isDirectory)
    {
        if (node.IsDirectory != isDirectory)
        {
            throw new FileSystemException(
                isDirectory ? FileError.NotDirectory : FileError.IsDirectory,
                $"{Source}: {node.Path} is {(isDirectory ? "no" : "a")} directory."
            );
        }
    }

    private void CheckMayGo(FatNode node, Func<FileNode, bool>? mayGo)
    {
        if (mayGo is not null && !mayGo(node))
        {
            throw new FileSystemException(FileError.Busy, $"{Source}: {node.Path} is in use.");
        }
    }

    private async ValueTask CheckEmptyAsync(FatNode directory)
    {
        FatDirectory names = await NamesOfAsync(directory);
        if (names.Count > 0)
        {
            throw new FileSystemException(
                FileError.NotEmpty,
                $"{Source}: {directory.Path} still holds {names.Count} names."
            );
        }
    }

    /// <summary>A node has lost its name: its clusters go too, or when the last handle is closed.</summary>
    private async ValueTask DiscardAsync(FatNode node)
    {
        node.IsUnlinked = true;
        node.Set.Node = null;
        if (node.OpenCount == 0)
        {
            await ReleaseChainAsync(node);
        }
        else
        {
            unlinkedOpen++;
        }
    }

    /// <summary>Finds places for a name, making the directory longer when it must be.</summary>
    private async ValueTask<int> MakeRoomAsync(FatNode directory, FatDirectory names, int count)
    {
        await ClearRemainsAsync(directory, names);
        int slot;
        while ((slot = names.FindSlots(count, SlotsPerBlock, 0, names.SlotCount, null)) < 0)
        {
            await GrowAsync(directory, names);
        }
        return slot;
    }

    // Other systems may leave something behind a directory's end. It would come to life when the end moves behind it.
    private async ValueTask ClearRemainsAsync(FatNode directory, FatDirectory names)
    {
        if (names.HasRemains)
        {
            byte[] zeros = new byte[(names.SlotCount - names.End) * FatParameters.EntrySize];
            await WriteSlotsAsync(directory, names.End, zeros, WriteStage.First);
            names.HasRemains = false;
        }
    }

    private async ValueTask GrowAsync(FatNode directory, FatDirectory names)
    {
        int slots = parameters.ClusterSize / FatParameters.EntrySize;
        bool isFixed = directory.IsRoot && parameters.Kind != FatKind.Fat32;
        if (isFixed || names.SlotCount + slots > FatDirectory.MostSlots)
        {
            throw new FileSystemException(
                FileError.NoSpace,
                $"{Source}: the directory {directory.Path} is full: it has room for {names.SlotCount} entries."
            );
        }
        await directory.Chain.GetLengthAsync();
        List<ClusterRun> runs =
            await AllocateAsync(1, directory.Chain.Last) ?? throw NoSpace(directory.Path);
        await ClearClusterAsync(runs[0].First);
        await LinkAsync(directory, runs);
        names.Grow(slots);
    }

    // Through the cache and to the medium before the table leads to it: entries follow at the second stage.
    private async ValueTask ClearClusterAsync(uint cluster)
    {
        long position = parameters.PositionOf(cluster);
        for (int done = 0; done < parameters.ClusterSize; done += Zeros.Length)
        {
            int count = Math.Min(Zeros.Length, parameters.ClusterSize - done);
            await cache.WritePastAsync(position + done, Zeros.AsMemory(0, count));
        }
    }

    private async ValueTask<uint> MakeDirectoryClusterAsync(
        FatNode parent,
        string name,
        FatEntry entry
    )
    {
        List<ClusterRun> runs = await AllocateAsync(1, 0) ?? throw NoSpace(name);
        uint cluster = runs[0].First;
        await ClearClusterAsync(cluster);
        byte[] dots = new byte[2 * FatParameters.EntrySize];
        entry.Case = 0;
        entry.RawName = ".          ";
        entry.Cluster = cluster;
        entry.Write(dots);
        entry.RawName = "..         ";
        entry.Cluster = ParentLink(parent);
        entry.Write(dots.AsSpan(FatParameters.EntrySize));
        await cache.WriteAsync(parameters.PositionOf(cluster), dots, WriteStage.First);
        await Table.LinkAsync(runs, 0);
        return cluster;
    }

    // What ".." says of the root is 0, even where the root has a cluster.
    private static uint ParentLink(FatNode parent) => parent.IsRoot ? 0 : parent.FirstCluster;

    private async ValueTask<FatEntrySet> AddNameAsync(
        FatNode directory,
        FatDirectory names,
        FatName plan,
        FatEntry entry,
        int slot
    )
    {
        await FillToAsync(directory, names, slot);
        await WriteSlotsAsync(directory, slot, FatLongName.Encode(plan, entry));
        FatEntrySet set = SetOf(plan, entry, slot);
        names.Add(set);
        return set;
    }

    private static FatEntrySet SetOf(FatName plan, in FatEntry entry, int slot) =>
        new()
        {
            Name = plan.Name,
            ShortName = FatNames.DecodeShort(plan.RawShort, 0),
            FirstSlot = slot,
            SlotCount = plan.EntryCount,
            Entry = entry,
        };

    // Places skipped at the directory's end are marked as free: a zero among them would end it.
    private async ValueTask FillToAsync(FatNode directory, FatDirectory names, int slot)
    {
        if (slot > names.End)
        {
            byte[] skipped = new byte[(slot - names.End) * FatParameters.EntrySize];
            for (int i = 0; i < skipped.Length; i += FatParameters.EntrySize)
            {
                skipped[i] = Deleted;
            }
            await WriteSlotsAsync(directory, names.End, skipped);
            names.End = slot;
        }
    }

    private async ValueTask RemoveNameAsync(FatNode directory, FatDirectory names, FatEntrySet set)
    {
        byte[] mark = [Deleted];
        for (int slot = set.ShortSlot; slot >= set.FirstSlot; slot--)
        {
            await cache.WriteAsync(await PositionOfAsync(directory, slot), mark, WriteStage.Second);
        }
        names.Remove(set);
    }
}

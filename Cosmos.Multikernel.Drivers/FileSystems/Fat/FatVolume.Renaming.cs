using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>Giving a file another name, perhaps in another directory, perhaps in place of another file.</summary>
/// <remarks>
/// The file must be there under its old name or its new one at any moment, and two entries that share clusters are damage.
/// A single block can change both names at once; two blocks cannot. So:
/// <list type="number">
/// <item>Where old and new entries lie in one block, all changes in one write. A new name in the same directory is put
/// there when there is room, also into the places that the old one leaves.</item>
/// <item>Otherwise a file of up to <see cref="LargestCopy"/> is copied: copy and its table, then the new name that points
/// to it; and only after that is on the medium the old name goes, and then the old clusters. Both names are there for a
/// moment, each with a whole file of its own.</item>
/// <item>Otherwise (longer files, directories): the new name, then, after that is on the medium, away with the old one, at
/// once. A crash between the two leaves both names with the same clusters: nothing is lost, but a check will report it.</item>
/// </list>
/// A file that is replaced keeps its place and name; its entry changes from the old contents to the new in one write, and its
/// old clusters are freed after that.
/// </remarks>
public sealed partial class FatVolume
{
    private const int LargestCopy = 1 << 20;

    /// <inheritdoc/>
    protected override async ValueTask RenameCoreAsync(
        FileNode from,
        string oldName,
        FileNode to,
        string newName,
        bool replace,
        Func<FileNode, bool>? mayMove
    )
    {
        FatNode source = (FatNode)from;
        FatNode destination = (FatNode)to;
        newName = FatNames.Normalize(newName);
        FatNames.Check(newName, Source);
        FatDirectory sourceNames = await NamesOfAsync(source);
        FatDirectory names = await NamesOfAsync(destination);
        FatEntrySet old =
            sourceNames.Find(FatNames.Normalize(oldName)) ?? throw NotFound(source, oldName);
        FatNode node = NodeOf(source, old);
        CheckMayGo(node, mayMove);
        CheckNotInside(node, destination);
        FatEntrySet? replaced = names.Find(newName);
        if (replaced is not null && replaced != old)
        {
            FatNode victim = NodeOf(destination, replaced);
            await CheckReplaceAsync(node, victim, replace, mayMove);
            await BeginChangeAsync();
            await ReplaceAsync(node, victim);
            return;
        }
        if (old.Name == newName && source == destination)
        {
            return;
        }
        await BeginChangeAsync();
        await MoveAsync(node, destination, names, newName);
    }

    private void CheckNotInside(FatNode node, FatNode destination)
    {
        for (FatNode? at = destination; at is not null; at = at.Parent)
        {
            if (at == node)
            {
                throw new FileSystemException(
                    FileError.Invalid,
                    $"{Source}: {node.Path} cannot go into {destination.Path}, which is inside it."
                );
            }
        }
    }

    private async ValueTask CheckReplaceAsync(
        FatNode node,
        FatNode victim,
        bool replace,
        Func<FileNode, bool>? mayMove
    )
    {
        if (!replace)
        {
            throw new FileSystemException(
                FileError.Exists,
                $"{Source}: {victim.Path} is there already."
            );
        }
        CheckMayGo(victim, mayMove);
        CheckKind(victim, node.IsDirectory);
        if (victim.IsDirectory)
        {
            await CheckEmptyAsync(victim);
        }
        // Followed to its end first: what is broken is not to be given back.
        await victim.Chain.GetLengthAsync();
    }

    /// <summary>The node takes the place and the name of another.</summary>
    private async ValueTask ReplaceAsync(FatNode node, FatNode victim)
    {
        FatNode source = node.Parent!;
        FatNode destination = victim.Parent!;
        FatEntrySet old = node.Set;
        FatEntrySet place = victim.Set;
        bool isOneBlock =
            source == destination
            && BlockOfSlot(old.FirstSlot) == BlockOfSlot(old.ShortSlot)
            && BlockOfSlot(old.ShortSlot) == BlockOfSlot(place.ShortSlot);
        FatEntry entry = Renamed(old.Entry, place.Entry.RawName, place.Entry.Case);
        List<ClusterRun>? copy = isOneBlock ? null : await TryCopyAsync(node);
        if (copy is not null)
        {
            entry.Cluster = copy.Count > 0 ? copy[0].First : 0;
        }
        FatEntrySet set = new()
        {
            Name = place.Name,
            ShortName = place.ShortName,
            FirstSlot = place.FirstSlot,
            SlotCount = place.SlotCount,
            Entry = entry,
        };
        FatDirectory names = await NamesOfAsync(destination);
        byte[] bytes = new byte[FatParameters.EntrySize];
        entry.Write(bytes);
        await WriteSlotsAsync(destination, set.ShortSlot, bytes);
        names.Remove(place);
        names.Add(set);
        await DiscardAsync(victim);
        await FinishMoveAsync(node, destination, set, copy, isOneBlock);
    }

    private async ValueTask MoveAsync(
        FatNode node,
        FatNode destination,
        FatDirectory names,
        string newName
    )
    {
        FatNode source = node.Parent!;
        FatEntrySet old = node.Set;
        if (source == destination)
        {
            FatName within = FatNames.Plan(
                newName,
                alias => names.Find(alias) is { } other && other != old
            );
            int beside = FindBeside(names, old, within.EntryCount);
            if (beside >= 0)
            {
                await MoveWithinBlockAsync(node, names, within, beside);
                return;
            }
        }
        // Both names will be there for a moment: the short ones must differ too.
        FatName plan = FatNames.Plan(newName, alias => names.Find(alias) is not null);
        int slot = await MakeRoomAsync(destination, names, plan.EntryCount);
        List<ClusterRun>? copy = await TryCopyAsync(node);
        FatEntry entry = Renamed(old.Entry, plan.RawShort, plan.Case);
        if (copy is not null)
        {
            entry.Cluster = copy.Count > 0 ? copy[0].First : 0;
        }
        FatEntrySet set = await AddNameAsync(destination, names, plan, entry, slot);
        await FinishMoveAsync(node, destination, set, copy, isOneBlock: false);
    }

    /// <summary>Old entries out and new ones in, in one block: one write.</summary>
    private async ValueTask MoveWithinBlockAsync(
        FatNode node,
        FatDirectory names,
        FatName plan,
        int slot
    )
    {
        FatNode directory = node.Parent!;
        FatEntrySet old = node.Set;
        await RemoveNameAsync(directory, names, old);
        FatEntry entry = Renamed(old.Entry, plan.RawShort, plan.Case);
        Adopt(node, directory, await AddNameAsync(directory, names, plan, entry, slot));
    }

    /// <summary>The new name is written; now away with the old one.</summary>
    /// <param name="node">What moves.</param>
    /// <param name="destination">Its new directory.</param>
    /// <param name="set">Its new entries.</param>
    /// <param name="copy">The clusters of its copy; null when old and new name share the clusters.</param>
    /// <param name="isOneBlock">Whether old and new entries are written at once anyway.</param>
    private async ValueTask FinishMoveAsync(
        FatNode node,
        FatNode destination,
        FatEntrySet set,
        List<ClusterRun>? copy,
        bool isOneBlock
    )
    {
        FatNode source = node.Parent!;
        FatEntrySet old = node.Set;
        if (!isOneBlock)
        {
            await CommitAsync();
        }
        await RemoveNameAsync(source, await NamesOfAsync(source), old);
        if (copy is not null)
        {
            await ReleaseChainAsync(node);
            node.Chain.Reset();
        }
        Adopt(node, destination, set);
        (await NamesOfAsync(destination)).Index(set);
        if (node.IsDirectory && source != destination)
        {
            await WriteParentLinkAsync(node);
        }
        if (!isOneBlock && copy is null && set.Entry.Cluster != 0)
        {
            await CommitAsync();
        }
    }

    private static void Adopt(FatNode node, FatNode directory, FatEntrySet set)
    {
        node.Set.Node = null;
        node.Parent = directory;
        node.Set = set;
        set.Node = new WeakReference<FatNode>(node);
    }

    // ".." is the second entry of a directory; one that other systems left without is left so.
    private async ValueTask WriteParentLinkAsync(FatNode directory)
    {
        byte[] bytes = new byte[FatParameters.EntrySize];
        long position = await PositionOfAsync(directory, 1);
        await cache.ReadAsync(position, bytes);
        FatEntry entry = FatEntry.Read(bytes);
        if (entry.RawName == "..         ")
        {
            entry.Cluster = ParentLink(directory.Parent!);
            entry.Write(bytes);
            await cache.WriteAsync(position, bytes, WriteStage.Second);
        }
    }

    private static FatEntry Renamed(FatEntry entry, string rawName, byte lowerCase)
    {
        entry.RawName = rawName;
        entry.Case = lowerCase;
        return entry;
    }

    private int BlockOfSlot(int slot) => slot / SlotsPerBlock;

    // Places for a name in the block that its old entries leave; -1 when there are none.
    private int FindBeside(FatDirectory names, FatEntrySet old, int count)
    {
        int first = BlockOfSlot(old.FirstSlot) * SlotsPerBlock;
        return BlockOfSlot(old.ShortSlot) != BlockOfSlot(old.FirstSlot) || names.HasRemains
            ? -1
            : names.FindSlots(
                count,
                SlotsPerBlock,
                first,
                Math.Min(first + SlotsPerBlock, names.SlotCount),
                old
            );
    }

    /// <summary>Copies a file's contents into clusters of their own, when it is a small file and there is room.</summary>
    /// <returns>The clusters, linked; null when it was not copied.</returns>
    private async ValueTask<List<ClusterRun>?> TryCopyAsync(FatNode node)
    {
        long length = node.Set.Entry.Size;
        if (node.IsDirectory || length > LargestCopy)
        {
            return null;
        }
        List<ClusterRun>? runs = await AllocateAsync((uint)parameters.ClustersFor(length), 0);
        if (runs is null)
        {
            return null;
        }
        byte[] contents = new byte[parameters.ClustersFor(length) * parameters.ClusterSize];
        try
        {
            await node.Chain.GetLengthAsync();
            await ReadCoreAsync(node, 0, contents);
        }
        catch (FileSystemException)
        {
            // What cannot be read can still be moved, clusters and all.
            runs.ForEach(GiveBack);
            return null;
        }
        int done = 0;
        foreach (ClusterRun run in runs)
        {
            int count = (int)run.Count * parameters.ClusterSize;
            await cache.WritePastAsync(
                parameters.PositionOf(run.First),
                contents.AsMemory(done, count)
            );
            done += count;
        }
        await Table.LinkAsync(runs, 0);
        return runs;
    }

    private void GiveBack(ClusterRun run)
    {
        for (uint cluster = run.First; cluster <= run.Last; cluster++)
        {
            Table.FreeMap!.Free(cluster);
        }
    }
}

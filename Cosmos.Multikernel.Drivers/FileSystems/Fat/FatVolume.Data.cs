using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>The contents of files.</summary>
/// <remarks>
/// Order of writing a file longer: data into clusters that are free on the medium, then the table's links (a chain longer
/// than the file's length is lost clusters, no more), then the entry with the new length. Order of cutting it: the entry
/// with the shorter length, then, after that is on the medium, the table. Bytes written over old ones have no order: a
/// crash leaves some old and some new.
/// </remarks>
public sealed partial class FatVolume
{
    // A file's length has 32 bits.
    private const long LongestFile = uint.MaxValue;

    // Shorter reads keep their blocks in the cache.
    private const int ShortRead = 4096;

    private static readonly byte[] Zeros = new byte[64 << 10];

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadCoreAsync(
        FileNode node,
        long offset,
        Memory<byte> into
    )
    {
        FatNode file = (FatNode)node;
        long length = file.Set.Entry.Size;
        if (offset >= length || into.IsEmpty)
        {
            return 0;
        }
        into = into[..(int)Math.Min(into.Length, length - offset)];
        await file.Chain.FollowAsync((uint)((offset + into.Length - 1) / parameters.ClusterSize));
        for (int done = 0; done < into.Length; )
        {
            (long position, int count) = Locate(file, offset + done, into.Length - done);
            Memory<byte> piece = into.Slice(done, count);
            await (
                count < ShortRead
                    ? cache.ReadAsync(position, piece)
                    : cache.ReadPastAsync(position, piece)
            );
            done += count;
        }
        return into.Length;
    }

    /// <inheritdoc/>
    protected override async ValueTask<WriteResult> WriteCoreAsync(
        FileNode node,
        long offset,
        ReadOnlyMemory<byte> from
    )
    {
        FatNode file = (FatNode)node;
        long length = file.Set.Entry.Size;
        offset = offset < 0 ? length : offset;
        if (offset + from.Length > LongestFile)
        {
            throw new FileSystemException(
                FileError.TooLarge,
                $"{Source}: {file.Path} would be longer than the 4 GB - 1 of files on FAT."
            );
        }
        if (from.IsEmpty)
        {
            return new WriteResult(0, offset);
        }
        await BeginChangeAsync();
        long end = await LengthenAsync(file, offset + from.Length, isPartialEnough: offset);
        from = from[..(int)(end - offset)];
        if (offset > length)
        {
            await WriteZerosAsync(file, length, offset);
        }
        await WriteDataAsync(file, offset, from);
        file.Set.Entry.Size = (uint)Math.Max(end, length);
        Touch(file);
        await WriteEntryAsync(file);
        return new WriteResult(from.Length, end);
    }

    /// <inheritdoc/>
    protected override async ValueTask SetLengthCoreAsync(FileNode node, long length)
    {
        FatNode file = (FatNode)node;
        long before = file.Set.Entry.Size;
        if (length > LongestFile)
        {
            throw new FileSystemException(
                FileError.TooLarge,
                $"{Source}: {file.Path} would be longer than the 4 GB - 1 of files on FAT."
            );
        }
        await BeginChangeAsync();
        if (length > before)
        {
            await LengthenAsync(file, length, isPartialEnough: long.MaxValue);
            await WriteZerosAsync(file, before, length);
            file.Set.Entry.Size = (uint)length;
            Touch(file);
            await WriteEntryAsync(file);
        }
        else
        {
            await ShortenAsync(file, length);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask SetStatusCoreAsync(FileNode node, StatusChange change)
    {
        FatNode file = (FatNode)node;
        if (file.IsRoot)
        {
            // The root has no entry that could hold anything.
            return;
        }
        await BeginChangeAsync();
        FatEntry entry = file.Set.Entry;
        if (change.Permissions is { } permissions)
        {
            // Writable for nobody is FAT's read-only; directories stay writable, as the mark means something else there.
            bool isReadOnly = (permissions & 0x92) == 0 && !file.IsDirectory;
            entry.Attributes = isReadOnly
                ? entry.Attributes | FatAttributes.ReadOnly
                : entry.Attributes & ~FatAttributes.ReadOnly;
        }
        if (change.Marks is { } marks)
        {
            const FatAttributes Settable =
                FatAttributes.ReadOnly
                | FatAttributes.Hidden
                | FatAttributes.System
                | FatAttributes.Archive;
            entry.Attributes = entry.Attributes & ~Settable | (FatAttributes)marks & Settable;
        }
        entry.Created = change.Created ?? entry.Created;
        entry.Accessed = change.Accessed ?? entry.Accessed;
        entry.Modified = change.Modified ?? entry.Modified;
        file.Set.Entry = entry;
        await WriteEntryAsync(file);
    }

    /// <inheritdoc/>
    protected override async ValueTask ReleaseCoreAsync(FileNode node)
    {
        unlinkedOpen--;
        ThrowIfFailed();
        await BeginChangeAsync();
        await ReleaseChainAsync((FatNode)node);
    }

    private (long Position, int Count) Locate(FatNode file, long offset, int most)
    {
        uint index = (uint)(offset / parameters.ClusterSize);
        ClusterRun run = file.Chain.Find(index);
        if (run.Count == 0)
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{Source}: the chain of {file.Path} ends after {index} clusters, and its length of {file.Set.Entry.Size} bytes needs {parameters.ClustersFor(file.Set.Entry.Size)}."
            );
        }
        long within = offset % parameters.ClusterSize;
        long there = (long)run.Count * parameters.ClusterSize - within;
        return (parameters.PositionOf(run.First) + within, (int)Math.Min(most, there));
    }

    /// <summary>Gives a file clusters enough for a length; its entry is not written yet.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">The length.</param>
    /// <param name="isPartialEnough">When there is no room for all, any length beyond this one will do.</param>
    /// <returns>The length that there is room for.</returns>
    private async ValueTask<long> LengthenAsync(FatNode file, long length, long isPartialEnough)
    {
        long needed = parameters.ClustersFor(length);
        if (needed <= parameters.ClustersFor(file.Set.Entry.Size))
        {
            return length;
        }
        uint there = await file.Chain.GetLengthAsync();
        if (there < parameters.ClustersFor(file.Set.Entry.Size))
        {
            Locate(file, (long)there * parameters.ClusterSize, 1);
        }
        if (needed <= there)
        {
            return length;
        }
        uint count = (uint)(needed - there);
        List<ClusterRun>? runs = await AllocateAsync(count, file.Chain.Last);
        if (runs is null)
        {
            uint free = Table.FreeMap!.Count;
            length = ((long)there + free) * parameters.ClusterSize;
            if (length <= isPartialEnough)
            {
                throw NoSpace(file.Path);
            }
            runs = (await AllocateAsync(free, file.Chain.Last))!;
        }
        await LinkAsync(file, runs);
        return length;
    }

    private async ValueTask LinkAsync(FatNode file, List<ClusterRun> runs)
    {
        if (runs.Count == 0)
        {
            return;
        }
        uint tail = file.Chain.Last;
        if (Table.IsEnding(tail))
        {
            // It is still linked to what was cut off behind it.
            await CommitAsync();
        }
        await Table.LinkAsync(runs, tail);
        file.Chain.Append(runs);
        if (tail == 0)
        {
            file.Set.Entry.Cluster = runs[0].First;
        }
    }

    private async ValueTask ShortenAsync(FatNode file, long length)
    {
        uint keep = (uint)parameters.ClustersFor(length);
        // Followed to its end first: what is broken is not to be given back.
        await file.Chain.GetLengthAsync();
        file.Set.Entry.Size = (uint)length;
        if (keep == 0)
        {
            file.Set.Entry.Cluster = 0;
        }
        Touch(file);
        await WriteEntryAsync(file);
        Table.Release(file.Chain.Cut(keep), file.Chain.Last);
    }

    private async ValueTask ReleaseChainAsync(FatNode file)
    {
        await file.Chain.GetLengthAsync();
        Table.Release(file.Chain.Cut(0), 0);
        file.Set.Entry.Cluster = 0;
        file.Set.Entry.Size = 0;
    }

    private async ValueTask WriteDataAsync(FatNode file, long offset, ReadOnlyMemory<byte> from)
    {
        await file.Chain.FollowAsync((uint)((offset + from.Length - 1) / parameters.ClusterSize));
        for (int done = 0; done < from.Length; )
        {
            (long position, int count) = Locate(file, offset + done, from.Length - done);
            ReadOnlyMemory<byte> piece = from.Slice(done, count);
            await (
                count < ShortRead
                    ? cache.WriteAsync(position, piece, WriteStage.First)
                    : cache.WritePastAsync(position, piece)
            );
            done += count;
        }
    }

    private async ValueTask WriteZerosAsync(FatNode file, long from, long to)
    {
        while (from < to)
        {
            int count = (int)Math.Min(Zeros.Length, to - from);
            await WriteDataAsync(file, from, Zeros.AsMemory(0, count));
            from += count;
        }
    }

    private void Touch(FatNode file)
    {
        file.Set.Entry.Modified = Now();
        file.Set.Entry.Attributes |= FatAttributes.Archive;
    }

    /// <summary>Writes a file's short entry, when it has one.</summary>
    private async ValueTask WriteEntryAsync(FatNode file)
    {
        if (file.IsRoot || file.IsUnlinked)
        {
            return;
        }
        byte[] bytes = new byte[FatParameters.EntrySize];
        file.Set.Entry.Write(bytes);
        await WriteSlotsAsync(file.Parent!, file.Set.ShortSlot, bytes);
    }
}

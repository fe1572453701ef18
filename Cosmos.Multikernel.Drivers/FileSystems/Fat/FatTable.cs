using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>Clusters that follow each other on the disk.</summary>
internal readonly record struct ClusterRun(uint First, uint Count)
{
    public uint Last => First + Count - 1;
}

/// <summary>
/// The file allocation table: for each cluster the one that follows it in its file.
/// </summary>
/// <remarks>
/// All copies of the table change together, at the cache's first stage: a chain is whole before a directory entry points to
/// it. What is given back is only noted; it becomes free after the commit that took the last pointer to it off the
/// medium, so that neither a half-done deletion nor a new file can ever share a cluster with an old one.
/// </remarks>
internal sealed class FatTable
{
    /// <summary>Any value from here means the end of a chain, once widened to 28 bits.</summary>
    public const uint End = 0x0FFF_FFF8;

    private const uint Bad = 0x0FFF_FFF7;
    private const uint WrittenEnd = 0x0FFF_FFFF;

    // Whole entries of every width fit in this many bytes.
    private const int LoadPiece = 96 << 10;

    private readonly BlockCache cache;
    private readonly FatParameters parameters;
    private readonly string source;
    private readonly List<ClusterRun> released = [];
    private readonly HashSet<uint> ends = [];
    private Task<FatFreeMap>? loading;

    public FatTable(BlockCache cache, FatParameters parameters, string source)
    {
        this.cache = cache;
        this.parameters = parameters;
        this.source = source;
    }

    /// <summary>Which clusters are free; null until it is first needed.</summary>
    public FatFreeMap? FreeMap { get; private set; }

    /// <summary>Whether clusters wait to become free.</summary>
    public bool HasReleased => released.Count > 0 || ends.Count > 0;

    private uint Mask => (uint)((1UL << Width) - 1) & 0x0FFF_FFFF;
    private int Width => (int)parameters.Kind;
    private int FirstCopy => Math.Max(0, parameters.ActiveFat);

    /// <summary>The value of a cluster's entry; ends and bad marks as with 28 bits.</summary>
    public async ValueTask<uint> GetAsync(uint cluster)
    {
        long position = EntryPosition(FirstCopy, cluster);
        ReadOnlyMemory<byte> there = await cache.PeekAsync(position);
        uint value;
        if (Width == 32)
        {
            value = BinaryPrimitives.ReadUInt32LittleEndian(there.Span);
        }
        else if (Width == 16)
        {
            value = BinaryPrimitives.ReadUInt16LittleEndian(there.Span);
        }
        else
        {
            int low = there.Span[0];
            int high =
                there.Length > 1 ? there.Span[1] : (await cache.PeekAsync(position + 1)).Span[0];
            value = (uint)(low | high << 8) >> (cluster % 2 == 0 ? 0 : 4);
        }
        return Widen(value & Mask);
    }

    /// <summary>The cluster a file begins with, or 0.</summary>
    /// <exception cref="FileSystemException">There is no such cluster (EIO).</exception>
    public uint FirstOf(FatNode owner) =>
        owner.FirstCluster == 0 || parameters.IsCluster(owner.FirstCluster)
            ? owner.FirstCluster
            : throw new FileSystemException(
                FileError.InputOutput,
                $"{source}: {owner.Path} begins with cluster {owner.FirstCluster}, and there are clusters 2 to {parameters.ClusterEnd - 1}."
            );

    /// <summary>The cluster that follows, or 0 at the chain's end.</summary>
    /// <exception cref="FileSystemException">The chain leads to a cluster that cannot be in it (EIO).</exception>
    public async ValueTask<uint> NextAsync(uint cluster, FatNode owner)
    {
        // Until the next commit the table still leads on to what was cut off.
        uint next = ends.Contains(cluster) ? End : await GetAsync(cluster);
        if (next >= End)
        {
            return 0;
        }
        if (!parameters.IsCluster(next))
        {
            string what = next switch
            {
                0 => "a free cluster",
                Bad => "a cluster marked bad",
                _ => $"cluster {next}, and there are clusters 2 to {parameters.ClusterEnd - 1}",
            };
            throw new FileSystemException(
                FileError.InputOutput,
                $"{source}: the chain of {owner.Path} leads from cluster {cluster} to {what}."
            );
        }
        return next;
    }

    /// <summary>Changes a cluster's entry in all copies of the table.</summary>
    public async ValueTask SetAsync(uint cluster, uint value)
    {
        int first = FirstCopy;
        int last = parameters.ActiveFat >= 0 ? first : parameters.FatCount - 1;
        for (int copy = first; copy <= last; copy++)
        {
            await SetAsync(copy, cluster, value);
        }
    }

    /// <summary>Links runs to a chain, and to its last cluster so far when there is one.</summary>
    /// <remarks>
    /// Order: the new links, then the one that leads to them. Where they lie in one block of the table they are written
    /// together; otherwise the new ones go to the medium before the other is changed, so that no chain ever leads to a
    /// cluster that is still free there.
    /// </remarks>
    public async ValueTask LinkAsync(IReadOnlyList<ClusterRun> runs, uint tail)
    {
        uint next = WrittenEnd;
        bool isOneBlock = true;
        for (int i = runs.Count - 1; i >= 0; i--)
        {
            for (uint cluster = runs[i].Last; cluster >= runs[i].First; cluster--)
            {
                await SetAsync(cluster, next);
                next = cluster;
                isOneBlock &= tail != 0 && BlockOf(cluster) == BlockOf(tail);
            }
        }
        if (tail != 0)
        {
            if (!isOneBlock)
            {
                await cache.CommitFirstAsync();
            }
            await SetAsync(tail, next);
        }
    }

    /// <summary>The map of free clusters; read from the table at first.</summary>
    public async ValueTask<FatFreeMap> GetFreeMapAsync()
    {
        if (FreeMap is null)
        {
            loading ??= LoadFreeMapAsync();
            try
            {
                FreeMap = await loading;
            }
            finally
            {
                loading = null;
            }
        }
        return FreeMap;
    }

    /// <summary>Notes what becomes free after the next commit.</summary>
    /// <param name="runs">The clusters.</param>
    /// <param name="end">The cluster that is then the last of what is left; 0 when nothing is.</param>
    public void Release(IEnumerable<ClusterRun> runs, uint end)
    {
        released.AddRange(runs);
        if (end != 0)
        {
            ends.Add(end);
        }
    }

    /// <summary>Whether a cluster is still linked to what has been cut off behind it.</summary>
    public bool IsEnding(uint cluster) => ends.Contains(cluster);

    /// <summary>After a commit: frees what was released before it.</summary>
    /// <remarks>
    /// Order: the new ends of chains that were cut, then the clusters behind them: no chain leads to a free cluster. Of files
    /// that are gone the clusters may become free in any order; what is half done is lost clusters.
    /// </remarks>
    public async ValueTask FreeReleasedAsync()
    {
        if (!HasReleased)
        {
            return;
        }
        FatFreeMap map = await GetFreeMapAsync();
        foreach (uint cluster in ends)
        {
            await SetAsync(cluster, WrittenEnd);
        }
        if (ends.Count > 0)
        {
            await cache.CommitFirstAsync();
            ends.Clear();
        }
        foreach (ClusterRun run in released)
        {
            for (uint cluster = run.First; cluster <= run.Last; cluster++)
            {
                await SetAsync(cluster, 0);
                map.Free(cluster);
            }
        }
        released.Clear();
    }

    private long EntryPosition(int copy, uint cluster) =>
        parameters.FatPosition + copy * parameters.FatLength + (long)cluster * Width / 8;

    private long BlockOf(uint cluster) => EntryPosition(0, cluster) / cache.BlockSize;

    private uint Widen(uint value) =>
        value >= (0x0FFF_FFF7 & Mask) ? value | 0x0FFF_FFFF & ~Mask : value;

    private async ValueTask SetAsync(int copy, uint cluster, uint value)
    {
        long position = EntryPosition(copy, cluster);
        byte[] bytes = new byte[Width == 32 ? 4 : 2];
        await cache.ReadAsync(position, bytes);
        if (Width == 32)
        {
            // The upper four bits are not ours.
            uint old = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, old & ~Mask | value & Mask);
        }
        else if (Width == 16)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        }
        else
        {
            int shift = cluster % 2 == 0 ? 0 : 4;
            int old = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            int changed = old & ~(0xFFF << shift) | (int)(value & Mask) << shift;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)changed);
        }
        await cache.WriteAsync(position, bytes, WriteStage.First);
    }

    private async Task<FatFreeMap> LoadFreeMapAsync()
    {
        FatFreeMap map = new(parameters.ClusterEnd, SplitEntries());
        byte[] piece = new byte[LoadPiece];
        long length = ((long)parameters.ClusterEnd * Width + 7) / 8;
        for (long at = 0; at < length; at += LoadPiece)
        {
            int count = (int)Math.Min(LoadPiece, length - at);
            await cache.ReadPastAsync(
                parameters.FatPosition + FirstCopy * parameters.FatLength + at,
                piece.AsMemory(0, count)
            );
            Note(map, piece.AsSpan(0, count), (uint)(at * 8 / Width));
        }
        return map;
    }

    private void Note(FatFreeMap map, ReadOnlySpan<byte> piece, uint first)
    {
        uint end = Math.Min(parameters.ClusterEnd, first + (uint)(piece.Length * 8L / Width));
        for (uint cluster = Math.Max(2, first); cluster < end; cluster++)
        {
            int at = (int)((cluster - first) * (long)Width / 8);
            uint value = Width switch
            {
                32 => BinaryPrimitives.ReadUInt32LittleEndian(piece[at..]) & Mask,
                16 => BinaryPrimitives.ReadUInt16LittleEndian(piece[at..]),
                _ => (uint)(
                    BinaryPrimitives.ReadUInt16LittleEndian(piece[at..])
                        >> (cluster % 2 == 0 ? 0 : 4)
                    & 0xFFF
                ),
            };
            if (value == 0)
            {
                map.Free(cluster);
            }
        }
    }

    // With 12 bits, entries that lie in two blocks: they cannot change in one write.
    private Func<uint, bool>? SplitEntries() =>
        Width == 12
            ? cluster => EntryPosition(0, cluster) % cache.BlockSize == cache.BlockSize - 1
            : null;
}

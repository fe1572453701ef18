using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>
/// A disk that remembers each block written and each flush, so that one can see what would be on the medium had the plug
/// been pulled in between.
/// </summary>
internal sealed class PlugDisk(byte[] contents) : BlockDevice
{
    private const int Size = 512;

    private readonly byte[] before = [.. contents];
    private readonly byte[] now = [.. contents];

    // Null is a flush.
    private readonly List<(long Block, byte[] Data)?> log = [];

    public override string Name => "plug";

    public override BlockGeometry Geometry { get; } = new(contents.Length / Size, Size);

    public int WriteCount => log.Count(entry => entry is not null);

    public override ValueTask FlushAsync(CancellationToken cancellation = default)
    {
        log.Add(null);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The medium after each number of writes in the order they came; and, for each, with some of the writes since the last
    /// flush left out, for between flushes a device may write in any order.
    /// </summary>
    public IEnumerable<(int Writes, byte[] Medium)> AfterEachWrite(int seed)
    {
        Random random = new(seed);
        int writes = 0;
        byte[] flushed = [.. before];
        byte[] image = [.. before];
        List<(long Block, byte[] Data)> since = [];
        yield return (writes, image);
        foreach ((long Block, byte[] Data)? entry in log)
        {
            if (entry is not { } write)
            {
                since.Clear();
                flushed = [.. image];
                continue;
            }
            since.Add(write);
            Apply(image, write);
            writes++;
            yield return (writes, image);
            if (since.Count > 1)
            {
                byte[] reordered = [.. flushed];
                foreach ((long, byte[]) some in since.Where(_ => random.Next(2) == 0))
                {
                    Apply(reordered, some);
                }
                yield return (writes, reordered);
            }
        }
    }

    protected override ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    )
    {
        now.AsMemory((int)block * Size, into.Length).CopyTo(into);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    )
    {
        from.CopyTo(now.AsMemory((int)block * Size));
        for (int i = 0; i < from.Length / Size; i++)
        {
            log.Add((block + i, from.Slice(i * Size, Size).ToArray()));
        }
        return ValueTask.CompletedTask;
    }

    private static void Apply(byte[] image, (long Block, byte[] Data) write) =>
        write.Data.CopyTo(image, (int)write.Block * Size);
}

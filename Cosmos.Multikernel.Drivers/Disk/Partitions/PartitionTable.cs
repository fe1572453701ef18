using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Disk.Partitions;

/// <summary>
/// How a disk is divided. Reading only: a table that is there and cannot be right is an error, never a guess.
/// </summary>
/// <param name="Scheme">Who divided it.</param>
/// <param name="Partitions">Its parts; the whole disk as one where nobody divided it.</param>
/// <param name="Warnings">What was wrong and could be got around.</param>
public sealed record PartitionTable(
    PartitionScheme Scheme,
    IReadOnlyList<Partition> Partitions,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Reads a disk's table.</summary>
    /// <exception cref="PartitionTableException">There is a table that cannot be right.</exception>
    /// <exception cref="BlockDeviceException">The device failed.</exception>
    public static async ValueTask<PartitionTable> ReadAsync(BlockDevice disk)
    {
        if (disk.Geometry.BlockCount == 0)
        {
            return new PartitionTable(PartitionScheme.None, [], []);
        }
        byte[] first = await ReadBlockAsync(disk, 0);
        bool isMbr = MasterBootRecord.IsPresent(first);
        if (isMbr && MasterBootRecord.IsProtective(first))
        {
            return await GuidPartitionTable.ReadAsync(disk);
        }
        if (isMbr)
        {
            return await MasterBootRecord.ReadAsync(disk, first);
        }
        Partition whole = new(0, 0, disk.Geometry.BlockCount);
        return new PartitionTable(PartitionScheme.None, [whole], []);
    }

    internal static async ValueTask<byte[]> ReadBlockAsync(BlockDevice disk, long block)
    {
        byte[] bytes = new byte[disk.Geometry.BlockSize];
        await disk.ReadAsync(block, bytes);
        return bytes;
    }

    /// <summary>Partitions must lie on the disk and may not overlap.</summary>
    internal static void Check(BlockDevice disk, IEnumerable<Partition> partitions)
    {
        long end = 0;
        Partition? before = null;
        foreach (Partition partition in partitions.OrderBy(static part => part.FirstBlock))
        {
            if (
                partition.BlockCount <= 0
                || partition.FirstBlock > disk.Geometry.BlockCount - partition.BlockCount
            )
            {
                throw new PartitionTableException(
                    $"{disk.Name}: partition {partition.Number} has {partition.BlockCount} blocks from block {partition.FirstBlock}, which do not lie within the disk's {disk.Geometry.BlockCount}."
                );
            }
            if (partition.FirstBlock < end)
            {
                throw new PartitionTableException(
                    $"{disk.Name}: partitions {before!.Number} and {partition.Number} overlap from block {partition.FirstBlock} on."
                );
            }
            end = partition.FirstBlock + partition.BlockCount;
            before = partition;
        }
    }

    internal static uint Long(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}

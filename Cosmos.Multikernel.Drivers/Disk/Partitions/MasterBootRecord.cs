using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Disk.Partitions;

/// <summary>
/// The PC's old table: four entries of 16 bytes at 446 in the first block; an extended one among them holds a chain of blocks
/// with a logical partition each.
/// </summary>
internal static class MasterBootRecord
{
    private const int TablePosition = 446;
    private const int EntrySize = 16;
    private const int EntryCount = 4;
    private const byte Protective = 0xEE;

    // A longer chain of logical partitions is taken for a damaged one.
    private const int MostLogical = 128;

    /// <summary>
    /// Whether the block holds a table. A FAT or NTFS boot sector bears the same signature; its code is where the table
    /// would be, and it says so in its first bytes.
    /// </summary>
    public static bool IsPresent(ReadOnlySpan<byte> block)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(block[510..]) != 0xAA55)
        {
            return false;
        }
        bool isAnyUsed = false;
        for (int i = 0; i < EntryCount; i++)
        {
            ReadOnlySpan<byte> entry = block.Slice(TablePosition + i * EntrySize, EntrySize);
            if ((entry[0] & 0x7F) != 0)
            {
                return false;
            }
            isAnyUsed |= entry[4] != 0;
        }
        return isAnyUsed || !IsFileSystem(block);
    }

    /// <summary>Whether the table is only there to keep old programs away from a GUID partition table.</summary>
    public static bool IsProtective(ReadOnlySpan<byte> block)
    {
        for (int i = 0; i < EntryCount; i++)
        {
            if (block[TablePosition + i * EntrySize + 4] == Protective)
            {
                return true;
            }
        }
        return false;
    }

    public static async ValueTask<PartitionTable> ReadAsync(BlockDevice disk, byte[] block)
    {
        List<Partition> partitions = [];
        Partition? extended = null;
        for (int i = 0; i < EntryCount; i++)
        {
            if (Read(block, i, 0, i + 1) is not { } partition)
            {
                continue;
            }
            if (!IsExtended(partition.MbrType))
            {
                partitions.Add(partition);
            }
            else if (extended is null)
            {
                extended = partition;
            }
            else
            {
                throw new PartitionTableException(
                    $"{disk.Name}: entries {extended.Number} and {partition.Number} are both extended partitions."
                );
            }
        }
        PartitionTable.Check(disk, extended is null ? partitions : partitions.Append(extended));
        if (extended is not null)
        {
            partitions.AddRange(await ReadLogicalAsync(disk, extended));
        }
        return new PartitionTable(PartitionScheme.Mbr, partitions, []);
    }

    // Each block of the chain has a table whose first entry is a logical partition, counted from that block, and whose second
    // is the next block, counted from the extended partition.
    private static async ValueTask<List<Partition>> ReadLogicalAsync(
        BlockDevice disk,
        Partition extended
    )
    {
        List<Partition> logical = [];
        HashSet<long> seen = [];
        long at = extended.FirstBlock;
        while (true)
        {
            if (!seen.Add(at) || seen.Count > MostLogical)
            {
                throw new PartitionTableException(
                    $"{disk.Name}: the chain of logical partitions comes back to block {at}, or has more than {MostLogical} links."
                );
            }
            byte[] block = await PartitionTable.ReadBlockAsync(disk, at);
            if (BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(510)) != 0xAA55)
            {
                throw new PartitionTableException(
                    $"{disk.Name}: the chain of logical partitions leads to block {at}, which holds no table."
                );
            }
            if (Read(block, 0, at, 5 + logical.Count) is { } partition)
            {
                CheckWithin(disk, extended, partition.FirstBlock, partition.BlockCount);
                logical.Add(partition);
            }
            if (Read(block, 1, extended.FirstBlock, 0) is not { } next)
            {
                break;
            }
            CheckWithin(disk, extended, next.FirstBlock, 1);
            at = next.FirstBlock;
        }
        PartitionTable.Check(disk, logical);
        return logical;
    }

    private static void CheckWithin(BlockDevice disk, Partition extended, long first, long count)
    {
        if (
            first < extended.FirstBlock
            || count > extended.BlockCount
            || first - extended.FirstBlock > extended.BlockCount - count
        )
        {
            throw new PartitionTableException(
                $"{disk.Name}: a logical partition's blocks, {count} from block {first}, lie outside the extended partition."
            );
        }
    }

    private static Partition? Read(ReadOnlySpan<byte> block, int index, long origin, int number)
    {
        ReadOnlySpan<byte> entry = block.Slice(TablePosition + index * EntrySize, EntrySize);
        uint count = PartitionTable.Long(entry, 12);
        return entry[4] == 0 || count == 0
            ? null
            : new Partition(number, origin + PartitionTable.Long(entry, 8), count, entry[4]);
    }

    private static bool IsExtended(byte type) => type is 0x05 or 0x0F or 0x85;

    private static bool IsFileSystem(ReadOnlySpan<byte> block) => block[0] is 0xEB or 0xE9;
}

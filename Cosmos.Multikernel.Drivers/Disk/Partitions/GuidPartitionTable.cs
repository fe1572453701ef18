using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Cosmos.Multikernel.Drivers.Disk.Partitions;

/// <summary>
/// The GUID partition table (UEFI specification, section 5.3): a header in block 1 with a table of entries behind it, and a
/// copy of both at the disk's end. Each is guarded by a CRC; when the first is damaged the copy serves.
/// </summary>
internal static class GuidPartitionTable
{
    private const ulong Signature = 0x5452_4150_2049_4645; // "EFI PART"
    private const int SmallestHeader = 92;
    private const int SmallestEntry = 128;

    // The specification's 128 entries are 16 KB; far longer tables are taken for damage.
    private const int LongestTable = 4 << 20;

    public static async ValueTask<PartitionTable> ReadAsync(BlockDevice disk)
    {
        (IReadOnlyList<Partition>? first, string wrong) = await TryReadAsync(disk, 1);
        if (first is not null)
        {
            (IReadOnlyList<Partition>? copy, string alsoWrong) = await TryReadAsync(
                disk,
                disk.Geometry.BlockCount - 1
            );
            string[] warnings = copy is null ? [$"{disk.Name}: {alsoWrong}."] : [];
            return new PartitionTable(PartitionScheme.Gpt, first, warnings);
        }
        (IReadOnlyList<Partition>? backup, string worse) = await TryReadAsync(
            disk,
            disk.Geometry.BlockCount - 1
        );
        return backup is not null
            ? new PartitionTable(
                PartitionScheme.Gpt,
                backup,
                [$"{disk.Name}: {wrong}; the copy at the disk's end was used."]
            )
            : throw new PartitionTableException(
                $"{disk.Name}: a protective boot record, but no usable GUID partition table: {wrong}; {worse}."
            );
    }

    private static async ValueTask<(IReadOnlyList<Partition>?, string Wrong)> TryReadAsync(
        BlockDevice disk,
        long block
    )
    {
        if (block <= 0 || block >= disk.Geometry.BlockCount)
        {
            return (null, $"the disk has no block {block}");
        }
        byte[] bytes = await PartitionTable.ReadBlockAsync(disk, block);
        if (!TryReadHeader(bytes, block, out Header header, out string wrong))
        {
            return (null, wrong);
        }
        int blockSize = disk.Geometry.BlockSize;
        long blocks = (header.TableLength + blockSize - 1) / blockSize;
        if (header.TableBlock < 1 || header.TableBlock > disk.Geometry.BlockCount - blocks)
        {
            return (
                null,
                $"the header in block {block} has its table in block {header.TableBlock}, outside the disk"
            );
        }
        byte[] table = new byte[blocks * blockSize];
        await disk.ReadAsync(header.TableBlock, table);
        if (Crc32.HashToUInt32(table.AsSpan(0, (int)header.TableLength)) != header.TableCrc)
        {
            return (null, $"the table of the header in block {block} has a wrong CRC");
        }
        List<Partition> partitions = ReadEntries(table, header);
        try
        {
            PartitionTable.Check(disk, partitions);
        }
        catch (PartitionTableException exception)
        {
            return (null, exception.Message.TrimEnd('.'));
        }
        return (partitions, "");
    }

    private static bool TryReadHeader(
        byte[] block,
        long number,
        out Header header,
        out string wrong
    )
    {
        header = default;
        ReadOnlySpan<byte> bytes = block;
        uint size = PartitionTable.Long(bytes, 12);
        wrong =
            BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Signature
                ? $"there is no header in block {number}"
            : size < SmallestHeader || size > bytes.Length
                ? $"the header in block {number} is {size} bytes long"
            : HeaderCrc(bytes[..(int)size]) != PartitionTable.Long(bytes, 16)
                ? $"the header in block {number} has a wrong CRC"
            : BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]) != number
                ? $"the header in block {number} says that it belongs in block {BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])}"
            : "";
        if (wrong.Length > 0)
        {
            return false;
        }
        header = new Header(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
            PartitionTable.Long(bytes, 80),
            PartitionTable.Long(bytes, 84),
            PartitionTable.Long(bytes, 88)
        );
        if (
            header.EntrySize < SmallestEntry
            || header.EntrySize % 8 != 0
            || header.TableLength > LongestTable
        )
        {
            wrong =
                $"the header in block {number} has a table of {header.EntryCount} entries of {header.EntrySize} bytes";
            return false;
        }
        return true;
    }

    // The CRC counts its own field as zero.
    private static uint HeaderCrc(ReadOnlySpan<byte> header)
    {
        byte[] copy = header.ToArray();
        copy.AsSpan(16, 4).Clear();
        return Crc32.HashToUInt32(copy);
    }

    private static List<Partition> ReadEntries(ReadOnlySpan<byte> table, Header header)
    {
        List<Partition> partitions = [];
        for (int i = 0; i < header.EntryCount; i++)
        {
            ReadOnlySpan<byte> entry = table.Slice(
                (int)(i * header.EntrySize),
                (int)header.EntrySize
            );
            Guid type = new(entry[..16]);
            if (type != Guid.Empty)
            {
                long first = BinaryPrimitives.ReadInt64LittleEndian(entry[32..]);
                long last = BinaryPrimitives.ReadInt64LittleEndian(entry[40..]);
                long count = first > 0 && last >= first ? last - first + 1 : 0;
                string name = Encoding.Unicode.GetString(entry[56..128]).Split('\0')[0];
                partitions.Add(new Partition(i + 1, first, count, 0, type, name));
            }
        }
        return partitions;
    }

    private readonly record struct Header(
        long TableBlock,
        uint EntryCount,
        uint EntrySize,
        uint TableCrc
    )
    {
        public long TableLength => (long)EntryCount * EntrySize;
    }
}

using System.Buffers.Binary;
using System.Text;
using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Iso9660;

/// <summary>Which names of a disc are shown.</summary>
public enum IsoNames
{
    /// <summary>Upper case and short, as ISO 9660 has them; shown in lower case and found in any.</summary>
    Plain,

    /// <summary>Microsoft's: UTF-16.</summary>
    Joliet,

    /// <summary>POSIX names, modes and links.</summary>
    RockRidge,
}

/// <summary>
/// A disc by ISO 9660 (ECMA-119), read-only: with Rock Ridge's names when it has them, else Joliet's, else its own.
/// </summary>
/// <remarks>
/// Principles: what the disc says is checked against its size before it is read; directories may not lead back to their
/// ancestors; no area of fields is followed for ever.
/// </remarks>
public sealed partial class IsoVolume : FileSystem
{
    /// <summary>Bytes of a sector of an optical medium.</summary>
    internal const int SectorSize = 2048;

    private const int FirstDescriptor = 16;
    private const int MostDescriptors = 64;

    private readonly BlockDevice device;
    private readonly BlockCache cache;
    private readonly int blockSize;
    private readonly int? skip;
    private readonly IsoNode root;
    private readonly LinkedList<IsoNode> keptDirectories = new();

    private IsoVolume(BlockDevice device, BlockCache cache, Descriptor descriptor, int? skip)
    {
        this.device = device;
        this.cache = cache;
        this.skip = skip;
        blockSize = descriptor.BlockSize;
        Names = skip is not null ? IsoNames.RockRidge : descriptor.Names;
        Label = descriptor.Label;
        BlockCount = descriptor.BlockCount;
        root = new IsoNode(this, null, descriptor.Root);
    }

    /// <inheritdoc/>
    public override string Type => "iso9660";

    /// <inheritdoc/>
    public override string Source => device.Name;

    /// <inheritdoc/>
    public override bool IsReadOnly => true;

    /// <inheritdoc/>
    public override FileNode Root => root;

    /// <summary>Which names are shown.</summary>
    public IsoNames Names { get; }

    /// <summary>The disc's label.</summary>
    public string Label { get; }

    private long BlockCount { get; }

    /// <summary>Mounts a disc.</summary>
    /// <exception cref="FileSystemException">It is no disc by ISO 9660, or cannot be right (EINVAL).</exception>
    /// <exception cref="BlockDeviceException">The device failed.</exception>
    public static async ValueTask<IsoVolume> MountAsync(BlockDevice device)
    {
        if (device.Geometry.BlockSize > SectorSize)
        {
            throw Wrong(
                device,
                $"discs have blocks of {SectorSize} bytes, not {device.Geometry.BlockSize}"
            );
        }
        BlockCache cache = new(device);
        (Descriptor? primary, Descriptor? joliet) = await ReadDescriptorsAsync(device, cache);
        if (primary is null)
        {
            throw Wrong(device, "there is no volume descriptor");
        }
        int? skip = await ReadSkipAsync(cache, primary);
        Descriptor chosen = skip is null ? joliet ?? primary : primary;
        return new IsoVolume(device, cache, chosen, skip);
    }

    /// <inheritdoc/>
    protected override ValueTask<FileSystemStatus> GetSpaceCoreAsync() =>
        new(
            new FileSystemStatus
            {
                BlockSize = blockSize,
                TotalBlocks = BlockCount,
                LongestName = 255,
                Magic = 0x9660,
                IsReadOnly = 1,
            }
        );

    private static FileSystemException Wrong(BlockDevice device, string what) =>
        new(FileError.Invalid, $"{device.Name}: no disc by ISO 9660: {what}.");

    private static async ValueTask<(Descriptor? Primary, Descriptor? Joliet)> ReadDescriptorsAsync(
        BlockDevice device,
        BlockCache cache
    )
    {
        Descriptor? primary = null;
        Descriptor? joliet = null;
        byte[] sector = new byte[SectorSize];
        for (int i = 0; i < MostDescriptors; i++)
        {
            long position = (FirstDescriptor + i) * (long)SectorSize;
            if (position + SectorSize > device.Geometry.Length)
            {
                break;
            }
            await cache.ReadAsync(position, sector);
            if (!sector.AsSpan(1, 5).SequenceEqual("CD001"u8) || sector[0] == 255)
            {
                break;
            }
            if (sector[0] == 1)
            {
                primary ??= Descriptor.Read(device, sector, position, IsoNames.Plain);
            }
            else if (sector[0] == 2 && IsJoliet(sector))
            {
                joliet ??= Descriptor.Read(device, sector, position, IsoNames.Joliet);
            }
        }
        return (primary, joliet);
    }

    // Escape sequences of the three levels of UCS-2.
    private static bool IsJoliet(ReadOnlySpan<byte> sector) =>
        sector[88] == '%' && sector[89] == '/' && sector[90] is (byte)'@' or (byte)'C' or (byte)'E';

    // The root's own record says whether there is Rock Ridge.
    private static async ValueTask<int?> ReadSkipAsync(BlockCache cache, Descriptor primary)
    {
        byte[] first = new byte[256];
        await cache.ReadAsync(primary.Root.Extents[0].Position, first);
        return IsoRecord.TryRead(first, out IsoRecord record)
            ? RockRidge.SkipOf(record.SystemUse)
            : null;
    }

    // A volume descriptor (ECMA-119, sections 8.4 and 8.5), as far as it matters.
    private sealed record Descriptor(
        IsoNames Names,
        int BlockSize,
        long BlockCount,
        string Label,
        IsoEntry Root
    )
    {
        public static Descriptor Read(
            BlockDevice device,
            ReadOnlySpan<byte> sector,
            long position,
            IsoNames names
        )
        {
            int blockSize = BinaryPrimitives.ReadUInt16LittleEndian(sector[128..]);
            long blockCount = BinaryPrimitives.ReadUInt32LittleEndian(sector[80..]);
            if (blockSize is not (512 or 1024 or 2048))
            {
                throw Wrong(device, $"logical blocks of {blockSize} bytes");
            }
            if (!IsoRecord.TryRead(sector.Slice(156, 34), out IsoRecord record))
            {
                throw Wrong(device, "the root directory's record is damaged");
            }
            IsoEntry root = new()
            {
                Kind = FileKind.Directory,
                RecordPosition = position + 156,
                Permissions = 0x16D, // octal 555
                Created = record.Time,
                Accessed = record.Time,
                Modified = record.Time,
            };
            long start = (long)record.Block * blockSize;
            if (record.Bytes == 0 || start + record.Bytes > device.Geometry.Length)
            {
                throw Wrong(
                    device,
                    $"the root directory has {record.Bytes} bytes in block {record.Block}, and the device ends at {device.Geometry.Length}"
                );
            }
            root.Extents.Add(new IsoExtent(start, record.Bytes));
            string label =
                names == IsoNames.Joliet
                    ? Encoding.BigEndianUnicode.GetString(sector.Slice(40, 32))
                    : Encoding.Latin1.GetString(sector.Slice(40, 32));
            return new Descriptor(names, blockSize, blockCount, label.TrimEnd(' ', '\0'), root);
        }
    }
}

using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>
/// A mounted FAT12, FAT16 or FAT32 volume with long names.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Pulling the plug at any write leaves at most lost clusters and never touches what was there before. Everything
/// follows from the two stages of <see cref="BlockCache"/>: data and table first, directory entries second; and from the
/// table giving clusters back only after the commit that took the last pointer to them off the medium.</item>
/// <item>A name appears, changes and disappears in the write of one block: a name's entries are put into one block when they
/// fit (names up to 195 characters with blocks of 512 bytes).</item>
/// <item>Changes wait in the cache until it is half full, somebody asks for a sync, or an order demands it.</item>
/// <item>Nothing on the medium is believed: clusters are checked before use, chains may not loop, directories may not hold
/// their own ancestors.</item>
/// <item>After a write failed no more changes are accepted: what is on the medium is in order, what is in memory is not.</item>
/// </list>
/// docs/file-systems.md has the order of each operation.
/// </remarks>
public sealed partial class FatVolume : FileSystem
{
    // Names of directories kept in memory though nobody holds them.
    private const int KeptNames = 50_000;

    private readonly BlockDevice device;
    private readonly BlockCache cache;
    private readonly FatParameters parameters;
    private readonly TimeProvider clock;
    private readonly LinkedList<FatNode> keptDirectories = new();
    private readonly FatNode root;
    private readonly bool isReadOnly;
    private uint? recordedFree;
    private bool isMarked;
    private int unlinkedOpen;
    private bool hasFailed;

    private FatVolume(
        BlockDevice device,
        FatParameters parameters,
        bool isReadOnly,
        TimeProvider clock
    )
    {
        this.device = device;
        this.parameters = parameters;
        this.clock = clock;
        this.isReadOnly = isReadOnly || device.Geometry.IsReadOnly;
        cache = new BlockCache(device);
        Table = new FatTable(cache, parameters, device.Name);
        root = new FatNode(this, null, RootSet());
    }

    /// <inheritdoc/>
    public override string Type => $"fat{(int)parameters.Kind}";

    /// <inheritdoc/>
    public override string Source => device.Name;

    /// <inheritdoc/>
    public override bool IsReadOnly => isReadOnly;

    /// <inheritdoc/>
    public override FileNode Root => root;

    /// <summary>How it is laid out.</summary>
    public FatParameters Parameters => parameters;

    /// <summary>Whether it had been left in the middle of changes when it was mounted. Then the mark stays: only a check takes it away.</summary>
    public bool WasDirty { get; private set; }

    internal FatTable Table { get; }

    private int SlotsPerBlock => cache.BlockSize / FatParameters.EntrySize;

    /// <summary>Mounts a volume.</summary>
    /// <param name="device">The device or partition that it fills.</param>
    /// <param name="isReadOnly">Whether to refuse changes.</param>
    /// <param name="clock">Where times come from; null for the system's clock.</param>
    /// <exception cref="FileSystemException">It is no FAT volume, or cannot be right (EINVAL).</exception>
    /// <exception cref="BlockDeviceException">The device failed.</exception>
    public static async ValueTask<FatVolume> MountAsync(
        BlockDevice device,
        bool isReadOnly = false,
        TimeProvider? clock = null
    )
    {
        int blockSize = device.Geometry.BlockSize;
        if (device.Geometry.BlockCount == 0)
        {
            throw new FileSystemException(
                FileError.Invalid,
                $"{device.Name}: the device has no blocks."
            );
        }
        byte[] boot = new byte[Math.Max(blockSize, FatParameters.BootSectorSize)];
        await device.ReadAsync(0, boot);
        FatParameters parameters = FatParameters.Parse(boot, device.Geometry.Length, device.Name);
        if (blockSize > parameters.SectorSize)
        {
            throw new FileSystemException(
                FileError.Invalid,
                $"{device.Name}: the volume's sectors of {parameters.SectorSize} bytes are smaller than the device's blocks of {blockSize}."
            );
        }
        FatVolume volume = new(device, parameters, isReadOnly, clock ?? TimeProvider.System);
        await volume.ReadStateAsync(boot[parameters.StatePosition]);
        return volume;
    }

    /// <summary>The volume's label: the one in the root directory, else that of the boot sector; empty for none.</summary>
    public async ValueTask<string> GetLabelAsync()
    {
        FatDirectory names = await NamesOfAsync(root);
        return names.LabelSlot >= 0 ? names.Label : parameters.Label;
    }

    /// <inheritdoc/>
    protected override async ValueTask<FileSystemStatus> GetSpaceCoreAsync()
    {
        uint free = Table.FreeMap?.Count ?? recordedFree ?? (await Table.GetFreeMapAsync()).Count;
        return new FileSystemStatus
        {
            BlockSize = parameters.ClusterSize,
            TotalBlocks = parameters.ClusterCount,
            FreeBlocks = free,
            LongestName = FatNames.LongestName,
            Magic = 0x4D44,
            IsReadOnly = IsReadOnly ? 1u : 0,
        };
    }

    /// <inheritdoc/>
    protected override async ValueTask SyncCoreAsync(bool isWhole)
    {
        ThrowIfFailed();
        await CommitAsync();
        if (!isWhole)
        {
            return;
        }
        await WriteInformationAsync();
        await CommitAsync();
        // Clusters of a file that is open and has no name any more would be in no chain after a crash.
        if (isMarked && !WasDirty && unlinkedOpen == 0)
        {
            // Only now, when all else is on the medium.
            await MarkAsync(isDirty: false);
            isMarked = false;
        }
    }

    /// <inheritdoc/>
    protected override ValueTask UnmountCoreAsync() => SyncCoreAsync(isWhole: true);

    /// <inheritdoc/>
    protected override void OnChangeFailed() => hasFailed = true;

    private static FatEntrySet RootSetOf(uint cluster) =>
        new()
        {
            Name = "/",
            ShortName = "/",
            FirstSlot = 0,
            SlotCount = 0,
            Entry = new FatEntry
            {
                RawName = "",
                Attributes = FatAttributes.Directory,
                Cluster = cluster,
                Created = FatTime.Decode(0, 0, 0),
                Accessed = FatTime.Decode(0, 0, 0),
                Modified = FatTime.Decode(0, 0, 0),
            },
        };

    private FatEntrySet RootSet() => RootSetOf(parameters.RootCluster);

    private DateTime Now() => clock.GetUtcNow().UtcDateTime;

    private void ThrowIfFailed()
    {
        if (hasFailed)
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{Source}: a write failed; the volume takes no more changes until it is mounted again."
            );
        }
    }

    /// <summary>Before an operation's first change: room in the cache, and the mark that the volume is in use.</summary>
    private async ValueTask BeginChangeAsync()
    {
        ThrowIfFailed();
        if (cache.IsFull)
        {
            await CommitAsync();
        }
        if (!isMarked)
        {
            // Before anything else is written: whoever finds the volume half changed must see that it is.
            await MarkAsync(isDirty: true);
            isMarked = true;
        }
    }

    private async ValueTask CommitAsync()
    {
        await cache.CommitAsync();
        await Table.FreeReleasedAsync();
    }

    // The mark is in two places: a bit in the boot sector, which Linux and fsck.fat look at, and one in the table's second
    // entry, which is clear while the volume is in use (FAT specification, section 4); FAT12 has none there.
    private async ValueTask MarkAsync(bool isDirty)
    {
        byte[] state = new byte[1];
        await cache.ReadAsync(parameters.StatePosition, state);
        state[0] = (byte)(isDirty ? state[0] | 1 : state[0] & ~1);
        await cache.WriteAsync(parameters.StatePosition, state, WriteStage.First);
        if (CleanBit != 0)
        {
            uint entry = await Table.GetAsync(1);
            await Table.SetAsync(1, isDirty ? entry & ~CleanBit : entry | CleanBit);
        }
        await cache.CommitFirstAsync();
    }

    private uint CleanBit =>
        parameters.Kind switch
        {
            FatKind.Fat32 => 0x0800_0000,
            FatKind.Fat16 => 0x8000,
            _ => 0,
        };

    private async ValueTask ReadStateAsync(byte state)
    {
        bool isCleanInTable = CleanBit == 0 || (await Table.GetAsync(1) & CleanBit) != 0;
        WasDirty = (state & 1) != 0 || !isCleanInTable;
        if (parameters.InformationPosition == 0)
        {
            return;
        }
        byte[] sector = new byte[512];
        await cache.ReadAsync(parameters.InformationPosition, sector);
        uint free = BinaryPrimitives.ReadUInt32LittleEndian(sector.AsSpan(488));
        // A hint: good enough to tell how full the volume is, unless nobody had the time to write it.
        if (IsInformation(sector) && !WasDirty && free <= parameters.ClusterCount)
        {
            recordedFree = free;
        }
    }

    // FSInfo (FAT specification, section 5): three signatures, free clusters at 488, where to search at 492.
    private static bool IsInformation(ReadOnlySpan<byte> sector) =>
        BinaryPrimitives.ReadUInt32LittleEndian(sector) == 0x4161_5252
        && BinaryPrimitives.ReadUInt32LittleEndian(sector[484..]) == 0x6141_7272
        && BinaryPrimitives.ReadUInt32LittleEndian(sector[508..]) == 0xAA55_0000;

    private async ValueTask WriteInformationAsync()
    {
        if (parameters.InformationPosition == 0 || Table.FreeMap is not { } map)
        {
            return;
        }
        byte[] sector = new byte[512];
        await cache.ReadAsync(parameters.InformationPosition, sector);
        if (!IsInformation(sector))
        {
            return;
        }
        byte[] counts = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(counts, map.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(counts.AsSpan(4), map.Next);
        if (!counts.AsSpan().SequenceEqual(sector.AsSpan(488, 8)))
        {
            await cache.WriteAsync(parameters.InformationPosition + 488, counts, WriteStage.First);
        }
    }

    /// <summary>Takes clusters; after a commit when only that makes enough free.</summary>
    /// <returns>None when there are not so many.</returns>
    private async ValueTask<List<ClusterRun>?> AllocateAsync(uint count, uint near)
    {
        if (count == 0)
        {
            return [];
        }
        FatFreeMap map = await Table.GetFreeMapAsync();
        if (map.Count < count && Table.HasReleased)
        {
            await CommitAsync();
        }
        return map.Take(count, near);
    }

    private FileSystemException NoSpace(string path) =>
        new(FileError.NoSpace, $"{Source}: no room is left for {path}.");
}

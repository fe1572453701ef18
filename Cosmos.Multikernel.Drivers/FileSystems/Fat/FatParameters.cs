using System.Buffers.Binary;
using System.Numerics;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>How wide the entries of the file allocation table are, bits.</summary>
public enum FatKind
{
    /// <summary>12 bits: floppies and other volumes of fewer than 4085 clusters.</summary>
    Fat12 = 12,

    /// <summary>16 bits: fewer than 65525 clusters.</summary>
    Fat16 = 16,

    /// <summary>32 bits, of which 28 count.</summary>
    Fat32 = 32,
}

/// <summary>
/// The layout of a FAT volume as its boot sector tells it, checked (Microsoft FAT specification of 2005, section 3).
/// Positions are bytes from the volume's beginning.
/// </summary>
public sealed record FatParameters
{
    /// <summary>Bytes that tell the layout.</summary>
    public const int BootSectorSize = 512;

    /// <summary>Bytes of a directory entry.</summary>
    public const int EntrySize = 32;

    private const uint MostFat12Clusters = 4084;
    private const uint MostFat16Clusters = 65524;
    private const uint MostFat32Clusters = 0x0FFF_FFF5;

    public required FatKind Kind { get; init; }

    public required int SectorSize { get; init; }

    public required int ClusterSize { get; init; }

    /// <summary>Clusters that hold data; they are numbered from 2.</summary>
    public required uint ClusterCount { get; init; }

    public required int FatCount { get; init; }

    /// <summary>Bytes of one copy of the table.</summary>
    public required long FatLength { get; init; }

    /// <summary>Where the first copy of the table begins.</summary>
    public required long FatPosition { get; init; }

    /// <summary>The one copy in use where mirroring is off (FAT32); -1 where all copies are kept alike.</summary>
    public required int ActiveFat { get; init; }

    /// <summary>Where the fixed root directory begins (FAT12 and FAT16).</summary>
    public required long RootPosition { get; init; }

    /// <summary>Entries of the fixed root directory; 0 with FAT32.</summary>
    public required int RootEntries { get; init; }

    /// <summary>The root directory's first cluster (FAT32); 0 otherwise.</summary>
    public required uint RootCluster { get; init; }

    /// <summary>Where cluster 2 begins.</summary>
    public required long DataPosition { get; init; }

    /// <summary>Where the FSInfo sector is (FAT32); 0 when there is none.</summary>
    public required long InformationPosition { get; init; }

    /// <summary>Bytes of the whole volume.</summary>
    public required long Length { get; init; }

    /// <summary>The volume's serial number.</summary>
    public required uint Serial { get; init; }

    /// <summary>The label in the boot sector, trimmed.</summary>
    public required string Label { get; init; }

    /// <summary>Where the byte with the "not unmounted" mark is, in the boot sector.</summary>
    public int StatePosition => Kind == FatKind.Fat32 ? 0x41 : 0x25;

    /// <summary>One more than the greatest cluster number.</summary>
    public uint ClusterEnd => ClusterCount + 2;

    /// <summary>Where a cluster begins.</summary>
    public long PositionOf(uint cluster) => DataPosition + (cluster - 2L) * ClusterSize;

    /// <summary>Whether there is a cluster of that number.</summary>
    public bool IsCluster(uint cluster) => cluster >= 2 && cluster < ClusterEnd;

    /// <summary>Clusters that hold so many bytes.</summary>
    public long ClustersFor(long bytes) => (bytes + ClusterSize - 1) / ClusterSize;

    /// <summary>Takes the layout from a boot sector.</summary>
    /// <param name="boot">The volume's first 512 bytes.</param>
    /// <param name="deviceLength">Bytes of the device it is on.</param>
    /// <param name="source">The device's name, for errors.</param>
    /// <exception cref="FileSystemException">It is no FAT volume, or fields contradict each other (EINVAL).</exception>
    public static FatParameters Parse(ReadOnlySpan<byte> boot, long deviceLength, string source)
    {
        FatFields fields = new(boot, source);
        fields.Check();
        return fields.ToParameters(deviceLength);
    }

    // The fields as they are.
    private readonly ref struct FatFields(ReadOnlySpan<byte> boot, string source)
    {
        private readonly ReadOnlySpan<byte> boot = boot;

        private int SectorSize => Word(11);
        private int SectorsPerCluster => boot[13];
        private int ReservedSectors => Word(14);
        private int FatCount => boot[16];
        private int RootEntries => Word(17);
        private byte Media => boot[21];
        private int FatSectors16 => Word(22);
        private uint FatSectors => FatSectors16 != 0 ? (uint)FatSectors16 : Long(36);
        private uint TotalSectors => Word(19) != 0 ? (uint)Word(19) : Long(32);
        private bool IsFat32 => FatSectors16 == 0;
        private int ExtensionPosition => IsFat32 ? 64 : 36;

        public void Check()
        {
            Demand(
                Word(510) == 0xAA55,
                $"no FAT volume: the boot sector's signature is {Word(510):X4} instead of AA55"
            );
            Demand(
                SectorSize is >= 512 and <= 4096 && BitOperations.IsPow2(SectorSize),
                $"sectors of {SectorSize} bytes"
            );
            Demand(
                BitOperations.IsPow2(SectorsPerCluster),
                $"clusters of {SectorsPerCluster} sectors"
            );
            Demand(ReservedSectors > 0, "no reserved sectors, not even for the boot sector");
            Demand(FatCount > 0, "no file allocation table");
            Demand(Media is 0xF0 or >= 0xF8, $"media byte {Media:X2}");
            Demand(FatSectors > 0, "a file allocation table of no sectors");
            Demand(TotalSectors > 0, "no sectors in all");
            Demand(
                RootEntries * EntrySize % SectorSize == 0,
                $"{RootEntries} root entries, which are no whole number of sectors"
            );
            if (IsFat32)
            {
                Demand(Word(42) == 0, $"FAT32 of the unknown version {Word(42):X4}");
                Demand(RootEntries == 0, $"FAT32 with {RootEntries} fixed root entries");
            }
            else
            {
                Demand(RootEntries > 0, "no room for a root directory");
            }
        }

        public FatParameters ToParameters(long deviceLength)
        {
            int clusterSize = SectorSize * SectorsPerCluster;
            long fatLength = (long)FatSectors * SectorSize;
            long fatPosition = (long)ReservedSectors * SectorSize;
            long rootPosition = fatPosition + FatCount * fatLength;
            long dataPosition = rootPosition + (long)RootEntries * EntrySize;
            long length = (long)TotalSectors * SectorSize;
            Demand(
                length <= deviceLength,
                $"the volume has {length} bytes and the device only {deviceLength}: it has been cut short"
            );
            long clusters = (length - dataPosition) / clusterSize;
            Demand(
                clusters > 0,
                $"tables of {dataPosition} bytes leave no room for data in {length} bytes"
            );
            FatKind kind = KindOf(clusters);
            Demand(
                fatLength * 8 / (int)kind >= clusters + 2,
                $"{clusters} clusters, but a file allocation table of only {fatLength} bytes"
            );
            return new FatParameters
            {
                Kind = kind,
                SectorSize = SectorSize,
                ClusterSize = clusterSize,
                ClusterCount = (uint)clusters,
                FatCount = FatCount,
                FatLength = fatLength,
                FatPosition = fatPosition,
                ActiveFat = ActiveFat(),
                RootPosition = rootPosition,
                RootEntries = RootEntries,
                RootCluster = RootCluster((uint)clusters),
                DataPosition = dataPosition,
                InformationPosition = InformationPosition(),
                Length = length,
                Serial = Long(ExtensionPosition + 3),
                Label = LabelText(),
            };
        }

        // As Linux does: mkfs.fat can make FAT32 volumes smaller than the specification has them.
        private FatKind KindOf(long clusters)
        {
            if (IsFat32)
            {
                Demand(clusters <= MostFat32Clusters, $"{clusters} clusters, too many for FAT32");
                return FatKind.Fat32;
            }
            Demand(clusters <= MostFat16Clusters, $"{clusters} clusters, too many for FAT16");
            return clusters <= MostFat12Clusters ? FatKind.Fat12 : FatKind.Fat16;
        }

        private int ActiveFat()
        {
            // Bit 7 set: only the copy in bits 0-3 is in use.
            if (!IsFat32 || (Word(40) & 0x80) == 0)
            {
                return -1;
            }
            int active = Word(40) & 0x0F;
            Demand(active < FatCount, $"table {active} in use of {FatCount}");
            return active;
        }

        private uint RootCluster(uint clusters)
        {
            if (!IsFat32)
            {
                return 0;
            }
            uint root = Long(44);
            Demand(
                root >= 2 && root < clusters + 2,
                $"the root directory in cluster {root} of {clusters}"
            );
            return root;
        }

        private long InformationPosition()
        {
            int sector = IsFat32 ? Word(48) : 0;
            return sector is 0 or 0xFFFF || sector >= ReservedSectors
                ? 0
                : (long)sector * SectorSize;
        }

        private string LabelText()
        {
            // The label is there behind signature 29 only.
            if (boot[ExtensionPosition + 2] != 0x29)
            {
                return "";
            }
            string label = FatNames.DecodeOem(boot.Slice(ExtensionPosition + 7, 11)).TrimEnd();
            return label == "NO NAME" ? "" : label;
        }

        private int Word(int at) => BinaryPrimitives.ReadUInt16LittleEndian(boot[at..]);

        private uint Long(int at) => BinaryPrimitives.ReadUInt32LittleEndian(boot[at..]);

        private void Demand(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw new FileSystemException(
                    FileError.Invalid,
                    $"{source}: the boot sector cannot be right: {otherwise}."
                );
            }
        }
    }
}

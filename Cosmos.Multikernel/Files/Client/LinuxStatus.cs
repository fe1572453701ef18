using System.Buffers.Binary;

namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// Linux's structures for what is known of files and file systems, written as bytes. Sources: Linux,
/// arch/x86/include/uapi/asm/stat.h, include/uapi/linux/stat.h (statx), include/uapi/asm-generic/statfs.h.
/// </summary>
internal static class LinuxStatus
{
    public const int StatBytes = 144;
    public const int StatxBytes = 256;
    public const int SpaceBytes = 120;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long SectorBytes = 512;

    // STATX_BASIC_STATS and STATX_BTIME.
    private const uint KnownFields = 0x7ff | 0x800;

    // ST_RDONLY and ST_VALID.
    private const ulong ReadOnly = 1;
    private const ulong FlagsAreValid = 0x20;

    /// <summary>st_mode: kind and permissions.</summary>
    public static uint ModeOf(in FileStatus status) => KindOf(status.Kind) | status.Permissions;

    /// <summary>d_type of a directory's entries: the kind's bits of st_mode.</summary>
    public static byte TypeOf(FileKind kind) => (byte)(KindOf(kind) >> 12);

    /// <summary>struct stat. The time of the last change of its status is not kept; it is that of its contents.</summary>
    public static void WriteStat(Span<byte> to, in FileStatus status)
    {
        to[..StatBytes].Clear();
        Put(to, status.Device);
        Put(to[8..], status.Number);
        Put(to[16..], status.Links);
        BinaryPrimitives.WriteUInt32LittleEndian(to[24..], ModeOf(status));
        Put(to[48..], (ulong)status.Length);
        Put(to[56..], (ulong)status.BlockSize);
        Put(to[64..], (ulong)(status.Allocated / SectorBytes));
        PutTime(to[72..], AccessedOf(status));
        PutTime(to[88..], status.Modified);
        PutTime(to[104..], status.Modified);
    }

    /// <summary>struct statx.</summary>
    public static void WriteStatx(Span<byte> to, in FileStatus status)
    {
        to[..StatxBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to, KnownFields);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], status.BlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], status.Links);
        BinaryPrimitives.WriteUInt16LittleEndian(to[28..], (ushort)ModeOf(status));
        Put(to[32..], status.Number);
        Put(to[40..], (ulong)status.Length);
        Put(to[48..], (ulong)(status.Allocated / SectorBytes));
        PutTime(to[64..], AccessedOf(status));
        PutTime(to[80..], status.Created);
        PutTime(to[96..], status.Modified);
        PutTime(to[112..], status.Modified);
        BinaryPrimitives.WriteUInt32LittleEndian(to[140..], status.Device);
    }

    /// <summary>struct statfs.</summary>
    public static void WriteSpace(Span<byte> to, in FileSystemStatus status)
    {
        to[..SpaceBytes].Clear();
        Put(to, status.Magic);
        Put(to[8..], (ulong)status.BlockSize);
        Put(to[16..], (ulong)status.TotalBlocks);
        Put(to[24..], (ulong)status.FreeBlocks);
        Put(to[32..], (ulong)status.FreeBlocks);
        Put(to[40..], (ulong)status.TotalFiles);
        Put(to[48..], (ulong)status.FreeFiles);
        Put(to[56..], status.Device);
        Put(to[64..], (ulong)status.LongestName);
        Put(to[72..], (ulong)status.BlockSize);
        Put(to[80..], FlagsAreValid | (status.IsReadOnly != 0 ? ReadOnly : 0));
    }

    private static uint KindOf(FileKind kind) =>
        kind switch
        {
            FileKind.Directory => 0x4000,
            FileKind.SymbolicLink => 0xa000,
            _ => 0x8000,
        };

    private static long AccessedOf(in FileStatus status) =>
        status.Accessed != 0 ? status.Accessed : status.Modified;

    private static void Put(Span<byte> to, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(to, value);

    // Seconds and the nanoseconds that follow them; before 1970 the seconds are negative, the nanoseconds never.
    private static void PutTime(Span<byte> to, long nanoseconds)
    {
        long rest = nanoseconds % NanosecondsPerSecond;
        rest += rest < 0 ? NanosecondsPerSecond : 0;
        Put(to, (ulong)((nanoseconds - rest) / NanosecondsPerSecond));
        Put(to[8..], (ulong)rest);
    }
}

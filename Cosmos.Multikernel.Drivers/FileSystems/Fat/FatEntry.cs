using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>Attributes of a directory entry (FAT specification, section 6).</summary>
[Flags]
internal enum FatAttributes : byte
{
    None = 0,
    ReadOnly = 0x01,
    Hidden = 0x02,
    System = 0x04,
    Label = 0x08,
    Directory = 0x10,
    Archive = 0x20,

    /// <summary>All four together: part of a long name.</summary>
    LongName = ReadOnly | Hidden | System | Label,
    LongNameMask = LongName | Directory | Archive,
}

/// <summary>A short directory entry: 32 bytes, of which the cluster's halves are joined here.</summary>
internal struct FatEntry
{
    /// <summary>Eleven bytes as they are on the medium, one character each.</summary>
    public string RawName;
    public FatAttributes Attributes;

    /// <summary>Bit 3: the name's base is lower case, bit 4: its extension is (Windows NT).</summary>
    public byte Case;
    public uint Cluster;
    public uint Size;

    // Of a time only what the medium keeps: nobody sees another one before the next mount than after it.
    public DateTime Created
    {
        readonly get;
        set => field = FatTime.Kept(value, FatTime.CreationStep);
    }

    public DateTime Accessed
    {
        readonly get;
        set => field = FatTime.Kept(value, FatTime.AccessStep);
    }

    public DateTime Modified
    {
        readonly get;
        set => field = FatTime.Kept(value, FatTime.ModificationStep);
    }

    public readonly bool IsDirectory => Attributes.HasFlag(FatAttributes.Directory);

    public static FatEntry Read(ReadOnlySpan<byte> bytes) =>
        new()
        {
            RawName = Encoding.Latin1.GetString(bytes[..11]),
            Attributes = (FatAttributes)bytes[11],
            Case = bytes[12],
            Created = FatTime.Decode(Word(bytes, 16), Word(bytes, 14), bytes[13]),
            Accessed = FatTime.Decode(Word(bytes, 18), 0, 0),
            Modified = FatTime.Decode(Word(bytes, 24), Word(bytes, 22), 0),
            Cluster = (uint)Word(bytes, 20) << 16 | Word(bytes, 26),
            Size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
        };

    public readonly void Write(Span<byte> bytes)
    {
        Encoding.Latin1.GetBytes(RawName, bytes);
        bytes[11] = (byte)Attributes;
        bytes[12] = Case;
        (ushort date, ushort time, byte hundredths) = FatTime.Encode(Created);
        bytes[13] = hundredths;
        Put(bytes, 14, time);
        Put(bytes, 16, date);
        Put(bytes, 18, FatTime.Encode(Accessed).Date);
        Put(bytes, 20, (ushort)(Cluster >> 16));
        (date, time, _) = FatTime.Encode(Modified);
        Put(bytes, 22, time);
        Put(bytes, 24, date);
        Put(bytes, 26, (ushort)Cluster);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], Size);
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static void Put(Span<byte> bytes, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], value);
}

/// <summary>
/// Dates of FAT: from 1980 to 2107, in steps of two seconds (hundredths for the creation, days for the last access). FAT records no
/// time zone; here all times are UTC, for the machine has none either.
/// </summary>
internal static class FatTime
{
    public static readonly TimeSpan CreationStep = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan ModificationStep = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan AccessStep = TimeSpan.FromDays(1);

    private static readonly DateTime Earliest = new(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(2107, 12, 31, 23, 59, 58, DateTimeKind.Utc);

    /// <summary>A time; the earliest where the fields hold no date.</summary>
    public static DateTime Decode(ushort date, ushort time, byte hundredths)
    {
        int month = (date >> 5) & 15;
        int day = date & 31;
        int year = 1980 + (date >> 9);
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return Earliest;
        }
        int hour = Math.Min(time >> 11, 23);
        int minute = Math.Min((time >> 5) & 63, 59);
        int second = Math.Min((time & 31) * 2, 58);
        return new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(
            Math.Min((int)hundredths, 199) * TimeSpan.TicksPerMillisecond * 10
        );
    }

    /// <summary>What is kept of a time: it is rounded down; what FAT cannot express becomes the nearest it can.</summary>
    public static DateTime Kept(DateTime time, TimeSpan step)
    {
        time =
            time < Earliest ? Earliest
            : time > Latest ? Latest
            : time;
        return time.AddTicks(-(time.Ticks % step.Ticks));
    }

    /// <summary>The fields of a time that FAT can express.</summary>
    public static (ushort Date, ushort Time, byte Hundredths) Encode(DateTime time)
    {
        int date = (time.Year - 1980) << 9 | time.Month << 5 | time.Day;
        int clock = time.Hour << 11 | time.Minute << 5 | time.Second / 2;
        int hundredths = time.Second % 2 * 100 + time.Millisecond / 10;
        return ((ushort)date, (ushort)clock, (byte)hundredths);
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Drivers.FileSystems.Iso9660;

/// <summary>A directory record (ECMA-119, section 9.1), as it lies on the disc.</summary>
internal readonly ref struct IsoRecord
{
    /// <summary>Bytes of a record before its name.</summary>
    public const int NamePosition = 33;

    private readonly ReadOnlySpan<byte> bytes;

    private IsoRecord(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>Takes the record at the beginning of what is left of a block; false when it cannot be one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> rest, out IsoRecord record)
    {
        record = default;
        int length = rest[0];
        if (length <= NamePosition || length > rest.Length || NamePosition + rest[32] > length)
        {
            return false;
        }
        record = new IsoRecord(rest[..length]);
        return true;
    }

    public int Length => bytes.Length;

    public uint Block => BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]) + bytes[1];

    public uint Bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]);

    public DateTime Time => IsoTime.DecodeShort(bytes[18..25]);

    public bool IsDirectory => (bytes[25] & 0x02) != 0;

    /// <summary>A file for the use of another; not shown.</summary>
    public bool IsAssociated => (bytes[25] & 0x04) != 0;

    /// <summary>More records of the same file follow.</summary>
    public bool IsContinued => (bytes[25] & 0x80) != 0;

    /// <summary>Its blocks are interleaved with those of others.</summary>
    public bool IsInterleaved => bytes[26] != 0 || bytes[27] != 0;

    public ReadOnlySpan<byte> Name => bytes.Slice(NamePosition, bytes[32]);

    /// <summary>"." or "..", of which the names are one byte 0 or 1.</summary>
    public bool IsDots => bytes[32] == 1 && bytes[NamePosition] <= 1;

    /// <summary>What follows the name, from an even place on.</summary>
    public ReadOnlySpan<byte> SystemUse
    {
        get
        {
            int at = NamePosition + bytes[32] + (bytes[32] % 2 == 0 ? 1 : 0);
            return at < bytes.Length ? bytes[at..] : default;
        }
    }

    /// <summary>The name without its version, in lower case: "README.TXT;1" is readme.txt, as Linux shows it.</summary>
    public string PlainName() => WithoutVersion(Encoding.Latin1.GetString(Name)).ToLowerInvariant();

    /// <summary>The name in a Joliet directory: UTF-16, the high byte first.</summary>
    public string JolietName() => WithoutVersion(Encoding.BigEndianUnicode.GetString(Name));

    private static string WithoutVersion(string name)
    {
        int semicolon = name.LastIndexOf(';');
        string bare = semicolon > 0 ? name[..semicolon] : name;
        return bare.Length > 1 && bare.EndsWith('.') ? bare[..^1] : bare;
    }
}

/// <summary>Times on discs; those that cannot be are 1970.</summary>
internal static class IsoTime
{
    /// <summary>Seven bytes (ECMA-119, section 9.1.5): years since 1900 ... seconds, quarters of an hour from UTC.</summary>
    public static DateTime DecodeShort(ReadOnlySpan<byte> bytes) =>
        Make(1900 + bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], (sbyte)bytes[6]);

    /// <summary>Seventeen bytes (section 8.4.26.1): digits, and the same last byte.</summary>
    public static DateTime DecodeLong(ReadOnlySpan<byte> bytes)
    {
        string digits = Encoding.Latin1.GetString(bytes[..16]);
        return digits.All(char.IsAsciiDigit)
            ? Make(
                int.Parse(digits.AsSpan(0, 4)),
                int.Parse(digits.AsSpan(4, 2)),
                int.Parse(digits.AsSpan(6, 2)),
                int.Parse(digits.AsSpan(8, 2)),
                int.Parse(digits.AsSpan(10, 2)),
                int.Parse(digits.AsSpan(12, 2)),
                (sbyte)bytes[16]
            )
            : DateTime.UnixEpoch;
    }

    private static DateTime Make(
        int year,
        int month,
        int day,
        int hour,
        int minute,
        int second,
        int quarters
    )
    {
        bool isDate =
            year is >= 1900 and <= 9000
            && month is >= 1 and <= 12
            && day >= 1
            && day <= DateTime.DaysInMonth(year, month)
            && hour < 24
            && minute < 60
            && second < 60
            && Math.Abs(quarters) <= 56;
        return isDate
            ? new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddMinutes(
                -15 * quarters
            )
            : DateTime.UnixEpoch;
    }
}

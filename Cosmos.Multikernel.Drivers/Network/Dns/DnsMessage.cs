using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Network.Dns;

/// <summary>What a reply says of the question, as far as this client goes.</summary>
internal enum DnsVerdict
{
    /// <summary>No reply to this question at all: another's, or a forger's.</summary>
    Unexpected,

    /// <summary>It cannot be read.</summary>
    Malformed,

    /// <summary>There are addresses.</summary>
    Addresses,

    /// <summary>The name is another name for one that the reply says nothing of.</summary>
    Alias,

    /// <summary>The name exists, but has no such address.</summary>
    NoAddress,

    /// <summary>There is no such name.</summary>
    NameNotFound,

    /// <summary>The reply did not fit the datagram.</summary>
    Truncated,

    /// <summary>The server does not know of extensions (RFC 6891, 7).</summary>
    NoExtensions,

    /// <summary>The server cannot, or does not want to, say.</summary>
    ServerFailed,
}

/// <summary>A reply, read.</summary>
/// <param name="Verdict">What it says.</param>
/// <param name="Name">The name its aliases lead to.</param>
/// <param name="Addresses">The addresses.</param>
/// <param name="Seconds">How long this may be believed; 0 for not at all.</param>
internal readonly record struct DnsReply(
    DnsVerdict Verdict,
    byte[] Name,
    IReadOnlyList<IpAddress> Addresses,
    uint Seconds
);

/// <summary>Questions and replies on the wire (RFC 1035, 4).</summary>
internal static class DnsMessage
{
    public const ushort Port = 53;
    public const int HeaderSize = 12;

    /// <summary>Longest question written here.</summary>
    public const int MostQuestion = HeaderSize + DnsName.MaximumSize + 4 + ExtensionSize;

    // What fits a datagram that no link cuts (the field's agreement of 2020).
    private const ushort DatagramSize = 1232;
    private const int ExtensionSize = 11;
    private const int RecordFixedSize = 10;
    private const ushort Internet = 1;
    private const ushort TypeCname = 5;
    private const ushort TypeSoa = 6;
    private const ushort TypeOpt = 41;
    private const int MostAliases = 16;
    private const int MostRecords = 256;
    private const int MostAddresses = 32;

    // RFC 8767, 4, and RFC 2308, 5: whatever a reply says.
    private const uint LongestSeconds = 86400;
    private const uint LongestNegative = 3 * 3600;

    private const ushort IsReply = 0x8000;
    private const ushort OpcodeMask = 0x7800;
    private const ushort IsTruncated = 0x0200;
    private const ushort WantsRecursion = 0x0100;
    private const ushort CodeMask = 0x000F;
    private const int CodeFormatError = 1;
    private const int CodeNameError = 3;

    /// <summary>Writes a question.</summary>
    /// <param name="buffer"><see cref="MostQuestion"/> bytes.</param>
    /// <param name="identifier">What the reply must repeat.</param>
    /// <param name="name">The name, as <see cref="DnsName.TryEncode"/> makes it.</param>
    /// <param name="type">Which addresses.</param>
    /// <param name="hasExtensions">Whether to say that long replies are welcome (RFC 6891).</param>
    /// <returns>Its length.</returns>
    public static int WriteQuestion(
        Span<byte> buffer,
        ushort identifier,
        ReadOnlySpan<byte> name,
        DnsRecordType type,
        bool hasExtensions
    )
    {
        buffer[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, identifier);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], WantsRecursion);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[10..], hasExtensions ? (ushort)1 : (ushort)0);
        name.CopyTo(buffer[HeaderSize..]);
        int at = HeaderSize + name.Length;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 2)..], Internet);
        at += 4;
        if (!hasExtensions)
        {
            return at;
        }
        Span<byte> option = buffer.Slice(at, ExtensionSize);
        option.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(option[1..], TypeOpt);
        BinaryPrimitives.WriteUInt16BigEndian(option[3..], DatagramSize);
        return at + ExtensionSize;
    }

    /// <summary>Reads a reply.</summary>
    /// <param name="message">The datagram.</param>
    /// <param name="identifier">The question's.</param>
    /// <param name="name">The question's.</param>
    /// <param name="type">The question's.</param>
    public static DnsReply Read(
        ReadOnlySpan<byte> message,
        ushort identifier,
        ReadOnlySpan<byte> name,
        DnsRecordType type
    )
    {
        if (message.Length < HeaderSize)
        {
            return Bare(DnsVerdict.Malformed);
        }
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        bool isOurs =
            BinaryPrimitives.ReadUInt16BigEndian(message) == identifier
            && (flags & (IsReply | OpcodeMask)) == IsReply;
        if (!isOurs)
        {
            return Bare(DnsVerdict.Unexpected);
        }
        int code = flags & CodeMask;
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        int at = HeaderSize;
        if (questions == 0 && code == CodeFormatError)
        {
            // A server that could not even read the question's end need not repeat it.
            return Bare(DnsVerdict.NoExtensions);
        }
        Span<byte> asked = stackalloc byte[DnsName.MaximumSize];
        if (
            questions != 1
            || !DnsName.TryRead(message, ref at, asked, out int length)
            || at + 4 > message.Length
        )
        {
            return Bare(DnsVerdict.Malformed);
        }
        bool isQuestion =
            name.SequenceEqual(asked[..length])
            && BinaryPrimitives.ReadUInt16BigEndian(message[at..]) == (ushort)type
            && BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == Internet;
        if (!isQuestion)
        {
            return Bare(DnsVerdict.Unexpected);
        }
        if ((flags & IsTruncated) != 0)
        {
            return Bare(DnsVerdict.Truncated);
        }
        return code switch
        {
            0 or CodeNameError => ReadRecords(message, at + 4, name, type, code == CodeNameError),
            CodeFormatError => Bare(DnsVerdict.NoExtensions),
            _ => Bare(DnsVerdict.ServerFailed),
        };
    }

    private static DnsReply ReadRecords(
        ReadOnlySpan<byte> message,
        int at,
        ReadOnlySpan<byte> name,
        DnsRecordType type,
        bool isNameError
    )
    {
        int answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        if (answers > MostRecords || authorities > MostRecords)
        {
            return Bare(DnsVerdict.Malformed);
        }
        // Aliases may come in any order: each is looked for from the beginning.
        byte[] current = name.ToArray();
        List<IpAddress> addresses = [];
        uint seconds = LongestSeconds;
        Span<byte> target = stackalloc byte[DnsName.MaximumSize];
        int aliases = 0;
        while (true)
        {
            int place = at;
            int targetLength = 0;
            for (int i = 0; i < answers; i++)
            {
                if (!Record.TryRead(message, ref place, current, out Record record))
                {
                    return Bare(DnsVerdict.Malformed);
                }
                if (!record.IsOwned)
                {
                    continue;
                }
                if (record.Type == (ushort)type)
                {
                    if (record.Data.Length != (type == DnsRecordType.A ? 4 : 16))
                    {
                        return Bare(DnsVerdict.Malformed);
                    }
                    if (addresses.Count < MostAddresses)
                    {
                        addresses.Add(AddressOf(record.Data, type));
                    }
                    seconds = Math.Min(seconds, record.Seconds);
                }
                else if (record.Type == TypeCname)
                {
                    int dataAt = record.DataAt;
                    if (
                        !DnsName.TryRead(message, ref dataAt, target, out targetLength)
                        || dataAt != record.DataAt + record.Data.Length
                    )
                    {
                        return Bare(DnsVerdict.Malformed);
                    }
                    seconds = Math.Min(seconds, record.Seconds);
                }
            }
            if (addresses.Count != 0)
            {
                return new DnsReply(DnsVerdict.Addresses, current, addresses, seconds);
            }
            if (targetLength == 0)
            {
                return ReadNegative(
                    message,
                    place,
                    authorities,
                    current,
                    isNameError,
                    aliases != 0,
                    seconds
                );
            }
            if (++aliases > MostAliases)
            {
                return Bare(DnsVerdict.ServerFailed);
            }
            current = target[..targetLength].ToArray();
        }
    }

    /// <summary>No address: how long that may be believed is what the zone's SOA record says (RFC 2308).</summary>
    private static DnsReply ReadNegative(
        ReadOnlySpan<byte> message,
        int place,
        int authorities,
        byte[] current,
        bool isNameError,
        bool isAlias,
        uint aliasSeconds
    )
    {
        uint? negative = null;
        for (int i = 0; i < authorities; i++)
        {
            if (!Record.TryRead(message, ref place, current, out Record record))
            {
                return Bare(DnsVerdict.Malformed);
            }
            if (record.Type == TypeSoa && record.Data.Length >= sizeof(uint))
            {
                uint minimum = BinaryPrimitives.ReadUInt32BigEndian(record.Data[^sizeof(uint)..]);
                negative = Math.Min(LongestNegative, Math.Min(minimum, record.Seconds));
            }
        }
        if (isNameError)
        {
            return new DnsReply(DnsVerdict.NameNotFound, current, [], negative ?? 0);
        }
        // An alias whose end this server does not know must be asked for; with a SOA the server does know, and there is nothing.
        return isAlias && negative is null
            ? new DnsReply(DnsVerdict.Alias, current, [], aliasSeconds)
            : new DnsReply(DnsVerdict.NoAddress, current, [], negative ?? 0);
    }

    private static IpAddress AddressOf(ReadOnlySpan<byte> data, DnsRecordType type) =>
        type == DnsRecordType.A ? new IpAddress(Ipv4Address.Read(data)) : IpAddress.ReadV6(data);

    private static DnsReply Bare(DnsVerdict verdict) => new(verdict, [], [], 0);

    /// <summary>A resource record (RFC 1035, 4.1.3).</summary>
    private readonly ref struct Record
    {
        public bool IsOwned { get; private init; }

        public ushort Type { get; private init; }

        public uint Seconds { get; private init; }

        public int DataAt { get; private init; }

        public ReadOnlySpan<byte> Data { get; private init; }

        /// <summary>Reads one; its owner is compared with a name.</summary>
        public static bool TryRead(
            ReadOnlySpan<byte> message,
            ref int at,
            ReadOnlySpan<byte> name,
            out Record record
        )
        {
            record = default;
            Span<byte> owner = stackalloc byte[DnsName.MaximumSize];
            if (
                !DnsName.TryRead(message, ref at, owner, out int length)
                || at + RecordFixedSize > message.Length
            )
            {
                return false;
            }
            ReadOnlySpan<byte> fields = message.Slice(at, RecordFixedSize);
            int size = BinaryPrimitives.ReadUInt16BigEndian(fields[8..]);
            at += RecordFixedSize;
            if (at + size > message.Length)
            {
                return false;
            }
            uint seconds = BinaryPrimitives.ReadUInt32BigEndian(fields[4..]);
            record = new Record
            {
                IsOwned =
                    name.SequenceEqual(owner[..length])
                    && BinaryPrimitives.ReadUInt16BigEndian(fields[2..]) == Internet,
                Type = BinaryPrimitives.ReadUInt16BigEndian(fields),
                // RFC 2181, 8: with the first bit set it counts as 0.
                Seconds = seconds > int.MaxValue ? 0 : seconds,
                DataAt = at,
                Data = message.Slice(at, size),
            };
            at += size;
            return true;
        }
    }
}

using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Network.Wire;

/// <summary>ICMP (RFC 792): type, code, checksum and four bytes whose meaning the type tells; then data.</summary>
internal readonly ref struct IcmpHeader
{
    public const int Size = 8;
    public const byte EchoReply = 0;
    public const byte Unreachable = 3;
    public const byte Echo = 8;
    public const byte TimeExceeded = 11;
    public const byte ParameterProblem = 12;

    public const byte ProtocolUnreachable = 2;
    public const byte PortUnreachable = 3;
    public const byte ReassemblyTimeExceeded = 1;

    private readonly ReadOnlySpan<byte> message;

    private IcmpHeader(ReadOnlySpan<byte> message) => this.message = message;

    public byte Type => message[0];

    public byte Code => message[1];

    /// <summary>Echo: whose request it is.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(message[4..]);

    /// <summary>Echo: which of them.</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(message[6..]);

    /// <summary>Echo: what is sent back; errors: the beginning of the datagram that caused it.</summary>
    public ReadOnlySpan<byte> Data => message[Size..];

    public static DropReason TryParse(ReadOnlySpan<byte> payload, out IcmpHeader header)
    {
        header = default;
        if (payload.Length < Size)
        {
            return DropReason.IcmpTooShort;
        }
        if (InternetChecksum.Of(payload) != 0)
        {
            return DropReason.IcmpBadChecksum;
        }
        header = new IcmpHeader(payload);
        return DropReason.None;
    }

    /// <summary>The header inside a quote, which may end behind it: no checksum is looked at.</summary>
    public static bool TryParseQuoted(ReadOnlySpan<byte> quote, out IcmpHeader header)
    {
        bool isWhole = quote.Length >= Size;
        header = isWhole ? new IcmpHeader(quote) : default;
        return isWhole;
    }

    /// <summary>Writes a header, with the checksum over it and the data.</summary>
    public static void Write(
        Span<byte> header,
        byte type,
        byte code,
        ushort identifier,
        ushort sequence,
        ReadOnlySpan<byte> data
    )
    {
        header[0] = type;
        header[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], identifier);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], sequence);
        ulong sum = InternetChecksum.Add(data, InternetChecksum.Add(header[..Size], 0));
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], InternetChecksum.Finish(sum));
    }
}

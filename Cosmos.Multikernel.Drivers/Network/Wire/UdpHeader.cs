using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Network.Wire;

/// <summary>UDP (RFC 768).</summary>
internal readonly ref struct UdpHeader
{
    public const int Size = 8;

    /// <summary>Most bytes of data in a datagram over IPv4.</summary>
    public const int MaximumData = Ipv4Header.MaximumTotal - Ipv4Header.Size - Size;

    private UdpHeader(ReadOnlySpan<byte> datagram, int length)
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        Data = datagram[Size..length];
    }

    public ushort SourcePort { get; }

    public ushort DestinationPort { get; }

    public ReadOnlySpan<byte> Data { get; }

    public static DropReason TryParse(
        ReadOnlySpan<byte> payload,
        Ipv4Address source,
        Ipv4Address destination,
        out UdpHeader header
    )
    {
        header = default;
        if (payload.Length < Size)
        {
            return DropReason.UdpTooShort;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(payload[4..]);
        if (length < Size || length > payload.Length)
        {
            return DropReason.UdpBadLength;
        }
        // 0 says that the sender made none.
        bool isSummed = BinaryPrimitives.ReadUInt16BigEndian(payload[6..]) != 0;
        if (isSummed && Sum(payload[..length], source, destination) != 0)
        {
            return DropReason.UdpBadChecksum;
        }
        header = new UdpHeader(payload, length);
        if (header.DestinationPort == 0)
        {
            return DropReason.UdpBadPort;
        }
        return DropReason.None;
    }

    /// <summary>The ports inside a quote, which may end behind the header.</summary>
    public static bool TryParseQuoted(ReadOnlySpan<byte> quote, out UdpHeader header)
    {
        bool isWhole = quote.Length >= Size;
        header = isWhole ? new UdpHeader(quote, quote.Length) : default;
        return isWhole;
    }

    /// <summary>Writes a header, with the checksum over it and the data.</summary>
    public static void Write(
        Span<byte> header,
        Ipv4Address source,
        ushort sourcePort,
        Ipv4Address destination,
        ushort destinationPort,
        ReadOnlySpan<byte> data
    )
    {
        int length = Size + data.Length;
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], 0);
        ulong sum = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, length);
        sum = InternetChecksum.Add(data, InternetChecksum.Add(header[..Size], sum));
        ushort checksum = InternetChecksum.Finish(sum);
        // A sum that comes out as 0 is sent as its other form, for 0 means that there is none.
        BinaryPrimitives.WriteUInt16BigEndian(
            header[6..],
            checksum == 0 ? ushort.MaxValue : checksum
        );
    }

    private static ushort Sum(
        ReadOnlySpan<byte> datagram,
        Ipv4Address source,
        Ipv4Address destination
    ) =>
        InternetChecksum.Finish(
            InternetChecksum.Add(
                datagram,
                InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, datagram.Length)
            )
        );
}

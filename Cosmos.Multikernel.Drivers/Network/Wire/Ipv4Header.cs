using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Network.Wire;

/// <summary>IPv4 (RFC 791). Options are checked and skipped.</summary>
internal readonly ref struct Ipv4Header
{
    /// <summary>Without options, as everything is sent.</summary>
    public const int Size = 20;

    /// <summary>Longest datagram, header included.</summary>
    public const int MaximumTotal = ushort.MaxValue;

    public const ushort DoNotFragment = 0x4000;
    public const ushort MoreFragments = 0x2000;
    private const ushort OffsetMask = 0x1FFF;

    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;

    private Ipv4Header(ReadOnlySpan<byte> datagram, int headerLength, int total)
    {
        Header = datagram[..headerLength];
        Payload = datagram[headerLength..total];
    }

    /// <summary>The header with its options.</summary>
    public ReadOnlySpan<byte> Header { get; }

    /// <summary>What follows, without the padding of the packet it came in.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(Header[4..]);

    /// <summary>Where in the whole datagram's payload this one's begins, in bytes.</summary>
    public int FragmentOffset => (FragmentWord & OffsetMask) * 8;

    public bool HasMoreFragments => (FragmentWord & MoreFragments) != 0;

    public bool IsFragment => (FragmentWord & (MoreFragments | OffsetMask)) != 0;

    public byte TimeToLive => Header[8];

    public byte Protocol => Header[9];

    public Ipv4Address Source => Ipv4Address.Read(Header[12..]);

    public Ipv4Address Destination => Ipv4Address.Read(Header[16..]);

    private ushort FragmentWord => BinaryPrimitives.ReadUInt16BigEndian(Header[6..]);

    /// <summary>Takes a datagram apart.</summary>
    /// <param name="packet">The datagram, perhaps with padding behind it.</param>
    /// <param name="header">What it says; only with <see cref="DropReason.None"/>.</param>
    public static DropReason TryParse(ReadOnlySpan<byte> packet, out Ipv4Header header)
    {
        header = default;
        if (packet.Length < Size)
        {
            return DropReason.Ipv4TooShort;
        }
        if (packet[0] >> 4 != 4)
        {
            return DropReason.Ipv4BadVersion;
        }
        int headerLength = (packet[0] & 0xF) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerLength < Size || headerLength > packet.Length)
        {
            return DropReason.Ipv4BadHeaderLength;
        }
        if (total < headerLength || total > packet.Length)
        {
            return DropReason.Ipv4BadTotalLength;
        }
        if (InternetChecksum.Of(packet[..headerLength]) != 0)
        {
            return DropReason.Ipv4BadChecksum;
        }
        if (!AreOptionsHarmless(packet[Size..headerLength]))
        {
            return DropReason.Ipv4BadOptions;
        }
        header = new Ipv4Header(packet, headerLength, total);
        // All fragments but the last are whole numbers of eight bytes, and the whole must not be longer than a datagram is.
        bool isFragmentWrong =
            header.HasMoreFragments && (header.Payload.Length % 8 != 0 || header.Payload.IsEmpty);
        if (isFragmentWrong || header.FragmentOffset + total > MaximumTotal)
        {
            return DropReason.Ipv4BadFragment;
        }
        return DropReason.None;
    }

    /// <summary>The header inside an ICMP error: what of the datagram is quoted need not be all of it, and was changed on its way.</summary>
    public static bool TryParseQuoted(ReadOnlySpan<byte> quote, out Ipv4Header header)
    {
        header = default;
        if (quote.Length < Size || quote[0] >> 4 != 4)
        {
            return false;
        }
        int headerLength = (quote[0] & 0xF) * 4;
        if (headerLength < Size || headerLength > quote.Length)
        {
            return false;
        }
        header = new Ipv4Header(quote, headerLength, quote.Length);
        return true;
    }

    /// <summary>Writes a header without options, checksum included.</summary>
    /// <param name="header">Where; at least <see cref="Size"/> bytes.</param>
    /// <param name="total">Bytes of the datagram, header included.</param>
    /// <param name="identification">What its fragments have in common.</param>
    /// <param name="fragment">Flags, and the offset in eights of bytes.</param>
    /// <param name="timeToLive">Routers it may pass, and one.</param>
    /// <param name="protocol">What the payload is.</param>
    /// <param name="source">From whom.</param>
    /// <param name="destination">To whom.</param>
    public static void Write(
        Span<byte> header,
        int total,
        ushort identification,
        ushort fragment,
        byte timeToLive,
        byte protocol,
        Ipv4Address source,
        Ipv4Address destination
    )
    {
        header[0] = 4 << 4 | Size / 4;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)total);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], fragment);
        header[8] = timeToLive;
        header[9] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        source.Write(header[12..]);
        destination.Write(header[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header[..Size]));
    }

    /// <summary>Each option lies within the header, and none routes by its source's wish (RFC 7126, 4.3 and 4.4: drop).</summary>
    private static bool AreOptionsHarmless(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            int length = 1;
            if (options[0] != NoOperation)
            {
                length = options.Length < 2 ? 0 : options[1];
                bool isRoute = options[0] is LooseSourceRoute or StrictSourceRoute;
                if (length < 2 || length > options.Length || isRoute)
                {
                    return false;
                }
            }
            options = options[length..];
        }
        return true;
    }
}

/// <summary>Numbers of protocols above IPv4 (IANA).</summary>
internal static class IpProtocol
{
    public const byte Icmp = 1;
    public const byte Udp = 17;
}

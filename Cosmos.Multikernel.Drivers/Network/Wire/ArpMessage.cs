using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Network.Wire;

/// <summary>Address resolution for IPv4 over Ethernet (RFC 826).</summary>
internal readonly record struct ArpMessage(
    ushort Operation,
    MacAddress SenderMac,
    Ipv4Address Sender,
    MacAddress TargetMac,
    Ipv4Address Target
)
{
    public const int Size = 28;
    public const ushort Request = 1;
    public const ushort Reply = 2;

    // Hardware Ethernet, protocol IPv4, addresses of six and four bytes.
    private const ulong Format = 0x0001_0800_0604;

    public static DropReason TryParse(ReadOnlySpan<byte> payload, out ArpMessage message)
    {
        message = default;
        if (payload.Length < Size)
        {
            return DropReason.ArpTooShort;
        }
        ushort operation = BinaryPrimitives.ReadUInt16BigEndian(payload[6..]);
        if (
            BinaryPrimitives.ReadUInt64BigEndian(payload) >> 16 != Format
            || operation is not (Request or Reply)
        )
        {
            return DropReason.ArpUnknownFormat;
        }
        message = new ArpMessage(
            operation,
            MacAddress.Read(payload[8..]),
            Ipv4Address.Read(payload[14..]),
            MacAddress.Read(payload[18..]),
            Ipv4Address.Read(payload[24..])
        );
        // A probe (RFC 5227) has no sender's address; a sender's hardware address is always one station's.
        bool isSender = message.Sender.IsAny || message.Sender.IsUnicast;
        return isSender && !message.SenderMac.IsGroup && !message.SenderMac.IsZero
            ? DropReason.None
            : DropReason.ArpBadSender;
    }

    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteUInt64BigEndian(payload, (Format << 16) | Operation);
        SenderMac.Write(payload[8..]);
        Sender.Write(payload[14..]);
        TargetMac.Write(payload[18..]);
        Target.Write(payload[24..]);
    }
}

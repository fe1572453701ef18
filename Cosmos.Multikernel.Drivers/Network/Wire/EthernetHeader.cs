using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Network.Wire;

/// <summary>Ethernet II: destination, source, type; then the payload.</summary>
internal readonly ref struct EthernetHeader
{
    public const int Size = PacketDevice.HeaderSize;
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;

    private EthernetHeader(ReadOnlySpan<byte> packet)
    {
        Destination = MacAddress.Read(packet);
        Source = MacAddress.Read(packet[6..]);
        Type = BinaryPrimitives.ReadUInt16BigEndian(packet[12..]);
        Payload = packet[Size..];
    }

    public MacAddress Destination { get; }

    public MacAddress Source { get; }

    /// <summary>What the payload is; below 0x0600 a length (IEEE 802.3), which nobody here speaks.</summary>
    public ushort Type { get; }

    /// <summary>What follows; may be longer than its own header says, for short packets are padded.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public static bool TryParse(ReadOnlySpan<byte> packet, out EthernetHeader header)
    {
        bool isWhole = packet.Length >= Size;
        header = isWhole ? new EthernetHeader(packet) : default;
        return isWhole;
    }

    public static void Write(
        Span<byte> packet,
        MacAddress destination,
        MacAddress source,
        ushort type
    )
    {
        destination.Write(packet);
        source.Write(packet[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[12..], type);
    }
}

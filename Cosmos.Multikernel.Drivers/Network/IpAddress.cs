using System.Buffers.Binary;
using System.Net;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>
/// An address of either version as it travels in messages: IPv6's sixteen bytes, IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
/// </summary>
/// <param name="High">The first eight bytes, the first one in bits 56 to 63.</param>
/// <param name="Low">The last eight.</param>
public readonly record struct IpAddress(ulong High, ulong Low)
{
    private const ulong Mapped = 0xFFFF_0000_0000;

    /// <summary>An IPv4 address.</summary>
    public IpAddress(Ipv4Address address)
        : this(0, Mapped | address.Value) { }

    /// <summary>Whether it is an IPv4 address.</summary>
    public bool IsV4 => High == 0 && Low >> 32 == Mapped >> 32;

    /// <summary>The IPv4 address; only with <see cref="IsV4"/>.</summary>
    public Ipv4Address V4 => new((uint)Low);

    /// <summary>An IPv6 address from the wire.</summary>
    /// <param name="bytes">Sixteen bytes.</param>
    public static IpAddress ReadV6(ReadOnlySpan<byte> bytes) =>
        new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])
        );

    /// <summary>Reads either version's usual text.</summary>
    public static bool TryParse(string text, out IpAddress address)
    {
        if (Ipv4Address.TryParse(text, out Ipv4Address v4))
        {
            address = new IpAddress(v4);
            return true;
        }
        // IPAddress also takes "1", "0x7f.1" and a port behind brackets; only what looks like IPv6 is left to it.
        bool isV6 = text.Contains(':') && !text.Contains('[');
        if (isV6 && IPAddress.TryParse(text, out IPAddress? parsed))
        {
            address = ReadV6(parsed.GetAddressBytes());
            return true;
        }
        address = default;
        return false;
    }

    /// <summary>The usual text.</summary>
    public override string ToString()
    {
        if (IsV4)
        {
            return V4.ToString();
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new IPAddress(bytes).ToString();
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Drivers.Network.Wire;

/// <summary>The Internet's checksum (RFC 1071): the complement of the ones' complement sum of 16-bit words.</summary>
internal static class InternetChecksum
{
    /// <summary>Adds bytes to a sum. All but the last piece have an even number of them.</summary>
    /// <param name="bytes">The bytes; an odd last one counts as if a zero followed.</param>
    /// <param name="sum">What was added before.</param>
    public static ulong Add(ReadOnlySpan<byte> bytes, ulong sum)
    {
        // Eight bytes at a time in the machine's own order: the sum is the same but for the order of its bytes (RFC 1071,
        // 2 B). 32-bit halves are added to 64 bits, which cannot overflow below 16 GB.
        ulong own = 0;
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        foreach (uint word in words)
        {
            own += word;
        }
        ReadOnlySpan<byte> rest = bytes[(words.Length * sizeof(uint))..];
        if (rest.Length >= 2)
        {
            own += MemoryMarshal.Read<ushort>(rest);
            rest = rest[2..];
        }
        ushort folded = Fold(own);
        sum += BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
        return rest.Length == 0 ? sum : sum + (uint)(rest[0] << 8);
    }

    /// <summary>The sum so far, as it goes into a packet.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    /// <summary>The checksum of bytes; 0 over bytes that hold their own right checksum.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes) => Finish(Add(bytes, 0));

    /// <summary>The sum over what UDP (and TCP) put before their header (RFC 768).</summary>
    public static ulong PseudoHeader(
        Ipv4Address source,
        Ipv4Address destination,
        byte protocol,
        int length
    ) =>
        (source.Value >> 16)
        + (ulong)(ushort)source.Value
        + (destination.Value >> 16)
        + (ushort)destination.Value
        + protocol
        + (uint)length;

    private static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (ushort)sum;
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>An IPv4 address.</summary>
/// <param name="Value">The four bytes, the first one in bits 24 to 31.</param>
public readonly record struct Ipv4Address(uint Value)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 4;

    /// <summary>0.0.0.0: none, or any.</summary>
    public static Ipv4Address Any => default;

    /// <summary>255.255.255.255: everybody on this link.</summary>
    public static Ipv4Address Broadcast { get; } = new(uint.MaxValue);

    /// <summary>127.0.0.1: this stack.</summary>
    public static Ipv4Address Loopback { get; } = new(0x7F00_0001);

    /// <summary>0.0.0.0.</summary>
    public bool IsAny => Value == 0;

    /// <summary>224.0.0.0/4 (RFC 5771).</summary>
    public bool IsMulticast => Value >> 28 == 0xE;

    /// <summary>127.0.0.0/8 (RFC 1122, 3.2.1.3).</summary>
    public bool IsLoopback => Value >> 24 == 127;

    /// <summary>Whether it can be one station's: not 0.0.0.0/8, multicast, reserved (240.0.0.0/4) or broadcast.</summary>
    public bool IsUnicast => Value >> 24 != 0 && Value >> 28 < 0xE;

    /// <summary>Takes it from the wire.</summary>
    public static Ipv4Address Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Puts it on the wire.</summary>
    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);

    /// <summary>The mask whose first bits, so many, are set.</summary>
    /// <param name="prefix">0 to 32.</param>
    public static Ipv4Address Mask(int prefix) =>
        new(prefix == 0 ? 0 : uint.MaxValue << (32 - prefix));

    /// <summary>How many bits a mask has; -1 when its ones do not all come first.</summary>
    public int MaskPrefix
    {
        get
        {
            int ones = BitOperations.LeadingZeroCount(~Value);
            return Mask(ones).Value == Value ? ones : -1;
        }
    }

    /// <summary>Whether both are in one network.</summary>
    public bool IsInNetworkOf(Ipv4Address other, int prefix) =>
        ((Value ^ other.Value) & Mask(prefix).Value) == 0;

    /// <summary>Reads four decimal numbers of 0 to 255 with dots between, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        for (int part = 0; part < Size; part++)
        {
            int dot = text.IndexOf('.');
            ReadOnlySpan<char> digits = part < Size - 1 && dot >= 0 ? text[..dot] : text;
            if ((part < Size - 1) != (dot >= 0) || digits.Length is 0 or > 3)
            {
                return false;
            }
            uint number = 0;
            foreach (char digit in digits)
            {
                if (!char.IsAsciiDigit(digit))
                {
                    return false;
                }
                number = number * 10 + (uint)(digit - '0');
            }
            if (number > byte.MaxValue)
            {
                return false;
            }
            value = (value << 8) | number;
            text = text[(dot + 1)..];
        }
        address = new Ipv4Address(value);
        return true;
    }

    /// <summary>Reads it as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Ipv4Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Ipv4Address address)
            ? address
            : throw new FormatException($"'{text}' is no IPv4 address.");

    /// <summary>Four decimal numbers, dots between.</summary>
    public override string ToString() =>
        $"{Value >> 24}.{(byte)(Value >> 16)}.{(byte)(Value >> 8)}.{(byte)Value}";
}

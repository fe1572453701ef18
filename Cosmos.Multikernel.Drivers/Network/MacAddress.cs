namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>An Ethernet address: 48 bits.</summary>
/// <param name="Value">The six bytes, the first one sent in bits 40 to 47.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 6;

    private const ulong GroupBit = 1UL << 40;

    /// <summary>All stations.</summary>
    public static MacAddress Broadcast { get; } = new(0xFFFF_FFFF_FFFF);

    /// <summary>Whether it is nobody's: all zero.</summary>
    public bool IsZero => Value == 0;

    /// <summary>Whether it is for several stations (broadcast included), which no sender's address may be.</summary>
    public bool IsGroup => (Value & GroupBit) != 0;

    /// <summary>Takes it from the wire.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public static MacAddress Read(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < Size; i++)
        {
            value = (value << 8) | bytes[i];
        }
        return new MacAddress(value);
    }

    /// <summary>Puts it on the wire.</summary>
    /// <param name="bytes">Room for at least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> bytes)
    {
        for (int i = 0; i < Size; i++)
        {
            bytes[i] = (byte)(Value >> (40 - 8 * i));
        }
    }

    /// <summary>Six bytes in hexadecimal, colons between.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return $"{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}:{bytes[4]:x2}:{bytes[5]:x2}";
    }
}

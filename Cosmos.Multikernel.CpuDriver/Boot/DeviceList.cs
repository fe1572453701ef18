using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>One grant of a <see cref="DeviceList"/>.</summary>
public struct DeviceGrant
{
    public CapabilityType Type;
    public ulong Start;
    public ulong Length;
}

/// <summary>
/// A list of devices as people write it: <c>all</c>, or any of <c>port:0x70-0x71</c>, <c>irq:8</c>, <c>memory:0xfed00000-0xfed003ff</c>
/// (first and last; one number alone is both) and <c>msi:4</c> (how many), joined by commas. Pure code over bytes: compiled for
/// the host's tests too.
/// </summary>
public unsafe struct DeviceList
{
    private readonly byte* _text;
    private readonly uint _length;
    private uint _next;
    private bool _isBad;

    public DeviceList(byte* text, uint length)
    {
        this = default;
        _text = text;
        _length = length;
    }

    public DeviceGrant Current;

    /// <summary>The current one as written.</summary>
    public byte* Text;
    public uint TextLength;

    public static bool IsValid(byte* text, uint length)
    {
        DeviceList list = new(text, length);
        while (list.MoveNext()) { }
        return length != 0 && !list._isBad;
    }

    /// <summary>Reads the next grant; false at the end, or at one that is malformed.</summary>
    public bool MoveNext()
    {
        if (_isBad || _next >= _length)
        {
            return false;
        }
        Text = _text + _next;
        TextLength = 0;
        while (_next + TextLength < _length && Text[TextLength] != ',')
        {
            TextLength++;
        }
        _next += TextLength + 1;
        // A comma at the very end promises one more.
        _isBad = !TryRead() || _next == _length;
        return !_isBad;
    }

    private bool TryRead()
    {
        Current = default;
        if (TextLength == 3 && Module.StartsWith(Text, TextLength, "all"u8))
        {
            Current.Type = CapabilityType.Devices;
            return true;
        }
        if (Module.StartsWith(Text, TextLength, "port:"u8))
        {
            return TryReadRange(CapabilityType.PortRange, 5);
        }
        if (Module.StartsWith(Text, TextLength, "irq:"u8))
        {
            return TryReadRange(CapabilityType.InterruptLine, 4);
        }
        if (Module.StartsWith(Text, TextLength, "memory:"u8))
        {
            return TryReadRange(CapabilityType.DeviceMemory, 7);
        }
        if (Module.StartsWith(Text, TextLength, "msi:"u8))
        {
            uint position = 4;
            Current.Type = CapabilityType.InterruptMessages;
            return TryReadNumber(ref position, out Current.Length)
                && Current.Length != 0
                && position == TextLength;
        }
        return false;
    }

    private bool TryReadRange(CapabilityType type, uint position)
    {
        Current.Type = type;
        if (!TryReadNumber(ref position, out Current.Start))
        {
            return false;
        }
        ulong last = Current.Start;
        if (position < TextLength && Text[position] == '-')
        {
            position++;
            if (!TryReadNumber(ref position, out last))
            {
                return false;
            }
        }
        Current.Length = last - Current.Start + 1;
        return position == TextLength && last >= Current.Start;
    }

    // Decimal, or hexadecimal after 0x; at most 15 digits.
    private readonly bool TryReadNumber(ref uint position, out ulong value)
    {
        value = 0;
        bool isHex =
            position + 1 < TextLength
            && Text[position] == '0'
            && (Text[position + 1] | 0x20) == 'x';
        position += isHex ? 2u : 0;
        uint start = position;
        for (; position < TextLength && position - start < 16; position++)
        {
            uint digit = DigitOf(Text[position]);
            if (digit >= (isHex ? 16u : 10))
            {
                break;
            }
            value = value * (isHex ? 16ul : 10) + digit;
        }
        return position != start && position - start < 16;
    }

    private static uint DigitOf(byte character) =>
        character switch
        {
            >= (byte)'0' and <= (byte)'9' => (uint)(character - '0'),
            >= (byte)'a' and <= (byte)'f' => (uint)(character - 'a' + 10),
            >= (byte)'A' and <= (byte)'F' => (uint)(character - 'A' + 10),
            _ => uint.MaxValue,
        };
}

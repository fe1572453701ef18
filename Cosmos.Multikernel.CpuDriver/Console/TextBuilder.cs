using System;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>Puts text together in memory of the caller's. What does not fit is cut.</summary>
public unsafe struct TextBuilder
{
    private readonly byte* _target;
    private readonly uint _capacity;

    /// <summary>Bytes written so far.</summary>
    public uint Length;

    public TextBuilder(byte* target, uint capacity)
    {
        _target = target;
        _capacity = capacity;
        Length = 0;
    }

    public void Byte(byte value)
    {
        if (Length < _capacity)
        {
            _target[Length++] = value;
        }
    }

    public void Text(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            Byte(text[i]);
        }
    }

    public void Text(byte* text, uint length)
    {
        for (uint i = 0; i < length; i++)
        {
            Byte(text[i]);
        }
    }

    /// <summary>A decimal number. Recursion is as deep as the number has digits.</summary>
    public void Decimal(ulong value)
    {
        if (value >= 10)
        {
            Decimal(value / 10);
        }
        Byte((byte)('0' + value % 10));
    }

    /// <summary>A number's hexadecimal digits, without leading zeros.</summary>
    public void Hexadecimal(ulong value)
    {
        if (value >= 16)
        {
            Hexadecimal(value / 16);
        }
        Byte("0123456789abcdef"u8[(int)(value % 16)]);
    }
}

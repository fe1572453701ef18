// The CPU driver's own lines: "[core] text". One line is built at a time and goes out whole.

using System;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static unsafe class Log
{
    private const int LineBytes = 400;

    private struct Buffer
    {
        public fixed byte Text[LineBytes];
        public int Length;
    }

    private static Buffer s_line;

    /// <summary>Begins a line with this core's number.</summary>
    public static void Begin()
    {
        s_line.Length = 0;
        Byte((byte)'[');
        Number(Cores.ThisCore.Index);
        Text("] "u8);
    }

    /// <summary>Begins a line about an instance: "[core name] ".</summary>
    public static void Begin(byte* name, uint nameLength)
    {
        s_line.Length = 0;
        Byte((byte)'[');
        Number(Cores.ThisCore.Index);
        Byte((byte)' ');
        Text(name, nameLength);
        Text("] "u8);
    }

    public static void Text(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            Byte(text[i]);
        }
    }

    /// <summary>Text from outside; control characters come out as '?'.</summary>
    public static void Text(byte* text, uint length)
    {
        for (uint i = 0; i < length; i++)
        {
            Byte(text[i] < 0x20 ? (byte)'?' : text[i]);
        }
    }

    /// <summary>A decimal number.</summary>
    public static void Number(ulong value)
    {
        byte* digits = stackalloc byte[20];
        int count = 0;
        do
        {
            digits[count++] = (byte)('0' + value % 10);
            value /= 10;
        } while (value != 0);
        while (count > 0)
        {
            Byte(digits[--count]);
        }
    }

    /// <summary>A number as 0x and its hexadecimal digits.</summary>
    public static void Hex(ulong value)
    {
        Text("0x"u8);
        int shift = 60;
        while (shift > 0 && (value >> shift) == 0)
        {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4)
        {
            uint digit = (uint)(value >> shift) & 15;
            Byte((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    /// <summary>Sends the line off.</summary>
    public static void End()
    {
        fixed (byte* text = s_line.Text)
        {
            text[s_line.Length++] = (byte)'\n';
            Outbox.PostAlways(text, (uint)s_line.Length);
        }
        s_line.Length = 0;
    }

    // A line that is too long is cut; its end always has room for the line feed.
    private static void Byte(byte value)
    {
        if (s_line.Length < LineBytes - 1)
        {
            s_line.Text[s_line.Length++] = value;
        }
    }
}

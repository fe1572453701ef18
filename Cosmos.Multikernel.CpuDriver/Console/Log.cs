// The CPU driver's own lines: "[core] text". One line is built at a time and goes out whole.

using System;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static unsafe class Log
{
    private const int LineBytes = 400;

    private struct Buffer
    {
        public fixed byte Text[LineBytes];
        public TextBuilder Builder;
    }

    private static Buffer s_line;

    /// <summary>Begins a line with this core's number.</summary>
    public static void Begin()
    {
        Reset();
        s_line.Builder.Text("["u8);
        s_line.Builder.Decimal(Cores.ThisCore.Index);
        s_line.Builder.Text("] "u8);
    }

    /// <summary>Begins a line about an instance: "[core name]: ".</summary>
    public static void Begin(byte* name, uint nameLength)
    {
        Reset();
        InstanceTag.Write(ref s_line.Builder, name, nameLength);
        s_line.Builder.Text(": "u8);
    }

    public static void Text(ReadOnlySpan<byte> text) => s_line.Builder.Text(text);

    /// <summary>Text from outside; control characters come out as '?'.</summary>
    public static void Text(byte* text, uint length)
    {
        for (uint i = 0; i < length; i++)
        {
            s_line.Builder.Byte(text[i] < 0x20 ? (byte)'?' : text[i]);
        }
    }

    /// <summary>A decimal number.</summary>
    public static void Number(ulong value) => s_line.Builder.Decimal(value);

    /// <summary>A number as 0x and its hexadecimal digits.</summary>
    public static void Hex(ulong value)
    {
        s_line.Builder.Text("0x"u8);
        s_line.Builder.Hexadecimal(value);
    }

    /// <summary>Sends the line off.</summary>
    public static void End()
    {
        fixed (byte* text = s_line.Text)
        {
            text[s_line.Builder.Length] = (byte)'\n';
            Outbox.PostAlways(text, s_line.Builder.Length + 1);
        }
    }

    // A line that is too long is cut; its end always has room for the line feed.
    private static void Reset()
    {
        fixed (byte* text = s_line.Text)
        {
            s_line.Builder = new TextBuilder(text, LineBytes - 1);
        }
    }
}

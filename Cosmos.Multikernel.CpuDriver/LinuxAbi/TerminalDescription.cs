// What the console understands and what its keys send, for the programs that ask: a compiled terminfo description
// (term(5)). .NET's Console reads it to know how to show colours, to move the cursor, and which keys are which. The name is a
// well-known one, so that libraries which go by names do what they do for it.

using System;
using Cosmos.Multikernel.CpuDriver.Console;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public static unsafe class TerminalDescription
{
    /// <summary>
    /// What the console's instance finds in its environment. .NET would ask the password file where else to look for the
    /// description, if it were not told where it is; there is no such file.
    /// </summary>
    public static ReadOnlySpan<byte> Variables =>
        "TERM=xterm-256color\0TERMINFO=/usr/share/terminfo\0HOME=/\0"u8;

    /// <summary>How many variables that are.</summary>
    public const uint VariableCount = 3;

    public static ReadOnlySpan<byte> Path => "/usr/share/terminfo/x/xterm-256color"u8;

    /// <summary>Room for all of it.</summary>
    public const uint MaximumBytes = 1400;

    private const ushort Magic = 0x11a;
    private const ushort Absent = 0xffff;
    private const ushort Colours = 256;

    // Counts of the three tables: up to the last entry that is used. Places are term.h's.
    private const int Flags = 5;
    private const int Numbers = 14;
    private const int Strings = 361;

    private const int AutomaticMargins = 1;
    private const int EatsNewline = 4;
    private const int MaximumColours = 13;

    private static ReadOnlySpan<byte> Names => "xterm-256color|Cosmos.Multikernel console\0"u8;

    /// <summary>Makes it. Returns its length.</summary>
    public static uint Write(byte* buffer)
    {
        TextBuilder text = new(buffer, MaximumBytes);
        Word(ref text, Magic);
        Word(ref text, (ushort)Names.Length);
        Word(ref text, Flags);
        Word(ref text, Numbers);
        Word(ref text, Strings);
        uint total = text.Length;
        Word(ref text, 0);
        text.Text(Names);
        for (int i = 0; i < Flags; i++)
        {
            text.Byte(i is AutomaticMargins or EatsNewline ? (byte)1 : (byte)0);
        }
        // Numbers begin at an even place.
        if ((text.Length & 1) != 0)
        {
            text.Byte(0);
        }
        for (int i = 0; i < Numbers; i++)
        {
            Word(ref text, i == MaximumColours ? Colours : Absent);
        }
        uint bytes = 0;
        for (int i = 0; i < Strings; i++)
        {
            ReadOnlySpan<byte> entry = StringOf(i);
            Word(ref text, entry.Length == 0 ? Absent : (ushort)bytes);
            bytes += entry.Length == 0 ? 0 : (uint)entry.Length + 1;
        }
        for (int i = 0; i < Strings; i++)
        {
            ReadOnlySpan<byte> entry = StringOf(i);
            if (entry.Length != 0)
            {
                text.Text(entry);
                text.Byte(0);
            }
        }
        buffer[total] = (byte)bytes;
        buffer[total + 1] = (byte)(bytes >> 8);
        return text.Length;
    }

    private static void Word(ref TextBuilder text, ushort value)
    {
        text.Byte((byte)value);
        text.Byte((byte)(value >> 8));
    }

    // In the order of term.h's places.
    private static ReadOnlySpan<byte> StringOf(int place) =>
        place switch
        {
            1 => "\a"u8, // bel
            2 => "\r"u8, // cr
            5 => "\u001b[H\u001b[2J"u8, // clear
            6 => "\u001b[K"u8, // el
            7 => "\u001b[J"u8, // ed
            10 => "\u001b[%i%p1%d;%p2%dH"u8, // cup
            12 => "\u001b[H"u8, // home
            13 => "\u001b[?25l"u8, // civis
            14 => "\b"u8, // cub1
            16 => "\u001b[?25h"u8, // cnorm
            17 => "\u001b[C"u8, // cuf1
            19 => "\u001b[A"u8, // cuu1
            27 => "\u001b[1m"u8, // bold
            34 => "\u001b[7m"u8, // rev
            39 => "\u001b[m"u8, // sgr0
            55 => "\u007f"u8, // kbs
            59 => "\u001b[3~"u8, // kdch1
            61 => "\u001b[B"u8, // kcud1
            66 => "\u001bOP"u8, // kf1
            67 => "\u001b[21~"u8, // kf10
            68 => "\u001bOQ"u8, // kf2
            69 => "\u001bOR"u8, // kf3
            70 => "\u001bOS"u8, // kf4
            71 => "\u001b[15~"u8, // kf5
            72 => "\u001b[17~"u8, // kf6
            73 => "\u001b[18~"u8, // kf7
            74 => "\u001b[19~"u8, // kf8
            75 => "\u001b[20~"u8, // kf9
            76 => "\u001b[H"u8, // khome
            77 => "\u001b[2~"u8, // kich1
            79 => "\u001b[D"u8, // kcub1
            81 => "\u001b[6~"u8, // knp
            82 => "\u001b[5~"u8, // kpp
            83 => "\u001b[C"u8, // kcuf1
            87 => "\u001b[A"u8, // kcuu1
            148 => "\u001b[Z"u8, // kcbt
            164 => "\u001b[F"u8, // kend
            216 => "\u001b[23~"u8, // kf11
            217 => "\u001b[24~"u8, // kf12
            293 => "\u001b[%i%d;%dR"u8, // u6: the answer to u7
            294 => "\u001b[6n"u8, // u7: where is the cursor?
            297 => "\u001b[39;49m"u8, // op
            359 => "\u001b[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m"u8, // setaf
            360 => "\u001b[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e48;5;%p1%d%;m"u8, // setab
            _ => default,
        };
}

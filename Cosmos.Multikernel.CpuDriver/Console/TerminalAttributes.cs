using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>
/// How a terminal treats what is typed: Linux's struct termios (asm-generic/termbits.h), 36 bytes. See termios(3) for the words.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct TerminalAttributes
{
    public const uint CarriageReturnToLineFeed = 0x100; // ICRNL, input
    public const uint Canonical = 2; // ICANON, local
    public const uint Echo = 8; // ECHO, local
    public const uint Signals = 1; // ISIG, local
    public const uint KeepsInput = 0x80; // NOFLSH, local

    // Places in Characters.
    public const int Interrupt = 0;
    public const int Quit = 1;
    public const int Erase = 2;
    public const int Kill = 3;
    public const int EndOfFile = 4;
    public const int Time = 5;
    public const int Minimum = 6;

    public uint Input;
    public uint Output;
    public uint Control;
    public uint Local;
    public byte Line;
    public fixed byte Characters[19];

    /// <summary>What a terminal is like at first.</summary>
    public static TerminalAttributes Initial
    {
        get
        {
            TerminalAttributes result = default;
            result.Input = CarriageReturnToLineFeed;
            result.Output = 5; // OPOST and ONLCR: line feeds go out with a carriage return.
            result.Control = 0x1002 | 0x30 | 0x80; // 115,200 baud, 8 bits, CREAD
            result.Local = Signals | Canonical | Echo | 0x10 | 0x20; // and ECHOE, ECHOK
            result.Characters[Interrupt] = 3;
            result.Characters[Quit] = 0x1c;
            result.Characters[Erase] = 0x7f;
            result.Characters[Kill] = 0x15;
            result.Characters[EndOfFile] = 4;
            result.Characters[Minimum] = 1;
            return result;
        }
    }
}

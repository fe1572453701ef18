using System;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Signal numbers (Linux, arch/x86/include/uapi/asm/signal.h).</summary>
public static class Signal
{
    public const int Count = 64;

    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Ill = 4;
    public const int Trap = 5;
    public const int Abort = 6;
    public const int Bus = 7;
    public const int FloatingPoint = 8;
    public const int Kill = 9;
    public const int Segv = 11;
    public const int Pipe = 13;
    public const int Child = 17;
    public const int Continue = 18;
    public const int Stop = 19;
    public const int TerminalStop = 20;
    public const int TerminalIn = 21;
    public const int TerminalOut = 22;
    public const int Urgent = 23;
    public const int WindowChange = 28;

    public static ulong Bit(int signal) => 1ul << (signal - 1);

    /// <summary>Signals that can be neither caught nor held back.</summary>
    public static ulong Unblockable => Bit(Kill) | Bit(Stop);

    /// <summary>Signals whose default action is to do nothing (stopping and continuing are not supported: also nothing).</summary>
    public static ulong IgnoredByDefault =>
        Bit(Child)
        | Bit(Continue)
        | Bit(Stop)
        | Bit(TerminalStop)
        | Bit(TerminalIn)
        | Bit(TerminalOut)
        | Bit(Urgent)
        | Bit(WindowChange);

    public static ReadOnlySpan<byte> NameOf(int signal) =>
        signal switch
        {
            1 => "SIGHUP"u8,
            Interrupt => "SIGINT"u8,
            Quit => "SIGQUIT"u8,
            Ill => "SIGILL"u8,
            Trap => "SIGTRAP"u8,
            Abort => "SIGABRT"u8,
            Bus => "SIGBUS"u8,
            FloatingPoint => "SIGFPE"u8,
            Kill => "SIGKILL"u8,
            10 => "SIGUSR1"u8,
            Segv => "SIGSEGV"u8,
            12 => "SIGUSR2"u8,
            Pipe => "SIGPIPE"u8,
            14 => "SIGALRM"u8,
            15 => "SIGTERM"u8,
            _ => "signal"u8,
        };
}

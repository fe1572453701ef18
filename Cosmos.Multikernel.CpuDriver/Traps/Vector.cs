namespace Cosmos.Multikernel.CpuDriver.Traps;

/// <summary>Bits of a page fault's error code (Intel SDM volume 3A, figure 4-12).</summary>
public static class PageFaultError
{
    public const ulong Write = 2;
    public const ulong InstructionFetch = 16;
}

/// <summary>Interrupt vectors (Intel SDM volume 3A, table 6-1), and ours from 32 on.</summary>
public static class Vector
{
    public const uint DivideError = 0;
    public const uint Debug = 1;
    public const uint NonMaskable = 2;
    public const uint Breakpoint = 3;
    public const uint InvalidOpcode = 6;
    public const uint DoubleFault = 8;
    public const uint GeneralProtection = 13;
    public const uint PageFault = 14;
    public const uint FloatingPoint = 16;
    public const uint AlignmentCheck = 17;
    public const uint MachineCheck = 18;
    public const uint SimdFloatingPoint = 19;

    /// <summary>First vector that is not an exception.</summary>
    public const uint FirstInterrupt = 32;

    /// <summary>Device interrupts: on the core that has the I/O APICs line N is vector FirstDevice + N; messages are above.</summary>
    public const uint FirstDevice = 0x40;

    /// <summary>One past the last device interrupt.</summary>
    public const uint DeviceEnd = 0xf0;

    /// <summary>What the SYSCALL stub pushes: no hardware vector.</summary>
    public const uint SystemCall = 256;

    /// <summary>An exception's name as the manual gives it.</summary>
    public static System.ReadOnlySpan<byte> NameOf(ulong vector) =>
        vector switch
        {
            DivideError => "divide error"u8,
            Debug => "debug exception"u8,
            NonMaskable => "non-maskable interrupt"u8,
            Breakpoint => "breakpoint"u8,
            4 => "overflow"u8,
            5 => "bound range exceeded"u8,
            InvalidOpcode => "invalid opcode"u8,
            7 => "device not available"u8,
            DoubleFault => "double fault"u8,
            10 => "invalid TSS"u8,
            11 => "segment not present"u8,
            12 => "stack segment fault"u8,
            GeneralProtection => "general protection fault"u8,
            PageFault => "page fault"u8,
            FloatingPoint => "floating-point error"u8,
            AlignmentCheck => "alignment check"u8,
            MachineCheck => "machine check"u8,
            SimdFloatingPoint => "SIMD floating-point exception"u8,
            21 => "control protection exception"u8,
            _ => "unexpected interrupt"u8,
        };
}

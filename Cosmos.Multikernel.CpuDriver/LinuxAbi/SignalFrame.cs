// What a signal handler finds on its stack (Linux, arch/x86/include/asm/sigframe.h, uapi/asm/sigcontext.h and ucontext.h).

using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>struct siginfo, 128 bytes; the union's two shapes that are used share their place.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct SignalInfo
{
    [FieldOffset(0)]
    public int Signal;

    [FieldOffset(8)]
    public int Code;

    /// <summary>For faults: the address.</summary>
    [FieldOffset(16)]
    public ulong Address;

    /// <summary>For signals that were sent: the sender.</summary>
    [FieldOffset(16)]
    public int SenderProcess;

    [FieldOffset(20)]
    public int SenderUser;

    /// <summary>si_code of a signal sent by tgkill, and by kill.</summary>
    public const int CodeThreadKill = -6;
    public const int CodeUser = 0;

    /// <summary>si_code of faults: not mapped, not allowed; integer division; privileged or bad instruction.</summary>
    public const int CodeNotMapped = 1;
    public const int CodeForbidden = 2;
    public const int CodeDivide = 1;
    public const int CodeIllegalOpcode = 2;
    public const int CodeKernel = 0x80;
}

/// <summary>struct sigcontext: the registers, in the order of the ucontext.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct SignalRegisters
{
    public ulong R8;
    public ulong R9;
    public ulong R10;
    public ulong R11;
    public ulong R12;
    public ulong R13;
    public ulong R14;
    public ulong R15;
    public ulong Rdi;
    public ulong Rsi;
    public ulong Rbp;
    public ulong Rbx;
    public ulong Rdx;
    public ulong Rax;
    public ulong Rcx;
    public ulong Rsp;
    public ulong Rip;
    public ulong Rflags;
    public ushort Cs;
    public ushort Gs;
    public ushort Fs;
    public ushort Ss;
    public ulong ErrorCode;
    public ulong Vector;
    public ulong OldMask;
    public ulong Cr2;
    public ulong FpState;
    public fixed ulong Reserved[8];

    public void Take(in TrapFrame frame)
    {
        R8 = frame.R8;
        R9 = frame.R9;
        R10 = frame.R10;
        R11 = frame.R11;
        R12 = frame.R12;
        R13 = frame.R13;
        R14 = frame.R14;
        R15 = frame.R15;
        Rdi = frame.Rdi;
        Rsi = frame.Rsi;
        Rbp = frame.Rbp;
        Rbx = frame.Rbx;
        Rdx = frame.Rdx;
        Rax = frame.Rax;
        Rcx = frame.Rcx;
        Rsp = frame.Rsp;
        Rip = frame.Rip;
        Rflags = frame.Rflags;
        Cs = (ushort)frame.Cs;
        Ss = (ushort)frame.Ss;
        ErrorCode = frame.ErrorCode;
        Vector = frame.Vector;
    }

    // Flags that ring 3 may set: carry to overflow without interrupt and I/O rights (Intel SDM volume 1, section 3.4.3).
    private const ulong UserFlags = 0x4_0dd5;
    private const ulong FixedFlags = 0x202;

    /// <summary>Back into a frame. Selectors and privileged flags stay what they are, whatever the handler wrote.</summary>
    public readonly void Give(ref TrapFrame frame)
    {
        frame.R8 = R8;
        frame.R9 = R9;
        frame.R10 = R10;
        frame.R11 = R11;
        frame.R12 = R12;
        frame.R13 = R13;
        frame.R14 = R14;
        frame.R15 = R15;
        frame.Rdi = Rdi;
        frame.Rsi = Rsi;
        frame.Rbp = Rbp;
        frame.Rbx = Rbx;
        frame.Rdx = Rdx;
        frame.Rax = Rax;
        frame.Rcx = Rcx;
        frame.Rsp = Rsp;
        frame.Rip = Rip;
        frame.Rflags = (Rflags & UserFlags) | FixedFlags;
    }
}

/// <summary>struct rt_sigframe: return address, ucontext, siginfo; the FP image lies above it.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct SignalFrame
{
    public ulong ReturnAddress;
    public ulong ContextFlags;
    public ulong ContextLink;
    public ulong StackPointer;
    public int StackFlags;
    public int StackPadding;
    public ulong StackSize;
    public SignalRegisters Registers;
    public ulong Mask;
    public SignalInfo Info;

    /// <summary>ss_flags of a thread without an alternate stack.</summary>
    public const int StackDisabled = 2;
}

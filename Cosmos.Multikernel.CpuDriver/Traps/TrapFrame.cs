using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.CpuDriver.Traps;

/// <summary>
/// A thread's registers as the entry stubs leave them (Traps/Stubs.xs): the general registers from R15 up, the vector and
/// error code, then what the processor pushes (Intel SDM volume 3A, section 6.14.2). 176 bytes, a multiple of 16, because
/// the processor aligns the stack to 16 before it pushes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrapFrame
{
    public ulong R15;
    public ulong R14;
    public ulong R13;
    public ulong R12;
    public ulong R11;
    public ulong R10;
    public ulong R9;
    public ulong R8;
    public ulong Rdi;
    public ulong Rsi;
    public ulong Rbp;
    public ulong Rdx;
    public ulong Rcx;
    public ulong Rbx;
    public ulong Rax;
    public ulong Vector;
    public ulong ErrorCode;
    public ulong Rip;
    public ulong Cs;
    public ulong Rflags;
    public ulong Rsp;
    public ulong Ss;

    public const int Size = 176;

    public readonly bool FromUser => (Cs & 3) == 3;
}

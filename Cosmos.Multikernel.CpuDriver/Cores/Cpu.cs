using System.Runtime;
using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>Instructions that C# has no words for (Cores/Cpu.xs, Cores/Memory.xs).</summary>
public static unsafe class Cpu
{
    /// <summary>Raises an invalid-opcode exception: the end of a path that must not be reached.</summary>
    [RuntimeImport("*", "Cpu_Trap"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Trap();

    [RuntimeImport("*", "Cpu_In8"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte In8(ushort port);

    [RuntimeImport("*", "Cpu_In16"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ushort In16(ushort port);

    [RuntimeImport("*", "Cpu_In32"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern uint In32(ushort port);

    [RuntimeImport("*", "Cpu_Out8"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out8(ushort port, byte value);

    [RuntimeImport("*", "Cpu_Out16"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out16(ushort port, ushort value);

    [RuntimeImport("*", "Cpu_Out32"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out32(ushort port, uint value);

    [RuntimeImport("*", "Cpu_ReadMsr"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadMsr(uint register);

    [RuntimeImport("*", "Cpu_WriteMsr"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMsr(uint register, ulong value);

    [RuntimeImport("*", "Cpu_ReadCr0"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr0();

    [RuntimeImport("*", "Cpu_ReadCr2"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr2();

    [RuntimeImport("*", "Cpu_ReadCr3"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr3();

    [RuntimeImport("*", "Cpu_WriteCr3"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr3(ulong value);

    [RuntimeImport("*", "Cpu_ReadCr4"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr4();

    [RuntimeImport("*", "Cpu_WriteCr4"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr4(ulong value);

    [RuntimeImport("*", "Cpu_InvalidatePage"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void InvalidatePage(ulong address);

    /// <summary>CPUID; <paramref name="result"/> takes EAX, EBX, ECX, EDX.</summary>
    [RuntimeImport("*", "Cpu_Identify"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Identify(uint leaf, uint subleaf, uint* result);

    [RuntimeImport("*", "Cpu_ReadTimestamp"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadTimestamp();

    /// <summary>One hardware random number; false when the generator had none. Only where CPUID reports RDRAND.</summary>
    [RuntimeImport("*", "Cpu_ReadRandom"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern bool ReadRandom(ulong* value);

    /// <summary>Halts until an interrupt has been served. Interrupts are off before and after.</summary>
    [RuntimeImport("*", "Cpu_WaitForInterrupt"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WaitForInterrupt();

    [RuntimeImport("*", "Cpu_HaltForever"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void HaltForever();

    [RuntimeImport("*", "Cpu_LoadGdt"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadGdt(void* pointer, ulong codeSelector, ulong dataSelector);

    [RuntimeImport("*", "Cpu_LoadIdt"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadIdt(void* pointer);

    [RuntimeImport("*", "Cpu_LoadTask"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadTask(ulong selector);

    [RuntimeImport("*", "Cpu_WriteXcr0"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteXcr0(ulong states);

    /// <summary>The caller's frame pointer: where a backtrace begins.</summary>
    [RuntimeImport("*", "Cpu_ReadFrame"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadFrame();

    [RuntimeImport("*", "memset"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void* MemorySet(void* destination, int value, ulong byteCount);

    [RuntimeImport("*", "memmove"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void* MemoryCopy(void* destination, void* source, ulong byteCount);

    /// <summary>FS base: the thread pointer of ring 3 (IA32_FS_BASE, Intel SDM volume 4, table 2-2).</summary>
    public static void WriteFsBase(ulong value) => WriteMsr(0xc000_0100, value);
}

// The x87, SSE and AVX state of threads (Intel SDM volume 1, chapters 10.5 and 13).
//
// The CPU driver's own code uses SSE registers to copy structs, so the entry stubs save a thread's state on every trap
// from ring 3 and restore it on every return.

namespace Cosmos.Multikernel.CpuDriver.Traps;

public static unsafe class Fpu
{
    private const ulong X87AndSse = 3;
    private const ulong AvxState = 4;
    private const uint ExtendedStateLeaf = 0x0d;
    private const uint LegacyAreaSize = 512;
    private const int MxcsrOffset = 24;
    private const int StatesOffset = 512;

    // x87 control word and MXCSR as after FNINIT and reset: all exceptions masked (sections 8.1.5 and 10.2.3).
    private const ushort InitialControl = 0x037f;
    private const uint InitialMxcsr = 0x1f80;

    /// <summary>Bytes of one thread's FP area; it is 64-byte aligned.</summary>
    public static uint AreaSize { get; private set; }

    /// <summary>Whether areas are in XSAVE format (with a header at 512), else FXSAVE.</summary>
    public static bool UsesXsave { get; private set; }

    /// <summary>The states in XSAVE areas: XCR0.</summary>
    public static ulong EnabledStates { get; private set; }

    public static void Enable()
    {
        UsesXsave = Cores.CpuFeatures.Xsave;
        if (!UsesXsave)
        {
            AreaSize = LegacyAreaSize;
            return;
        }
        EnabledStates = Cores.CpuFeatures.Avx ? X87AndSse | AvxState : X87AndSse;
        Cores.Cpu.WriteXcr0(EnabledStates);
        uint* registers = stackalloc uint[4];
        // EBX: the size for the states just enabled.
        Cores.Cpu.Identify(ExtendedStateLeaf, 0, registers);
        AreaSize = registers[1];
    }

    /// <summary>Makes an area hold the state a new thread starts with: nothing that anybody else had in registers.</summary>
    public static void InitialiseArea(byte* area)
    {
        Cores.Cpu.MemorySet(area, 0, AreaSize);
        *(ushort*)area = InitialControl;
        *(uint*)(area + MxcsrOffset) = InitialMxcsr;
        if (UsesXsave)
        {
            // XSTATE_BV: these states are in the area, the others begin as after reset (section 13.8).
            *(ulong*)(area + StatesOffset) = X87AndSse;
        }
    }
}

// Where the next trap from ring 3 saves registers: the current thread's block.

using System.Runtime;
using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.CpuDriver.Traps;

public static unsafe class CurrentContext
{
    /// <summary>Makes a saved context the one that the next return to ring 3 resumes and the next trap saves into.</summary>
    /// <param name="frame">The thread's registers; 16-byte aligned.</param>
    /// <param name="fpArea">The thread's FP image (<see cref="Fpu.AreaSize"/> bytes, 64-byte aligned).</param>
    public static void Set(TrapFrame* frame, byte* fpArea)
    {
        SetCells(frame, fpArea);
        Descriptors.SetTrapStack((ulong)(frame + 1));
    }

    [RuntimeImport("*", "Traps_SetCurrent")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SetCells(TrapFrame* frame, byte* fpArea);
}

// The direct map: physical memory at a fixed offset in the upper half. Each core's page tables hold in it only what that
// core may touch: its own partition (read-write), boot modules and the boot record (read-only), frames shared on purpose.

namespace Cosmos.Multikernel.CpuDriver.Memory;

public static unsafe class DirectMap
{
    /// <summary>Where physical address 0 would be: the start of the upper half.</summary>
    public const ulong Base = 0xffff_8000_0000_0000;

    public static byte* At(ulong physical) => (byte*)(Base + physical);

    /// <summary>The physical address behind a pointer into the direct map.</summary>
    public static ulong PhysicalOf(void* pointer) => (ulong)pointer - Base;
}

using System.Runtime;
using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>Where the image's parts lie: virtual addresses from the linker script, in the order of Boot/Image.xs.</summary>
public unsafe struct ImageLayout
{
    /// <summary>Where the image's physical address 0 would be linked.</summary>
    public const ulong Base = 0xffff_ffff_8000_0000;

    /// <summary>Where the loader put it: 1 MB.</summary>
    public const ulong PhysicalStart = 0x10_0000;

    public ulong TextStart;
    public ulong TextEnd;
    public ulong RodataStart;
    public ulong RodataEnd;
    public ulong DataStart;
    public ulong DataEnd;
    public ulong BssEnd;
    public ulong PristineStart;
    public ulong End;
    public ulong TrampolineStart;
    public ulong TrampolineEnd;

    public static ImageLayout* Current => Layout();

    public static ulong PhysicalOf(ulong address) => address - Base;

    [RuntimeImport("*", "Image_Layout"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ImageLayout* Layout();
}

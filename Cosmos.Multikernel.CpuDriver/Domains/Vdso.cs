using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Domains;

/// <summary>
/// The virtual shared object (Linux man-pages, vdso(7)): a page of code in every instance that answers what needs no
/// privilege, the time above all. Vdso.xs is the page; each core has a copy in a frame of its own, read-only to instances.
/// </summary>
public static unsafe class Vdso
{
    private static ulong s_frame;

    /// <summary>Makes this core's copy; false when there is no memory. The clock must run.</summary>
    public static bool TryInitialise()
    {
        ulong frame = Frames.AllocateZeroed();
        if (frame == FrameAllocator.None)
        {
            return false;
        }
        byte* image = DirectMap.At(frame);
        Cpu.MemoryCopy(image, Start(), Bytes());
        Clock.Describe((VdsoClock*)(image + ClockOffset()));
        s_frame = frame;
        return true;
    }

    /// <summary>Shows it to a new domain; false when there is no memory.</summary>
    /// <param name="address">Where the domain has it.</param>
    public static bool TryMap(Domain* domain, out ulong address)
    {
        address = domain->Space.FindRoom(AddressSpace.PageSize);
        // Like a page of the program: whoever makes it writable gets a copy.
        Mapping mapping = new()
        {
            Start = address,
            End = address + AddressSpace.PageSize,
            Source = s_frame,
            Protection = Protection.Read | Protection.Execute,
            Kind = MappingKind.Image,
        };
        return address != 0
            && domain->Space.Add(mapping) == MemoryResult.Done
            && domain->Space.TryPopulate(mapping.Start, mapping.End);
    }

    [RuntimeImport("*", "Vdso_Start"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* Start();

    [RuntimeImport("*", "Vdso_Bytes"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong Bytes();

    [RuntimeImport("*", "Vdso_ClockOffset"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ClockOffset();
}

using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>What bring-up tells a core about itself. Lies in the core's own partition; read once, by its CoreMain.</summary>
public unsafe struct CoreRecord
{
    public uint Index;
    public uint ApicId;
    public ulong KernelRoot;
    public ulong KernelStackTop;
    public BootRecord* Boot;
    public FrameAllocator Partition;
}

/// <summary>The core this code runs on. (Statics are private to each core.)</summary>
public static unsafe class ThisCore
{
    /// <summary>This core's number: 0 to <see cref="Count"/> - 1, in the order the firmware lists the processors.</summary>
    public static uint Index { get; private set; }

    /// <summary>How many cores came up.</summary>
    public static uint Count { get; private set; }

    public static uint ApicId { get; private set; }

    /// <summary>Physical address of the page tables whose upper half all address spaces of this core share.</summary>
    public static ulong KernelRoot { get; private set; }

    public static ulong KernelStackTop { get; private set; }

    /// <summary>What the boot phase found out, read-only and the same for all cores.</summary>
    public static BootRecord* Boot { get; private set; }

    public static void Adopt(CoreRecord* record)
    {
        Index = record->Index;
        ApicId = record->ApicId;
        KernelRoot = record->KernelRoot;
        KernelStackTop = record->KernelStackTop;
        Boot = record->Boot;
        Count = record->Boot->CoreCount;
        Frames.Adopt(&record->Partition);
    }
}

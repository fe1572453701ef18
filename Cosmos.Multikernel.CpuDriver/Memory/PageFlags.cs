using System;

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>Bits of a page-table entry (Intel SDM volume 3A, section 4.5.4, table 4-20).</summary>
[Flags]
public enum PageFlags : ulong
{
    None = 0,
    Present = 1 << 0,
    Writable = 1 << 1,
    User = 1 << 2,
    WriteThrough = 1 << 3,
    CacheDisable = 1 << 4,
    Accessed = 1 << 5,
    Dirty = 1 << 6,
    Large = 1 << 7,

    /// <summary>In a 4 KB leaf, bit 7 chooses from the upper half of the page attribute table (Cores/PageAttributes.cs).</summary>
    WriteCombining = 1 << 7,
    Global = 1 << 8,

    /// <summary>Ours (ignored by hardware): the frame is not this address space's to free.</summary>
    Foreign = 1 << 9,

    NoExecute = 1ul << 63,

    // The CPU driver's own, the same in all address spaces of a core: the TLB keeps them when the address space changes.
    ReadOnlyData = Present | NoExecute | Global,
    ReadWriteData = Present | Writable | NoExecute | Global,
    Code = Present | Global,
    Device = Present | Writable | NoExecute | CacheDisable | WriteThrough | Global,
}

namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>
/// The page attribute table (Intel SDM volume 3A, section 12.12): entries 0 to 3 stay as after a reset (write-back, write-through,
/// uncached twice), entry 4, which nobody used, becomes write-combining.
/// </summary>
public static class PageAttributes
{
    private const uint TableMsr = 0x277;
    private const ulong Table = 0x0007_0401_0007_0406;

    /// <summary>Whether this processor has the table; without it what would be combined is uncached.</summary>
    public static bool CanCombine => CpuFeatures.PageAttributeTable;

    public static void Enable()
    {
        if (CanCombine)
        {
            Cpu.WriteMsr(TableMsr, Table);
        }
    }
}

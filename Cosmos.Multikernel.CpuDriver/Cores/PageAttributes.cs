namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>
/// The page attribute table (Intel SDM volume 3A, section 12.12): entries 0 to 3 stay as after a reset (write-back, write-through,
/// uncached twice), entry 4, which nobody used, becomes write-combining.
/// </summary>
public static unsafe class PageAttributes
{
    private const uint TableMsr = 0x277;
    private const ulong Table = 0x0007_0401_0007_0406;
    private const uint FeatureBit = 1 << 16;

    /// <summary>Whether this processor has the table; without it what would be combined is uncached.</summary>
    public static bool CanCombine { get; private set; }

    public static void Enable()
    {
        uint* registers = stackalloc uint[4];
        Cpu.Identify(1, 0, registers);
        CanCombine = (registers[3] & FeatureBit) != 0;
        if (CanCombine)
        {
            Cpu.WriteMsr(TableMsr, Table);
        }
    }
}

namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>
/// The core's kernel stacks: one for all traps from ring 3, one each for the traps that must not depend on it. They lie at
/// the same addresses on every core, in frames of the core's own; below each is an unmapped guard page, so an overflow
/// becomes a double fault and a report instead of damage.
/// </summary>
public static class KernelStacks
{
    public const ulong Region = 0xffff_f000_0000_0000;

    /// <summary>Main stack and the three interrupt stacks.</summary>
    public const ulong Count = 4;

    /// <summary>Frames of each stack.</summary>
    public const ulong Frames = 8;

    // Stack and guard, and room to the next power of two so that addresses are easy to recognise in a dump.
    private const ulong Stride = 16 * 4096;

    /// <summary>First usable byte of a stack.</summary>
    public static ulong BottomOf(ulong stack) => Region + stack * Stride + 4096;

    /// <summary>One past the last byte of a stack: 0 is the main stack.</summary>
    public static ulong TopOf(ulong stack) => BottomOf(stack) + Frames * 4096;

    /// <summary>Whether an address is in a guard page.</summary>
    public static bool IsGuard(ulong address) =>
        address >= Region && address < Region + Count * Stride && (address & (Stride - 1)) < 4096;
}

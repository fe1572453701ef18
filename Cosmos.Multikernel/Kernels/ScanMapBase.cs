namespace Cosmos.System;

/// <summary>
/// A keyboard layout under its name in Cosmos. The layouts are in Cosmos.Multikernel.Compatibility; what the keys of each write is the
/// console driver's.
/// </summary>
public abstract class ScanMapBase
{
    /// <summary>The layout that the kernel has chosen; null for the machine's own.</summary>
    public static ScanMapBase? Chosen { get; set; }

    /// <summary>Makes it the layout of the machine's keyboard.</summary>
    protected internal abstract void Use();
}

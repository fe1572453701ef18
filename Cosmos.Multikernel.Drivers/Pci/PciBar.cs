using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>What a base address register decodes.</summary>
public enum PciBarKind : byte
{
    /// <summary>There is none, or it is the upper half of the one before.</summary>
    None = 0,

    /// <summary>Memory addresses.</summary>
    Memory = 1,

    /// <summary>I/O ports.</summary>
    Ports = 2,
}

/// <summary>A base address register: where a function's registers are. Travels in messages as it lies in memory.</summary>
/// <param name="Kind">What it decodes.</param>
/// <param name="IsPrefetchable">Memory without side effects of reading.</param>
/// <param name="Address">Physical address or first port; 0 where the firmware has given none.</param>
/// <param name="Length">Bytes or ports, a power of two; 0 while nobody has asked a display for it.</param>
public readonly record struct PciBar(
    PciBarKind Kind,
    bool IsPrefetchable,
    ulong Address,
    ulong Length
)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Kind switch
        {
            PciBarKind.None => "none",
            PciBarKind.Ports => $"ports 0x{Address:x}, {Length} long",
            _ => $"memory 0x{Address:x}, {Length} bytes",
        };
}

/// <summary>A function's base address registers.</summary>
[InlineArray(Count)]
public struct PciBars
{
    /// <summary>How many a function can have.</summary>
    public const int Count = 6;

    private PciBar first;
}

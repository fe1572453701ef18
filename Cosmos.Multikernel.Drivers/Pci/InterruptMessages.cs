namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>How a function interrupts.</summary>
public enum PciInterruptKind : byte
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>By a line that it may share with others.</summary>
    Line = 1,

    /// <summary>By messages whose address is in configuration space.</summary>
    Msi = 2,

    /// <summary>By messages that each have an entry of a table in memory.</summary>
    MsiX = 3,
}

/// <summary>What to say about them.</summary>
public static class PciInterruptKinds
{
    /// <summary>As the specifications name it.</summary>
    public static string InWords(this PciInterruptKind kind) =>
        kind switch
        {
            PciInterruptKind.Line => "line",
            PciInterruptKind.Msi => "MSI",
            PciInterruptKind.MsiX => "MSI-X",
            _ => "nothing",
        };
}

/// <summary>A function's interrupt messages (MSI: PCI 3.0, section 6.8.1; MSI-X: section 6.8.2).</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Offset">Where its capability is.</param>
/// <param name="Count">How many messages it can send.</param>
/// <param name="TableBar">MSI-X: which base address register the table is behind.</param>
/// <param name="TableOffset">MSI-X: where it begins there.</param>
public readonly record struct PciMessages(
    PciInterruptKind Kind,
    int Offset,
    int Count,
    int TableBar = 0,
    long TableOffset = 0
)
{
    /// <summary>Bytes of an entry of an MSI-X table.</summary>
    public const int EntryBytes = 16;

    internal const int Control = 2;

    internal const ushort MsiEnabled = 1 << 0;
    internal const int MsiCountShift = 1;
    internal const int MsiEnabledCountShift = 4;
    internal const ushort MsiWide = 1 << 7;
    internal const ushort MsiMaskable = 1 << 8;

    internal const ushort MsiXEnabled = 1 << 15;
    internal const ushort MsiXMasked = 1 << 14;

    private const int CountMask = 7;

    // Of MSI's counts (their logarithms) 6 and 7 are not defined.
    private const int LargestCount = 5;
    private const int TableSizeMask = 0x7ff;
    private const uint BarMask = 7;
    private const int Table = 4;

    /// <summary>MSI-X when a function has it, else MSI; null when it has neither, or its table cannot be where it says.</summary>
    /// <param name="capabilities">The function's.</param>
    /// <param name="bars">The function's, with their lengths.</param>
    /// <param name="read32">Reads 4 bytes of its space.</param>
    public static PciMessages? Find(
        IReadOnlyList<PciCapability> capabilities,
        in PciBars bars,
        Func<int, uint> read32
    )
    {
        PciMessages? found = null;
        foreach (PciCapability capability in capabilities)
        {
            if (capability.Id == PciCapabilityId.MsiX)
            {
                PciMessages messages = ReadMsiX(capability.Offset, read32);
                if (IsTableThere(in messages, in bars))
                {
                    return messages;
                }
            }
            else if (capability.Id == PciCapabilityId.Msi)
            {
                int logarithm =
                    (int)(read32(capability.Offset) >> (16 + MsiCountShift)) & CountMask;
                found ??= new PciMessages(
                    PciInterruptKind.Msi,
                    capability.Offset,
                    1 << Math.Min(logarithm, LargestCount)
                );
            }
        }
        return found;
    }

    private static PciMessages ReadMsiX(int offset, Func<int, uint> read32)
    {
        uint table = read32(offset + Table);
        return new PciMessages(
            PciInterruptKind.MsiX,
            offset,
            (int)((read32(offset) >> 16) & TableSizeMask) + 1,
            (int)(table & BarMask),
            table & ~BarMask
        );
    }

    private static bool IsTableThere(in PciMessages messages, in PciBars bars) =>
        messages.TableBar < PciBars.Count
        && bars[messages.TableBar] is { Kind: PciBarKind.Memory } bar
        && messages.TableOffset + (long)messages.Count * EntryBytes <= (long)bar.Length;
}

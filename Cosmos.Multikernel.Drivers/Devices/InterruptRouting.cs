using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// Which global system interrupt a function's line is. Where I/O APICs have lines of their own for PCI, only programs in the
/// firmware's AML can tell; what is used here is the ISA interrupt that the firmware wrote into the function, and the MADT's
/// overrides of ISA interrupts (ACPI 6.5, section 5.2.12.5).
/// </summary>
public sealed class InterruptRouting
{
    private const int IsaInterrupts = 16;
    private const int FixedBytes = 44;
    private const byte Override = 2;
    private const int OverrideBytes = 10;

    private readonly int[] lines = [.. Enumerable.Range(0, IsaInterrupts)];

    /// <summary>Reads the overrides of a MADT; null for a machine without one.</summary>
    public InterruptRouting(ReadOnlySpan<byte> madt)
    {
        for (int at = FixedBytes; at + 2 <= madt.Length; )
        {
            int length = madt[at + 1];
            if (length < 2 || at + length > madt.Length)
            {
                return;
            }
            if (madt[at] == Override && length >= OverrideBytes && madt[at + 3] < IsaInterrupts)
            {
                lines[madt[at + 3]] = BinaryPrimitives.ReadInt32LittleEndian(madt[(at + 4)..]);
            }
            at += length;
        }
    }

    /// <summary>The global system interrupt of an ISA interrupt; -1 for a number that is none.</summary>
    public int LineOf(byte isaInterrupt) => isaInterrupt < IsaInterrupts ? lines[isaInterrupt] : -1;
}

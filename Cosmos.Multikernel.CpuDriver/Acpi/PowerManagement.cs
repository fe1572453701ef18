// What switching off and resetting need: the fixed registers (FADT: ACPI 6.5, section 5.2.9) and the value for sleep state S5.

namespace Cosmos.Multikernel.CpuDriver.Acpi;

public unsafe struct PowerManagement
{
    private const byte SystemIoSpace = 1;
    private const uint GenericAddressBytes = 12;
    private const uint ResetSupported = 1 << 10;

    /// <summary>I/O ports of the PM1a and PM1b control registers; 0 for none.</summary>
    public ushort Pm1aControl;
    public ushort Pm1bControl;

    /// <summary>SLP_TYP values that mean "soft off", and whether they were found.</summary>
    public byte SleepTypeA;
    public byte SleepTypeB;
    public bool CanPowerOff;

    /// <summary>I/O port and value that reset the machine; port 0 for none.</summary>
    public ushort ResetPort;
    public byte ResetValue;

    /// <summary>I/O port of the power management timer (section 4.8.3.3); 0 for none.</summary>
    public ushort TimerPort;

    /// <summary>The port and value that take power management over from the firmware; port 0 when it is ours already.</summary>
    public ushort EnablePort;
    public byte EnableValue;

    public static PowerManagement Read(ref AcpiTables tables)
    {
        PowerManagement power = default;
        byte* fadt = tables.Find(Signatures.Fadt);
        if (fadt == null)
        {
            return power;
        }
        uint length = ((AcpiHeader*)fadt)->Length;
        if (length < 116)
        {
            return power;
        }
        power.EnablePort = (ushort)*(uint*)(fadt + 48);
        power.EnableValue = fadt[52];
        power.Pm1aControl = RegisterPort(fadt, length, 64, 172);
        power.Pm1bControl = RegisterPort(fadt, length, 68, 184);
        power.TimerPort = RegisterPort(fadt, length, 76, 208);
        if (
            length >= 129
            && (*(uint*)(fadt + 112) & ResetSupported) != 0
            && fadt[116] == SystemIoSpace
        )
        {
            power.ResetPort = (ushort)*(ulong*)(fadt + 120);
            power.ResetValue = fadt[128];
        }
        byte* dsdt = tables.OpenDsdt(fadt);
        if (dsdt != null)
        {
            power.CanPowerOff =
                power.Pm1aControl != 0
                && TryFindSoftOff(
                    dsdt + AcpiHeader.Size,
                    ((AcpiHeader*)dsdt)->Length - AcpiHeader.Size,
                    out power.SleepTypeA,
                    out power.SleepTypeB
                );
        }
        return power;
    }

    // A register: the extended address (a generic address structure) wins over the 32-bit one when it is there and names
    // an I/O port.
    private static ushort RegisterPort(byte* fadt, uint length, int narrow, int extended)
    {
        bool hasExtended =
            length >= extended + GenericAddressBytes
            && fadt[extended] == SystemIoSpace
            && *(ulong*)(fadt + extended + 4) is > 0 and <= ushort.MaxValue;
        return hasExtended
            ? (ushort)*(ulong*)(fadt + extended + 4)
            : (ushort)*(uint*)(fadt + narrow);
    }

    /// <summary>
    /// Finds <c>Name(_S5_, Package { a, b, … })</c> in AML. The package is constant data, so recognising its bytes (ACPI 6.5,
    /// section 20.2.5: NameOp 08, PackageOp 12) is enough; no interpreter is needed.
    /// </summary>
    public static bool TryFindSoftOff(byte* aml, uint length, out byte typeA, out byte typeB)
    {
        typeA = 0;
        typeB = 0;
        for (uint i = 1; i + 8 < length; i++)
        {
            bool found =
                aml[i] == '_'
                && aml[i + 1] == 'S'
                && aml[i + 2] == '5'
                && aml[i + 3] == '_'
                && aml[i + 4] == 0x12
                && (aml[i - 1] == 0x08 || (i >= 2 && aml[i - 1] == '\\' && aml[i - 2] == 0x08));
            if (!found)
            {
                continue;
            }
            // PkgLength: the top two bits of its first byte say how many more bytes it has. Then the element count.
            uint position = i + 5 + (uint)(aml[i + 5] >> 6) + 2;
            return TryReadSmall(aml, length, ref position, out typeA)
                && TryReadSmall(aml, length, ref position, out typeB);
        }
        return false;
    }

    // A byte-sized constant: ZeroOp, OneOp, or BytePrefix and the byte.
    private static bool TryReadSmall(byte* aml, uint length, ref uint position, out byte value)
    {
        value = 0;
        if (position >= length)
        {
            return false;
        }
        byte first = aml[position++];
        if (first is 0 or 1)
        {
            value = first;
            return true;
        }
        if (first != 0x0a || position >= length)
        {
            return false;
        }
        value = aml[position++];
        return value <= 7;
    }
}

// The firmware's tables: the root pointer, the table of tables, and finding one by its signature.
// ACPI specification 6.5, section 5.2. Every table's length and checksum are verified before it is used; one that fails is
// treated as absent and counted. Pure code over a bounded view of memory.

namespace Cosmos.Multikernel.CpuDriver.Acpi;

public enum AcpiStatus
{
    Ok,

    /// <summary>No root pointer was given.</summary>
    NoRootPointer,

    /// <summary>The root pointer's signature or checksum is wrong.</summary>
    BadRootPointer,

    /// <summary>The table of tables lies outside memory, or its signature, length or checksum is wrong.</summary>
    BadRootTable,
}

/// <summary>The header every table begins with (table 5.4), 36 bytes.</summary>
public struct AcpiHeader
{
    public uint Signature;
    public uint Length;

    public const uint Size = 36;
}

/// <summary>An opened set of tables.</summary>
public unsafe struct AcpiTables
{
    private const uint RsdpVersion1Bytes = 20;
    private const uint RsdpVersion2Bytes = 36;

    private PhysicalView _memory;
    private byte* _entries;
    private uint _entryCount;
    private uint _entrySize;

    /// <summary>Tables whose length or checksum was wrong.</summary>
    public uint Damaged;

    /// <summary>Opens the tables.</summary>
    /// <param name="memory">What may be read.</param>
    /// <param name="rootPointer">The RSDP, as the boot loader copied it; null for none.</param>
    /// <param name="length">Its bytes.</param>
    public static AcpiStatus TryOpen(
        PhysicalView memory,
        byte* rootPointer,
        uint length,
        out AcpiTables tables
    )
    {
        tables = default;
        tables._memory = memory;
        if (rootPointer == null)
        {
            return AcpiStatus.NoRootPointer;
        }
        if (
            length < RsdpVersion1Bytes
            || *(ulong*)rootPointer != 0x20525450_20445352 // "RSD PTR "
            || !SumsToZero(rootPointer, RsdpVersion1Bytes)
        )
        {
            return AcpiStatus.BadRootPointer;
        }
        bool extended =
            rootPointer[15] >= 2
            && length >= RsdpVersion2Bytes
            && SumsToZero(rootPointer, RsdpVersion2Bytes)
            && *(ulong*)(rootPointer + 24) != 0;
        byte* root = extended ? tables.Open(*(ulong*)(rootPointer + 24), Signatures.Xsdt) : null;
        if (root == null)
        {
            // No XSDT, or a damaged one: the older table may be intact.
            extended = false;
            root = tables.Open(*(uint*)(rootPointer + 16), Signatures.Rsdt);
        }
        if (root == null)
        {
            return AcpiStatus.BadRootTable;
        }
        tables._entries = root + AcpiHeader.Size;
        tables._entrySize = extended ? 8u : 4u;
        tables._entryCount = (((AcpiHeader*)root)->Length - AcpiHeader.Size) / tables._entrySize;
        return AcpiStatus.Ok;
    }

    /// <summary>How many tables are listed, intact or not.</summary>
    public readonly uint Count => _entryCount;

    /// <summary>The first intact table with a signature, or null.</summary>
    public byte* Find(uint signature)
    {
        for (uint i = 0; i < _entryCount; i++)
        {
            byte* table = Open(AddressAt(i), signature);
            if (table != null)
            {
                return table;
            }
        }
        return null;
    }

    /// <summary>A table by its place in the list, or null when it is not intact.</summary>
    public byte* At(uint index)
    {
        AcpiHeader* header = (AcpiHeader*)_memory.At(AddressAt(index), AcpiHeader.Size);
        return header == null ? null : Open(AddressAt(index), header->Signature);
    }

    /// <summary>The differentiated table, which is in no list: the fixed table points to it (ACPI 6.5, table 5.9).</summary>
    public byte* OpenDsdt(byte* fadt)
    {
        const uint Narrow = 40;
        const uint Wide = 140;
        uint length = ((AcpiHeader*)fadt)->Length;
        bool isWide = length >= Wide + sizeof(ulong) && *(ulong*)(fadt + Wide) != 0;
        return length < Narrow + sizeof(uint)
            ? null
            : Open(isWide ? *(ulong*)(fadt + Wide) : *(uint*)(fadt + Narrow), Signatures.Dsdt);
    }

    private readonly ulong AddressAt(uint index)
    {
        byte* entry = _entries + index * _entrySize;
        // XSDT entries are 8 bytes wide but only 4-byte aligned.
        return _entrySize == 8 ? *(uint*)entry | ((ulong)*(uint*)(entry + 4) << 32) : *(uint*)entry;
    }

    /// <summary>The table at an address when it has the signature and is intact, else null.</summary>
    public byte* Open(ulong address, uint signature)
    {
        AcpiHeader* header = (AcpiHeader*)_memory.At(address, AcpiHeader.Size);
        if (header == null || header->Signature != signature)
        {
            return null;
        }
        bool intact =
            header->Length >= AcpiHeader.Size
            && _memory.At(address, header->Length) != null
            && SumsToZero((byte*)header, header->Length);
        if (!intact)
        {
            Damaged++;
            return null;
        }
        return (byte*)header;
    }

    private static bool SumsToZero(byte* bytes, uint length)
    {
        byte sum = 0;
        for (uint i = 0; i < length; i++)
        {
            sum += bytes[i];
        }
        return sum == 0;
    }
}

/// <summary>Table signatures, as the little-endian numbers that their four letters make.</summary>
public static class Signatures
{
    public const uint Rsdt = 0x54445352;
    public const uint Xsdt = 0x54445358;
    public const uint Madt = 0x43495041; // "APIC"
    public const uint Fadt = 0x50434146; // "FACP"
    public const uint Srat = 0x54415253;
    public const uint Dsdt = 0x54445344;
}

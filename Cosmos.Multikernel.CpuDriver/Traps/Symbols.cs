using Cosmos.Multikernel.CpuDriver.Boot;

namespace Cosmos.Multikernel.CpuDriver.Traps;

/// <summary>Names for addresses in the image, from the ELF symbol table that the boot loader kept.</summary>
public static unsafe class Symbols
{
    // An ELF-64 symbol (ELF-64 object file format, figure 10): name 0, info 4, value 8, size 16; 24 bytes.
    private const ulong EntryBytes = 24;

    private static BootRecord* s_boot;

    /// <summary>Where the tables are; before that nothing is found.</summary>
    public static void Adopt(BootRecord* boot) => s_boot = boot;

    /// <summary>The symbol with the greatest address that is not above the given one.</summary>
    public static bool TryFind(ulong address, out byte* name, out ulong offset)
    {
        name = null;
        offset = 0;
        BootRecord* boot = s_boot;
        if (boot == null || boot->SymbolTable == null)
        {
            return false;
        }
        ulong best = 0;
        for (ulong at = 0; at + EntryBytes <= boot->SymbolTableBytes; at += EntryBytes)
        {
            byte* entry = boot->SymbolTable + at;
            ulong value = *(ulong*)(entry + 8);
            uint nameAt = *(uint*)entry;
            if (value > best && value <= address && nameAt != 0 && nameAt < boot->SymbolNamesBytes)
            {
                best = value;
                name = boot->SymbolNames + nameAt;
            }
        }
        offset = address - best;
        // The string table's last byte is 0 (ELF): a name cannot run past its end.
        return name != null && boot->SymbolNames[boot->SymbolNamesBytes - 1] == 0;
    }
}

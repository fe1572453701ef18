namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>Finds the image's symbol and string tables among the ELF sections that the boot loader kept.</summary>
public static unsafe class SymbolFinder
{
    private const uint SymbolTableType = 2;

    /// <summary>Section header fields used (ELF-64 object file format, figure 8): type 4, address 16, size 32, link 40.</summary>
    public static bool TryFind(
        in BootInformation boot,
        out byte* symbols,
        out ulong symbolBytes,
        out byte* names,
        out ulong nameBytes
    )
    {
        symbols = null;
        symbolBytes = 0;
        names = null;
        nameBytes = 0;
        for (uint i = 0; i < boot.SectionCount; i++)
        {
            byte* header = boot.Sections + (ulong)i * boot.SectionSize;
            uint link = *(uint*)(header + 40);
            if (*(uint*)(header + 4) != SymbolTableType || link >= boot.SectionCount)
            {
                continue;
            }
            byte* strings = boot.Sections + (ulong)link * boot.SectionSize;
            ulong symbolAddress = *(ulong*)(header + 16);
            ulong nameAddress = *(ulong*)(strings + 16);
            symbolBytes = *(ulong*)(header + 32);
            nameBytes = *(ulong*)(strings + 32);
            bool plausible =
                symbolAddress != 0
                && nameAddress != 0
                && symbolAddress < BootTables.InitialEnd
                && nameAddress < BootTables.InitialEnd
                && symbolBytes < BootTables.InitialEnd
                && nameBytes < BootTables.InitialEnd;
            if (!plausible)
            {
                return false;
            }
            symbols = Memory.DirectMap.At(symbolAddress);
            names = Memory.DirectMap.At(nameAddress);
            return true;
        }
        return false;
    }
}

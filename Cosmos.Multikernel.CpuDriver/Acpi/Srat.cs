// Which processors and which memory are near each other (SRAT: ACPI 6.5, section 5.2.16).

namespace Cosmos.Multikernel.CpuDriver.Acpi;

public unsafe struct Srat
{
    private const uint FixedBytes = 48;
    private const byte ProcessorAffinity = 0;
    private const byte MemoryAffinity = 1;
    private const byte X2ApicAffinity = 2;
    private const uint Enabled = 1;

    private readonly byte* _table;

    /// <param name="table">The table; null for a machine without one: then all is domain 0.</param>
    public Srat(byte* table) => _table = table;

    /// <summary>Whether the firmware says anything about nearness.</summary>
    public readonly bool Present => _table != null;

    /// <summary>The proximity domain of a processor, 0 when none is said.</summary>
    public readonly uint DomainOfProcessor(uint apicId)
    {
        if (_table == null)
        {
            return 0;
        }
        SubtableWalk walk = new(_table, FixedBytes);
        while (walk.MoveNext())
        {
            byte* entry = walk.Entry;
            bool isProcessor =
                walk.Type == ProcessorAffinity
                && walk.Length >= 16
                && (*(uint*)(entry + 4) & Enabled) != 0
                && entry[3] == apicId;
            if (isProcessor)
            {
                return entry[2] | ((*(uint*)(entry + 8) >> 8) << 8);
            }
            bool isX2Processor =
                walk.Type == X2ApicAffinity
                && walk.Length >= 24
                && (*(uint*)(entry + 12) & Enabled) != 0
                && *(uint*)(entry + 8) == apicId;
            if (isX2Processor)
            {
                return *(uint*)(entry + 4);
            }
        }
        return 0;
    }

    /// <summary>
    /// The proximity domain of the memory at an address, and where it ends: the end of that stretch of the domain, or the
    /// start of the next stretch when the address is in none (then the domain is 0).
    /// </summary>
    public readonly uint DomainOfMemory(ulong address, out ulong end)
    {
        end = ulong.MaxValue;
        if (_table == null)
        {
            return 0;
        }
        SubtableWalk walk = new(_table, FixedBytes);
        while (walk.MoveNext())
        {
            byte* entry = walk.Entry;
            if (
                walk.Type != MemoryAffinity
                || walk.Length < 40
                || (*(uint*)(entry + 28) & Enabled) == 0
            )
            {
                continue;
            }
            ulong start = *(ulong*)(entry + 8);
            ulong length = *(ulong*)(entry + 16);
            if (length == 0 || start + length < start)
            {
                continue;
            }
            if (address >= start && address < start + length)
            {
                end = start + length;
                return *(uint*)(entry + 2);
            }
            if (start > address && start < end)
            {
                end = start;
            }
        }
        return 0;
    }
}

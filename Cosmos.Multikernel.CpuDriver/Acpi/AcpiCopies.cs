using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Acpi;

/// <summary>Copies the firmware's tables into memory that outlives the boot phase.</summary>
internal static unsafe class AcpiCopies
{
    // Tables together larger than this are a firmware's mistake: those that do not fit are left out.
    private const ulong MaximumBytes = 8 << 20;

    /// <summary>Bytes that the copies and their list take at most.</summary>
    public static ulong BytesFor(ref AcpiTables tables)
    {
        ulong bytes = 0;
        for (uint i = 0; i <= tables.Count; i++)
        {
            byte* table = TableAt(ref tables, i);
            bytes += table == null ? 0 : LengthOf(table) + 16ul;
            bytes += (ulong)sizeof(AcpiCopy);
        }
        return System.Math.Min(bytes, MaximumBytes);
    }

    /// <summary>Copies as many as fit.</summary>
    /// <param name="list">Room for <paramref name="bytes"/> bytes.</param>
    /// <returns>How many there are in the list.</returns>
    public static uint Copy(ref AcpiTables tables, AcpiCopy* list, ulong bytes)
    {
        byte* next = (byte*)(list + tables.Count + 1);
        byte* end = (byte*)list + bytes;
        uint count = 0;
        for (uint i = 0; i <= tables.Count; i++)
        {
            byte* table = TableAt(ref tables, i);
            if (table == null || next + LengthOf(table) > end)
            {
                continue;
            }
            AcpiCopy* copy = list + count++;
            copy->Signature = ((AcpiHeader*)table)->Signature;
            copy->Length = LengthOf(table);
            copy->Bytes = next;
            Cpu.MemoryCopy(next, table, copy->Length);
            next += (copy->Length + 15ul) & ~15ul;
        }
        return count;
    }

    // The listed tables, and behind them the DSDT.
    private static byte* TableAt(ref AcpiTables tables, uint index)
    {
        if (index < tables.Count)
        {
            return tables.At(index);
        }
        byte* fadt = tables.Find(Signatures.Fadt);
        return fadt == null ? null : tables.OpenDsdt(fadt);
    }

    private static uint LengthOf(byte* table) => ((AcpiHeader*)table)->Length;
}

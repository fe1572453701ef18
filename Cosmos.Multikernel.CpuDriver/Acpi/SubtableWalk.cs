namespace Cosmos.Multikernel.CpuDriver.Acpi;

/// <summary>
/// A walk over the type-length-value entries that MADT and SRAT consist of after their fixed part. Stops at the first entry
/// whose length cannot be right.
/// </summary>
public unsafe struct SubtableWalk
{
    private byte* _next;
    private readonly byte* _end;

    public SubtableWalk(byte* table, uint fixedBytes)
    {
        uint length = ((AcpiHeader*)table)->Length;
        _next = table + fixedBytes;
        _end = table + length;
        Entry = null;
        Length = 0;
        if (length < fixedBytes)
        {
            _next = _end;
        }
    }

    /// <summary>The current entry, its type in byte 0; and its length in bytes.</summary>
    public byte* Entry { get; private set; }
    public uint Length { get; private set; }

    public readonly byte Type => Entry[0];

    public bool MoveNext()
    {
        if (_end - _next < 2)
        {
            return false;
        }
        Entry = _next;
        Length = _next[1];
        if (Length < 2 || Length > _end - _next)
        {
            return false;
        }
        _next += Length;
        return true;
    }
}

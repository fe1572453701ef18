// The processors and interrupt controllers (MADT: ACPI 6.5, section 5.2.12).

namespace Cosmos.Multikernel.CpuDriver.Acpi;

/// <summary>An I/O APIC: where its registers are and the first interrupt line it serves.</summary>
public struct IoApicDescription
{
    public ulong Address;
    public uint FirstLine;
}

/// <summary>An ISA interrupt that arrives on another line, or with other polarity or trigger (table 5.26).</summary>
public struct InterruptOverride
{
    public byte Source;
    public uint Line;
    public bool ActiveLow;
    public bool LevelTriggered;
}

public unsafe struct Madt
{
    private const uint FixedBytes = 44;
    private const byte LocalApic = 0;
    private const byte IoApic = 1;
    private const byte Override = 2;
    private const byte AddressOverride = 5;
    private const byte LocalX2Apic = 9;
    private const uint Enabled = 1;

    // Identifiers that address all processors at once, so none has them (Intel SDM volume 3A, sections 11.6.2.1 and 11.12.9):
    // an INIT sent there would reset the processor that sends it.
    private const uint Everybody = 0xff;
    private const uint EverybodyX2 = 0xffff_ffff;

    // Where local APICs are after a reset (Intel SDM volume 3A, section 11.4.1).
    private const ulong UsualAddress = 0xfee0_0000;

    private SubtableWalk _walk;

    /// <summary>The local APICs' address: every core sees its own there.</summary>
    public ulong LocalApicAddress;

    private readonly byte* _table;

    public Madt(byte* table)
    {
        _table = table;
        LocalApicAddress =
            ((AcpiHeader*)table)->Length >= FixedBytes ? *(uint*)(table + 36) : UsualAddress;
        _walk = new SubtableWalk(table, FixedBytes);
        while (_walk.MoveNext())
        {
            if (_walk.Type == AddressOverride && _walk.Length >= 12)
            {
                LocalApicAddress = *(ulong*)(_walk.Entry + 4);
            }
        }
        Rewind();
    }

    /// <summary>Starts the walk from the first entry again.</summary>
    public void Rewind() => _walk = new SubtableWalk(_table, FixedBytes);

    /// <summary>
    /// The next processor that is enabled. Ones that are only "online capable" are empty sockets or hot-plug slots: there is
    /// nothing there to start. One that the firmware lists twice (in both kinds of entry) is given once.
    /// </summary>
    public bool NextProcessor(out uint apicId)
    {
        while (_walk.MoveNext())
        {
            if (TryReadProcessor(ref _walk, out apicId) && !IsListedBefore(_walk.Entry, apicId))
            {
                return true;
            }
        }
        apicId = 0;
        return false;
    }

    public bool NextIoApic(out IoApicDescription description)
    {
        description = default;
        while (_walk.MoveNext())
        {
            if (_walk.Type == IoApic && _walk.Length >= 12)
            {
                description.Address = *(uint*)(_walk.Entry + 4);
                description.FirstLine = *(uint*)(_walk.Entry + 8);
                return true;
            }
        }
        return false;
    }

    public bool NextOverride(out InterruptOverride description)
    {
        description = default;
        while (_walk.MoveNext())
        {
            if (_walk.Type == Override && _walk.Length >= 10)
            {
                ushort flags = *(ushort*)(_walk.Entry + 8);
                description.Source = _walk.Entry[3];
                description.Line = *(uint*)(_walk.Entry + 4);
                description.ActiveLow = (flags & 3) == 3;
                description.LevelTriggered = ((flags >> 2) & 3) == 3;
                return true;
            }
        }
        return false;
    }

    private static bool TryReadProcessor(ref SubtableWalk walk, out uint apicId)
    {
        byte* entry = walk.Entry;
        if (walk.Type == LocalApic && walk.Length >= 8)
        {
            apicId = entry[3];
            return (*(uint*)(entry + 4) & Enabled) != 0 && apicId != Everybody;
        }
        if (walk.Type == LocalX2Apic && walk.Length >= 16)
        {
            apicId = *(uint*)(entry + 4);
            return (*(uint*)(entry + 8) & Enabled) != 0 && apicId != EverybodyX2;
        }
        apicId = 0;
        return false;
    }

    private readonly bool IsListedBefore(byte* entry, uint apicId)
    {
        SubtableWalk walk = new(_table, FixedBytes);
        while (walk.MoveNext() && walk.Entry != entry)
        {
            if (TryReadProcessor(ref walk, out uint other) && other == apicId)
            {
                return true;
            }
        }
        return false;
    }
}

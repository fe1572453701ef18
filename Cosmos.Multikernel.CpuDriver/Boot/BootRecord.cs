using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>A processor that came up.</summary>
public struct CoreDescriptor
{
    public uint ApicId;

    /// <summary>The slot in which it waits while the boot phase builds its kernel.</summary>
    public uint Slot;

    /// <summary>SRAT proximity domain; 0 where the firmware names none.</summary>
    public uint ProximityDomain;

    /// <summary>Bytes of memory in the core's partition.</summary>
    public ulong PartitionBytes;
}

/// <summary>
/// What the boot phase found out about the machine. One copy, in frames that every core sees in its direct map, read-only.
/// Pointers are direct-map addresses.
/// </summary>
public unsafe struct BootRecord
{
    public uint CoreCount;
    public CoreDescriptor* Cores;

    /// <summary>Processors that the firmware lists but that did not come up.</summary>
    public uint AbsentCount;
    public uint* AbsentApicIds;

    public uint ModuleCount;
    public Module* Modules;

    public uint IoApicCount;
    public IoApicDescription* IoApics;
    public uint OverrideCount;
    public InterruptOverride* Overrides;

    /// <summary>Lines that the I/O APICs have, all together: one past the last global system interrupt.</summary>
    public uint InterruptLineCount;

    /// <summary>Copies of the firmware's intact tables.</summary>
    public uint AcpiCopyCount;
    public AcpiCopy* AcpiCopies;

    /// <summary>All memory that the firmware says is usable, whoever uses it.</summary>
    public uint RamCount;
    public PhysicalRange* Ram;

    public PowerManagement Power;
    public ulong LocalApicAddress;

    /// <summary>The core that owns the console: serial port, keyboard, screen.</summary>
    public uint ConsoleCore;

    /// <summary>The screen that the boot loader left.</summary>
    public ScreenDescription Screen;

    /// <summary>What the boot phase said, which the console core shows again and keeps.</summary>
    public byte* Said;
    public uint SaidBytes;

    /// <summary>Whether cores record what they do (Tracing/CoreTrace.cs).</summary>
    public bool IsTracing;

    public ulong TimestampHertz;
    public ulong LocalApicTimerHertz;

    /// <summary>The timestamp at which C# began: time 0 of the monotonic clock.</summary>
    public ulong EntryTimestamp;

    /// <summary>Nanoseconds since 1970-01-01 UTC at time 0 (from the CMOS clock, so good to a second).</summary>
    public ulong RealtimeAtEntry;

    /// <summary>The mailbox lines of all pairs of cores (Endpoints/Crossroads.cs).</summary>
    public byte* Crossroads;
    public ulong CrossroadsBytes;

    /// <summary>The image's ELF symbol and string tables, for backtraces; null when the loader gave none.</summary>
    public byte* SymbolTable;
    public ulong SymbolTableBytes;
    public byte* SymbolNames;
    public ulong SymbolNamesBytes;
}

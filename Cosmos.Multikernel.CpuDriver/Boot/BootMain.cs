// The boot phase: from the boot loader's hand-over to every core in its own kernel.
//
// Principles
// - Runs once, on the bootstrap processor, on tables and a stack of its own; nothing of it remains but the boot record.
// - Finds out everything about the machine, brings the other processors up, divides the memory among those that came,
//   builds each core's address space, and lets all of them go the same way (Cores/Park.xs). The bootstrap processor goes
//   last and by the same door: after this file no code asks which core it was.

using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Boot;

public static unsafe class BootMain
{
    private const uint LoaderMagic = 0x36d7_6289;
    private const int MaximumRanges = 256;
    private const uint MaximumSaid = 4096;
    private const ulong FirstMegabyte = 1 << 20;

    [RuntimeExport("BootMain")]
    private static void Run(uint magic, uint information)
    {
        ulong entry = Cpu.ReadTimestamp();
        CpuFeatures.Detect();
        BootConsole.Start();
        Descriptors.LoadForBoot();
        if (magic != LoaderMagic)
        {
            Panic.Stop("not started by a Multiboot2 loader"u8);
        }
        byte* start = DirectMap.At(information);
        ulong readable = BootTables.InitialEnd - information;
        if (
            BootInformation.TryRead(start, readable, out BootInformation boot)
            != Multiboot2Status.Ok
        )
        {
            Panic.Stop("the boot information is malformed"u8);
        }
        BootConsole.UseScreen(in boot.Screen);

        PhysicalRange* ranges = stackalloc PhysicalRange[MaximumRanges];
        MemoryMap memory = new(ranges, MaximumRanges);
        CollectFreeMemory(in boot, ref memory);
        OpenFirmwareTables(in boot, out AcpiTables tables);

        byte* madtTable = tables.Find(Signatures.Madt);
        if (madtTable == null)
        {
            Panic.Stop("the firmware has no table of processors (ACPI MADT)"u8);
        }
        Madt madt = new(madtTable);

        BootRecord* record = BuildRecord(
            in boot,
            ref memory,
            ref madt,
            ref tables,
            entry,
            out BootArena arena
        );
        Symbols.Adopt(record);
        ulong physicalEnd = BootTables.Extend(ref memory, EndOf(in memory));
        memory.Remove(physicalEnd, ulong.MaxValue - physicalEnd - 1);

        BootOptions options = ReadOptions(in boot, ref arena);
        record->IsTracing = options.IsTracing;

        LocalApic.Enable(record->LocalApicAddress);
        TimeSources.Measure(
            record->Power.TimerPort,
            out record->TimestampHertz,
            out record->LocalApicTimerHertz
        );
        record->RealtimeAtEntry = TimeSources.ReadDate();
        Clock.Adopt(record);

        ParkingSlot* slots = BringUp.StartAll(ref madt, ref memory, record, options.MaximumCores);
        Srat affinity = new(tables.Find(Signatures.Srat));
        for (uint i = 0; i < record->CoreCount; i++)
        {
            record->Cores[i].ProximityDomain = affinity.DomainOfProcessor(record->Cores[i].ApicId);
        }
        record->ConsoleCore = ModuleTable.ConsoleCoreOf(record);
        TakeCrossroads(ref memory, record);
        CoreBuilder builder = new(memory, affinity, record, in arena, EndOf(in memory));
        Report(record, in memory, in builder);
        builder.ReleaseAll(slots);
    }

    private static void CollectFreeMemory(in BootInformation boot, ref MemoryMap memory)
    {
        ImageLayout* image = ImageLayout.Current;
        boot.CollectMemory(ref memory, FirstMegabyte);
        memory.Remove(
            ImageLayout.PhysicalStart,
            ImageLayout.PhysicalOf(image->End) - ImageLayout.PhysicalStart
        );
        memory.Remove(DirectMap.PhysicalOf(boot.Start), boot.Length);
        if (
            SymbolFinder.TryFind(
                in boot,
                out byte* symbols,
                out ulong bytes,
                out byte* names,
                out ulong nameBytes
            )
        )
        {
            memory.Remove(DirectMap.PhysicalOf(symbols), bytes);
            memory.Remove(DirectMap.PhysicalOf(names), nameBytes);
        }
        Multiboot2.TryOpen(boot.Start, boot.Length, out Multiboot2 walk);
        while (walk.MoveNext() == Multiboot2Status.Ok && walk.Type != Multiboot2Tag.End)
        {
            if (
                walk.Type == Multiboot2Tag.Module
                && walk.TryReadModule(out ulong start, out ulong end, out _, out _)
            )
            {
                memory.Remove(start, end - start);
            }
        }
    }

    private static void OpenFirmwareTables(in BootInformation boot, out AcpiTables tables)
    {
        PhysicalView view = new((byte*)DirectMap.Base, BootTables.InitialEnd);
        AcpiStatus status = AcpiTables.TryOpen(
            view,
            boot.RootPointer,
            boot.RootPointerLength,
            out tables
        );
        switch (status)
        {
            case AcpiStatus.NoRootPointer:
                Panic.Stop("the boot loader passed no ACPI root pointer"u8);
                break;
            case AcpiStatus.BadRootPointer:
                Panic.Stop("the ACPI root pointer's signature or checksum is wrong"u8);
                break;
            case AcpiStatus.BadRootTable:
                Panic.Stop("the ACPI root table is missing or damaged"u8);
                break;
        }
    }

    private static BootRecord* BuildRecord(
        in BootInformation boot,
        ref MemoryMap memory,
        ref Madt madt,
        ref AcpiTables tables,
        ulong entry,
        out BootArena arena
    )
    {
        MachineCounts counts = MachineCounts.Of(ref madt);
        ulong tableBytes = AcpiCopies.BytesFor(ref tables);
        ulong bytes =
            (ulong)sizeof(BootRecord)
            + (counts.Processors + 1) * ((ulong)sizeof(CoreDescriptor) + sizeof(uint))
            + boot.ModuleCount * (ulong)sizeof(Module)
            + counts.IoApics * (ulong)sizeof(IoApicDescription)
            + counts.Overrides * (ulong)sizeof(InterruptOverride)
            + ModuleTable.TextBytes(in boot)
            + boot.CommandLineLength
            + tableBytes
            + MaximumRanges * (ulong)sizeof(PhysicalRange)
            + MaximumSaid
            + 4096;
        if (!BootArena.TryCreate(ref memory, bytes, out arena))
        {
            Panic.Stop("no memory for the boot record"u8);
        }

        BootRecord* record = (BootRecord*)arena.Allocate((ulong)sizeof(BootRecord));
        record->EntryTimestamp = entry;
        record->LocalApicAddress = madt.LocalApicAddress;
        record->Power = PowerManagement.Read(ref tables);
        record->Cores = (CoreDescriptor*)
            arena.Allocate((counts.Processors + 1) * (ulong)sizeof(CoreDescriptor));
        record->AbsentApicIds = (uint*)arena.Allocate(counts.Processors * sizeof(uint));

        record->IoApics = (IoApicDescription*)
            arena.Allocate(counts.IoApics * (ulong)sizeof(IoApicDescription));
        madt.Rewind();
        while (madt.NextIoApic(out IoApicDescription ioApic))
        {
            record->IoApics[record->IoApicCount++] = ioApic;
        }
        record->Overrides = (InterruptOverride*)
            arena.Allocate(counts.Overrides * (ulong)sizeof(InterruptOverride));
        madt.Rewind();
        while (madt.NextOverride(out InterruptOverride interruptOverride))
        {
            record->Overrides[record->OverrideCount++] = interruptOverride;
        }

        record->InterruptLineCount = IoApics.CountLines(record);
        record->AcpiCopies = (AcpiCopy*)arena.Allocate(tableBytes);
        record->AcpiCopyCount = AcpiCopies.Copy(ref tables, record->AcpiCopies, tableBytes);
        record->Ram = (PhysicalRange*)arena.Allocate(MaximumRanges * (ulong)sizeof(PhysicalRange));
        MemoryMap ram = new(record->Ram, MaximumRanges);
        boot.CollectMemory(ref ram, from: 0);
        record->RamCount = (uint)ram.Count;
        record->Screen = boot.Screen;
        if (IsMemory(in ram, in boot.Screen))
        {
            // Then whose pixels are whose memory cannot be told.
            record->Screen.Kind = ScreenKind.None;
        }
        record->Said = (byte*)arena.Allocate(MaximumSaid);
        BootConsole.Keep(record->Said, MaximumSaid, &record->SaidBytes);

        ModuleTable.Read(in boot, ref arena, record);
        SymbolFinder.TryFind(
            in boot,
            out record->SymbolTable,
            out record->SymbolTableBytes,
            out record->SymbolNames,
            out record->SymbolNamesBytes
        );
        return record;
    }

    private static bool IsMemory(in MemoryMap ram, in ScreenDescription screen)
    {
        for (int i = 0; i < ram.Count; i++)
        {
            PhysicalRange* range = ram.At(i);
            if (range->Start < screen.Address + screen.Length && screen.Address < range->End)
            {
                return true;
            }
        }
        return false;
    }

    private static BootOptions ReadOptions(in BootInformation boot, ref BootArena arena)
    {
        byte* store = (byte*)arena.Allocate((ulong)boot.CommandLineLength + 2);
        BootOptions options = BootOptions.Parse(boot.CommandLine, boot.CommandLineLength, store);
        if (options.Unknown != null)
        {
            Log.Begin();
            Log.Text("the CPU driver has no option '"u8);
            Log.Text(options.Unknown, options.UnknownLength);
            Log.Text("'; it has maxcores=N"u8);
            Log.End();
        }
        return options;
    }

    private static void TakeCrossroads(ref MemoryMap memory, BootRecord* record)
    {
        record->CrossroadsBytes = Crossroads.BytesFor(record->CoreCount);
        ulong physical = memory.Take(record->CrossroadsBytes, BootTables.InitialEnd);
        if (physical == 0)
        {
            Panic.Stop("no memory for the mailboxes between cores"u8);
        }
        record->Crossroads = DirectMap.At(physical);
        Cpu.MemorySet(record->Crossroads, 0, record->CrossroadsBytes);
    }

    private static ulong EndOf(in MemoryMap memory) =>
        memory.Count == 0 ? 0 : memory.At(memory.Count - 1)->End;

    private static void Report(BootRecord* record, in MemoryMap memory, in CoreBuilder builder)
    {
        for (uint i = 0; i < record->AbsentCount; i++)
        {
            Log.Begin();
            Log.Text("the processor with APIC id "u8);
            Log.Number(record->AbsentApicIds[i]);
            Log.Text(" did not come up and is left out"u8);
            Log.End();
        }
        if (memory.Overflows != 0)
        {
            Log.Begin();
            Log.Text("the firmware's memory map is in too many pieces: so many are not used: "u8);
            Log.Number((ulong)memory.Overflows);
            Log.End();
        }
        if (!CpuFeatures.NoExecute)
        {
            Log.Begin();
            Log.Text("this processor cannot protect data from being executed (no NX)"u8);
            Log.End();
        }
        if (!CpuFeatures.InvariantTimestamp && !CpuFeatures.Hypervisor)
        {
            Log.Begin();
            Log.Text("this processor's timestamp counter changes its rate: clocks are not exact"u8);
            Log.End();
        }
        Log.Begin();
        Log.Number(record->CoreCount);
        Log.Text(record->CoreCount == 1 ? " core, "u8 : " cores, "u8);
        Log.Number(memory.TotalBytes >> 20);
        Log.Text(" MB of memory"u8);
        Log.Text(
            builder.ByDomain ? " divided within proximity domains, "u8 : " divided evenly, "u8
        );
        Log.Number(record->ModuleCount);
        Log.Text(record->ModuleCount == 1 ? " boot module"u8 : " boot modules"u8);
        Log.End();
    }
}

/// <summary>How many entries of each kind the MADT has.</summary>
internal struct MachineCounts
{
    public ulong Processors;
    public ulong IoApics;
    public ulong Overrides;

    public static MachineCounts Of(ref Madt madt)
    {
        MachineCounts counts = default;
        madt.Rewind();
        while (madt.NextProcessor(out _))
        {
            counts.Processors++;
        }
        madt.Rewind();
        while (madt.NextIoApic(out _))
        {
            counts.IoApics++;
        }
        madt.Rewind();
        while (madt.NextOverride(out _))
        {
            counts.Overrides++;
        }
        return counts;
    }
}

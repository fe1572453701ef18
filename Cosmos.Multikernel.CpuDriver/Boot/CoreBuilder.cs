// Gives each core that came up its partition, its address space and its record, and lets it go.

using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Boot;

internal unsafe struct CoreBuilder
{
    private readonly Partitions _partitions;
    private readonly BootRecord* _record;
    private readonly BootArena _arena;
    private readonly ulong _physicalEnd;

    public CoreBuilder(
        MemoryMap memory,
        Srat affinity,
        BootRecord* record,
        in BootArena arena,
        ulong physicalEnd
    )
    {
        _partitions = new Partitions(memory, affinity, record->Cores, record->CoreCount);
        _record = record;
        _arena = arena;
        _physicalEnd = System.Math.Max(physicalEnd, BootTables.InitialEnd);
    }

    public readonly bool ByDomain => _partitions.ByDomain;

    /// <summary>Builds all cores, then releases them: the waiting ones first, the one that runs this last. Does not return.</summary>
    public readonly void ReleaseAll(ParkingSlot* slots)
    {
        uint count = _record->CoreCount;
        uint own = LocalApic.Id;
        CoreRecord* ownRecord = null;
        for (uint core = 0; core < count; core++)
        {
            CoreRecord* built = Build(core);
            ParkingSlot* slot = slots + _record->Cores[core].Slot;
            slot->Stack = built->KernelStackTop;
            slot->Record = (ulong)built;
            if (_record->Cores[core].ApicId == own)
            {
                ownRecord = built;
            }
        }
        // Only now, for all cores read the boot record, and it is complete when the last one is built.
        for (uint core = 0; core < count; core++)
        {
            ParkingSlot* slot = slots + _record->Cores[core].Slot;
            CoreRecord* built = (CoreRecord*)slot->Record;
            if (built != ownRecord)
            {
                // Release: the slot's stack and record are visible before the root that the core waits for.
                System.Threading.Volatile.Write(ref slot->Root, built->KernelRoot);
            }
        }
        Enter(ownRecord->KernelRoot, ownRecord->KernelStackTop, ownRecord);
    }

    private readonly CoreRecord* Build(uint core)
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[FrameAllocator.RangeLimit];
        int rangeCount = _partitions.RangesOf(core, ranges);
        FrameAllocator partition = default;
        if (!partition.TryInitialise(ranges, rangeCount, (byte*)DirectMap.Base))
        {
            Blame(core);
            Panic.Stop("a core's share of memory is too small"u8);
        }
        _record->Cores[core].PartitionBytes = partition.TotalCount * FrameAllocator.FrameSize;
        Frames.Adopt(&partition);

        KernelSpace space = KernelSpace.Create(_physicalEnd);
        space.MapImage(ImageLayout.Current);
        space.MapStacks();
        for (int i = 0; i < rangeCount; i++)
        {
            space.MapDirect(ranges[i].Start, ranges[i].Length, PageFlags.ReadWriteData);
        }
        MapShared(ref space, core);

        ulong frame = Frames.AllocateZeroed();
        if (!space.Complete || frame == FrameAllocator.None)
        {
            Blame(core);
            Panic.Stop("a core's share of memory is too small for its kernel"u8);
        }
        CoreRecord* built = (CoreRecord*)DirectMap.At(frame);
        built->Index = core;
        built->ApicId = _record->Cores[core].ApicId;
        built->KernelRoot = space.Root;
        built->KernelStackTop = KernelStacks.TopOf(0);
        built->Boot = _record;
        Frames.HandOver(&built->Partition);
        return built;
    }

    // Names the core that a panic is about.
    private readonly void Blame(uint core)
    {
        Log.Begin();
        Log.Text("core "u8);
        Log.Number(core);
        Log.Text(" of "u8);
        Log.Number(_record->CoreCount);
        Log.Text(" has "u8);
        Log.Number(_record->Cores[core].PartitionBytes >> 10);
        Log.Text(" KB of memory"u8);
        Log.End();
    }

    // What more than one core can reach: read-only, but for the mailboxes.
    private readonly void MapShared(ref KernelSpace space, uint core)
    {
        space.MapDirect(_arena.PhysicalStart, _arena.Length, PageFlags.ReadOnlyData);
        space.MapDirect(
            DirectMap.PhysicalOf(_record->Crossroads),
            _record->CrossroadsBytes,
            PageFlags.ReadWriteData
        );
        for (uint i = 0; i < _record->ModuleCount; i++)
        {
            Module* module = _record->Modules + i;
            if (module->Length != 0)
            {
                space.MapDirect(module->PhysicalStart, module->Length, PageFlags.ReadOnlyData);
            }
        }
        if (_record->SymbolTable != null)
        {
            space.MapDirect(
                DirectMap.PhysicalOf(_record->SymbolTable),
                _record->SymbolTableBytes,
                PageFlags.ReadOnlyData
            );
            space.MapDirect(
                DirectMap.PhysicalOf(_record->SymbolNames),
                _record->SymbolNamesBytes,
                PageFlags.ReadOnlyData
            );
        }
        if (LocalApic.NeedsMapping)
        {
            space.MapDirect(_record->LocalApicAddress, 4096, PageFlags.Device);
        }
        if (core == _record->ConsoleCore)
        {
            for (uint i = 0; i < _record->IoApicCount; i++)
            {
                space.MapDirect(_record->IoApics[i].Address, 4096, PageFlags.Device);
            }
        }
        // For the console core's text, and for any core's last words.
        if (_record->Screen.Kind != ScreenKind.None)
        {
            space.MapScreen(in _record->Screen);
        }
    }

    [RuntimeImport("*", "Park_Enter"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Enter(ulong root, ulong stack, CoreRecord* record);
}

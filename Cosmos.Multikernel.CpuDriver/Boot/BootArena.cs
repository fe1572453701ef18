using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>
/// A stretch of memory that the boot phase fills with what all cores will read: the boot record and all that it points to.
/// </summary>
public unsafe struct BootArena
{
    private byte* _next;
    private byte* _end;

    public ulong PhysicalStart;
    public ulong Length;

    /// <summary>Takes the arena out of free memory.</summary>
    public static bool TryCreate(ref MemoryMap memory, ulong bytes, out BootArena arena)
    {
        arena = default;
        arena.Length = (bytes + 4095) & ~4095ul;
        arena.PhysicalStart = memory.Take(arena.Length, BootTables.InitialEnd);
        if (arena.PhysicalStart == 0)
        {
            return false;
        }
        arena._next = DirectMap.At(arena.PhysicalStart);
        arena._end = arena._next + arena.Length;
        Cores.Cpu.MemorySet(arena._next, 0, arena.Length);
        return true;
    }

    /// <summary>Zeroed bytes, 16-byte aligned. The arena is sized for all that is asked of it: running out is a bug.</summary>
    public void* Allocate(ulong bytes)
    {
        byte* result = _next;
        _next += (bytes + 15) & ~15ul;
        if (_next > _end)
        {
            Traps.Panic.Stop("the boot arena is too small"u8);
        }
        return result;
    }
}

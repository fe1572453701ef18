// Segments, task state and the interrupt table of this core (Intel SDM volume 3A, sections 3.4.5, 6.11, 8.7).

using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.CpuDriver.Traps;

public static unsafe class Descriptors
{
    public const ulong KernelCode = 0x08;
    public const ulong KernelData = 0x10;
    public const ulong UserData = 0x18 | 3;
    public const ulong UserCode = 0x20 | 3;
    private const ulong TaskSelector = 0x28;

    private const int Vectors = 256;
    private const byte InterruptGate = 0x8e;
    private const byte UserInterruptGate = 0xee;

    // Stacks that the processor switches to by itself: for traps that may come when the current stack is the trouble.
    private const byte DoubleFaultStack = 1;
    private const byte NonMaskableStack = 2;
    private const byte MachineCheckStack = 3;

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct TablePointer
    {
        public ushort Limit;
        public ulong Base;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct TaskState
    {
        public uint Reserved0;
        public ulong Rsp0;
        public ulong Rsp1;
        public ulong Rsp2;
        public ulong Reserved1;
        public ulong Ist1;
        public ulong Ist2;
        public ulong Ist3;
        public ulong Ist4;
        public ulong Ist5;
        public ulong Ist6;
        public ulong Ist7;
        public ulong Reserved2;
        public ushort Reserved3;
        public ushort IoMapBase;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Gate
    {
        public ushort OffsetLow;
        public ushort Selector;
        public byte Stack;
        public byte Type;
        public ushort OffsetMiddle;
        public uint OffsetHigh;
        public uint Reserved;
    }

    private struct Tables
    {
        public fixed ulong Gdt[8];
        public fixed ulong Idt[Vectors * 2];
        public TaskState Task;
    }

    private static Tables s_tables;

    /// <summary>Loads all three tables.</summary>
    public static void Load()
    {
        fixed (Tables* tables = &s_tables)
        {
            LoadSegments(tables);
            LoadGates(tables, ownStacks: true);
        }
    }

    /// <summary>The interrupt table alone, for the boot phase: a trap there is reported on the stack it comes on.</summary>
    public static void LoadForBoot()
    {
        fixed (Tables* tables = &s_tables)
        {
            LoadGates(tables, ownStacks: false);
        }
    }

    /// <summary>Where the next trap from ring 3 pushes its frame.</summary>
    public static void SetTrapStack(ulong end) => s_tables.Task.Rsp0 = end;

    private static void LoadSegments(Tables* tables)
    {
        TaskState* task = &tables->Task;
        task->Ist1 = Cores.KernelStacks.TopOf(DoubleFaultStack);
        task->Ist2 = Cores.KernelStacks.TopOf(NonMaskableStack);
        task->Ist3 = Cores.KernelStacks.TopOf(MachineCheckStack);
        task->IoMapBase = (ushort)sizeof(TaskState);

        ulong address = (ulong)task;
        tables->Gdt[1] = 0x00af_9a00_0000_ffff;
        tables->Gdt[2] = 0x00cf_9200_0000_ffff;
        tables->Gdt[3] = 0x00cf_f200_0000_ffff;
        tables->Gdt[4] = 0x00af_fa00_0000_ffff;
        tables->Gdt[5] =
            ((ulong)sizeof(TaskState) - 1)
            | ((address & 0xff_ffff) << 16)
            | (0x89ul << 40)
            | ((address >> 24 & 0xff) << 56);
        tables->Gdt[6] = address >> 32;

        TablePointer pointer = default;
        pointer.Limit = 7 * 8 - 1;
        pointer.Base = (ulong)tables->Gdt;
        Cores.Cpu.LoadGdt(&pointer, KernelCode, KernelData);
        Cores.Cpu.LoadTask(TaskSelector);
    }

    private static void LoadGates(Tables* tables, bool ownStacks)
    {
        Gate* gates = (Gate*)tables->Idt;
        for (uint vector = 0; vector < Vectors; vector++)
        {
            ulong stub = StubAddress(vector);
            Gate* gate = gates + vector;
            gate->OffsetLow = (ushort)stub;
            gate->OffsetMiddle = (ushort)(stub >> 16);
            gate->OffsetHigh = (uint)(stub >> 32);
            gate->Selector = (ushort)KernelCode;
            gate->Type = InterruptGate;
            gate->Stack = vector switch
            {
                _ when !ownStacks => 0,
                Vector.DoubleFault => DoubleFaultStack,
                Vector.NonMaskable => NonMaskableStack,
                Vector.MachineCheck => MachineCheckStack,
                _ => 0,
            };
        }
        // INT3 may be executed by ring 3; it becomes a signal there.
        gates[Vector.Breakpoint].Type = UserInterruptGate;

        TablePointer pointer = default;
        pointer.Limit = Vectors * 16 - 1;
        pointer.Base = (ulong)gates;
        Cores.Cpu.LoadIdt(&pointer);
    }

    [RuntimeImport("*", "Traps_StubAddress"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong StubAddress(ulong vector);
}

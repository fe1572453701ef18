// The I/O APICs: from interrupt lines to vectors on this core (Intel 82093AA data sheet, section 3).

using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>How an interrupt line signals. Nothing set: rising edges.</summary>
[System.Flags]
public enum LineMode : byte
{
    Edge = 0,
    ActiveLow = 1,
    Level = 2,
}

public static unsafe class IoApics
{
    private const uint IsaLines = 16;

    private const uint VersionRegister = 1;
    private const uint FirstEntry = 0x10;
    private const uint Masked = 1 << 16;
    private const uint ActiveLow = 1 << 13;
    private const uint LevelTriggered = 1 << 15;

    private const ushort MasterPicData = 0x21;
    private const ushort SlavePicData = 0xa1;

    /// <summary>Masks every line, and the old interrupt controllers beside them.</summary>
    public static void MaskAll()
    {
        Cpu.Out8(MasterPicData, 0xff);
        Cpu.Out8(SlavePicData, 0xff);
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->IoApicCount; i++)
        {
            uint lines = LineCount(boot->IoApics + i);
            for (uint line = 0; line < lines; line++)
            {
                Write(boot->IoApics + i, FirstEntry + line * 2, Masked);
            }
        }
    }

    /// <summary>Sends an ISA interrupt to this core.</summary>
    /// <returns>The line it arrives on: its vector is <see cref="Vector.FirstDevice"/> + line.</returns>
    public static uint RouteIsa(byte source)
    {
        uint line = LineOf(source);
        Open(line, ModeOf(line));
        return line;
    }

    /// <summary>The line on which an ISA interrupt arrives.</summary>
    public static uint LineOf(byte source)
    {
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->OverrideCount; i++)
        {
            if (boot->Overrides[i].Source == source)
            {
                return boot->Overrides[i].Line;
            }
        }
        return source;
    }

    /// <summary>How many lines there are, for the boot record.</summary>
    public static uint CountLines(BootRecord* record)
    {
        uint end = 0;
        for (uint i = 0; i < record->IoApicCount; i++)
        {
            Acpi.IoApicDescription* ioApic = record->IoApics + i;
            end = System.Math.Max(end, ioApic->FirstLine + LineCount(ioApic));
        }
        return end;
    }

    /// <summary>
    /// How a line signals according to the firmware: what its tables say for it, else as ISA does below 16 and as PCI does from
    /// there on.
    /// </summary>
    public static LineMode ModeOf(uint line)
    {
        BootRecord* boot = ThisCore.Boot;
        LineMode mode = line < IsaLines ? LineMode.Edge : LineMode.Level | LineMode.ActiveLow;
        for (uint i = 0; i < boot->OverrideCount; i++)
        {
            Acpi.InterruptOverride* description = boot->Overrides + i;
            if (description->Line == line)
            {
                mode =
                    (description->ActiveLow ? LineMode.ActiveLow : LineMode.Edge)
                    | (description->LevelTriggered ? LineMode.Level : LineMode.Edge);
            }
        }
        return mode;
    }

    /// <summary>Sends a line's interrupts to this core: its vector is <see cref="Vector.FirstDevice"/> + line.</summary>
    public static void Open(uint line, LineMode mode) =>
        WriteEntry(
            line,
            ((mode & LineMode.ActiveLow) != 0 ? ActiveLow : 0)
                | ((mode & LineMode.Level) != 0 ? LevelTriggered : 0)
        );

    /// <summary>Keeps a line's interrupts back.</summary>
    public static void Mask(uint line)
    {
        if (TryFind(line, out Acpi.IoApicDescription* ioApic, out uint entry))
        {
            Write(ioApic, FirstEntry + entry * 2, Read(ioApic, FirstEntry + entry * 2) | Masked);
        }
    }

    /// <summary>Lets a line's interrupts through again.</summary>
    public static void Unmask(uint line)
    {
        if (TryFind(line, out Acpi.IoApicDescription* ioApic, out uint entry))
        {
            Write(ioApic, FirstEntry + entry * 2, Read(ioApic, FirstEntry + entry * 2) & ~Masked);
        }
    }

    private static void WriteEntry(uint line, uint mode)
    {
        if (TryFind(line, out Acpi.IoApicDescription* ioApic, out uint entry))
        {
            Write(ioApic, FirstEntry + entry * 2 + 1, ThisCore.ApicId << 24);
            Write(ioApic, FirstEntry + entry * 2, mode | (Vector.FirstDevice + line));
        }
    }

    private static bool TryFind(uint line, out Acpi.IoApicDescription* ioApic, out uint entry)
    {
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->IoApicCount; i++)
        {
            ioApic = boot->IoApics + i;
            entry = line - ioApic->FirstLine;
            if (line >= ioApic->FirstLine && entry < LineCount(ioApic))
            {
                return true;
            }
        }
        ioApic = null;
        entry = 0;
        return false;
    }

    private static uint LineCount(Acpi.IoApicDescription* ioApic) =>
        ((Read(ioApic, VersionRegister) >> 16) & 0xff) + 1;

    // Two registers: a selector, and the window on what it selects.
    private static uint Read(Acpi.IoApicDescription* ioApic, uint register)
    {
        byte* registers = DirectMap.At(ioApic->Address);
        System.Threading.Volatile.Write(ref *(uint*)registers, register);
        return System.Threading.Volatile.Read(ref *(uint*)(registers + 0x10));
    }

    private static void Write(Acpi.IoApicDescription* ioApic, uint register, uint value)
    {
        byte* registers = DirectMap.At(ioApic->Address);
        System.Threading.Volatile.Write(ref *(uint*)registers, register);
        System.Threading.Volatile.Write(ref *(uint*)(registers + 0x10), value);
    }
}

// The I/O APICs: from interrupt lines to vectors on this core (Intel 82093AA data sheet, section 3).

using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Cores;

public static unsafe class IoApics
{
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
        BootRecord* boot = ThisCore.Boot;
        uint line = source;
        uint mode = 0;
        for (uint i = 0; i < boot->OverrideCount; i++)
        {
            InterruptOverrideOf(boot, i, source, ref line, ref mode);
        }
        Route(line, mode);
        return line;
    }

    private static void InterruptOverrideOf(
        BootRecord* boot,
        uint index,
        byte source,
        ref uint line,
        ref uint mode
    )
    {
        Acpi.InterruptOverride* description = boot->Overrides + index;
        if (description->Source != source)
        {
            return;
        }
        line = description->Line;
        mode =
            (description->ActiveLow ? ActiveLow : 0)
            | (description->LevelTriggered ? LevelTriggered : 0);
    }

    private static void Route(uint line, uint mode)
    {
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->IoApicCount; i++)
        {
            Acpi.IoApicDescription* ioApic = boot->IoApics + i;
            uint entry = line - ioApic->FirstLine;
            if (line < ioApic->FirstLine || entry >= LineCount(ioApic))
            {
                continue;
            }
            Write(ioApic, FirstEntry + entry * 2 + 1, ThisCore.ApicId << 24);
            Write(ioApic, FirstEntry + entry * 2, mode | (Vector.FirstDevice + line));
        }
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

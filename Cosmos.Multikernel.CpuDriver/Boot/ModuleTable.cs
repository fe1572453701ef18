namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>Reads the boot modules' tags into the boot record.</summary>
internal static unsafe class ModuleTable
{
    /// <summary>Bytes that all command lines need, unescaped.</summary>
    public static ulong TextBytes(in BootInformation boot)
    {
        // A word's closing 0 takes the place of the blank behind it; the last one's, and an empty line's, is extra.
        ulong total = 0;
        Multiboot2.TryOpen(boot.Start, boot.Length, out Multiboot2 walk);
        while (walk.MoveNext() == Multiboot2Status.Ok && walk.Type != Multiboot2Tag.End)
        {
            total += walk.Type == Multiboot2Tag.Module ? (ulong)walk.Length + 32 : 0;
        }
        return total;
    }

    /// <summary>The core that the console goes to: the first that runs the first console instance; 0 without one.</summary>
    public static uint ConsoleCoreOf(BootRecord* record)
    {
        for (uint module = 0; module < record->ModuleCount; module++)
        {
            if (
                record->Modules[module].IsConsole
                && record->Modules[module].TryFirstCore(record->CoreCount, out uint core)
            )
            {
                return core;
            }
        }
        return 0;
    }

    public static void Read(in BootInformation boot, ref BootArena arena, BootRecord* record)
    {
        record->Modules = (Module*)arena.Allocate(boot.ModuleCount * (ulong)sizeof(Module));
        Multiboot2.TryOpen(boot.Start, boot.Length, out Multiboot2 walk);
        while (walk.MoveNext() == Multiboot2Status.Ok && walk.Type != Multiboot2Tag.End)
        {
            if (walk.Type != Multiboot2Tag.Module)
            {
                continue;
            }
            bool read = walk.TryReadModule(
                out ulong start,
                out ulong end,
                out byte* commandLine,
                out uint length
            );
            if (!read)
            {
                continue;
            }
            Module* module = record->Modules + record->ModuleCount++;
            module->PhysicalStart = start;
            module->Length = end - start;
            byte* store = (byte*)arena.Allocate((ulong)length + 2);
            module->Status = Module.Parse(commandLine, length, store, ref *module);
        }
    }
}

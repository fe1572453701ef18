// What the boot loader said, gathered from its tags.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>The tags that matter. Pointers lead into the loader's memory, which the boot phase keeps out of use.</summary>
public unsafe struct BootInformation
{
    private const uint Usable = 1;

    public byte* Start;
    public uint Length;

    public byte* RootPointer;
    public uint RootPointerLength;

    public byte* CommandLine;
    public uint CommandLineLength;

    public ScreenDescription Screen;
    public uint ModuleCount;

    public byte* Sections;
    public uint SectionCount;
    public uint SectionSize;

    private bool _hasFramebuffer;
    private bool _isEfi;

    /// <summary>Reads all tags once; memory and modules are read in a second walk, by their own methods.</summary>
    public static Multiboot2Status TryRead(
        byte* information,
        ulong available,
        out BootInformation result
    )
    {
        result = default;
        Multiboot2Status status = Multiboot2.TryOpen(information, available, out Multiboot2 walk);
        if (status != Multiboot2Status.Ok)
        {
            return status;
        }
        result.Start = information;
        result.Length = *(uint*)information;
        while (true)
        {
            status = walk.MoveNext();
            if (status != Multiboot2Status.Ok || walk.Type == Multiboot2Tag.End)
            {
                // Without a framebuffer tag a BIOS's screen is in the mode it starts in, text; UEFI knows no such mode.
                if (!result._hasFramebuffer && !result._isEfi)
                {
                    result.Screen = VgaText.Screen;
                }
                return status;
            }
            result.Take(ref walk);
        }
    }

    /// <summary>
    /// Adds the usable stretches of memory from a walk over the same tags. Firmware maps overlap at times: what any entry
    /// calls something else than usable is not added, whatever the others say.
    /// </summary>
    public readonly void CollectMemory(ref MemoryMap memory, ulong from)
    {
        CollectEntries(ref memory, from, usable: true);
        CollectEntries(ref memory, from, usable: false);
    }

    // Adds the usable entries, or removes the others.
    private readonly void CollectEntries(ref MemoryMap memory, ulong from, bool usable)
    {
        if (Multiboot2.TryOpen(Start, Length, out Multiboot2 walk) != Multiboot2Status.Ok)
        {
            return;
        }
        while (walk.MoveNext() == Multiboot2Status.Ok && walk.Type != Multiboot2Tag.End)
        {
            if (
                walk.Type != Multiboot2Tag.MemoryMap
                || !walk.TryReadMemoryMap(out byte* entries, out uint count, out uint size)
            )
            {
                continue;
            }
            for (uint i = 0; i < count; i++)
            {
                byte* entry = entries + (ulong)i * size;
                ulong start = *(ulong*)entry;
                ulong length = *(ulong*)(entry + 8);
                if (*(uint*)(entry + 16) == Usable != usable)
                {
                    continue;
                }
                if (!usable)
                {
                    memory.Remove(start, length);
                }
                else if (start + length > from && start + length >= start)
                {
                    ulong skipped = start < from ? from - start : 0;
                    memory.Add(start + skipped, length - skipped);
                }
            }
        }
    }

    private void Take(ref Multiboot2 walk)
    {
        switch (walk.Type)
        {
            case Multiboot2Tag.CommandLine:
                CommandLine = walk.Content;
                CommandLineLength = Multiboot2.TextLength(walk.Content, walk.Length);
                break;
            case Multiboot2Tag.Module:
                ModuleCount++;
                break;
            case Multiboot2Tag.Framebuffer:
                _hasFramebuffer = true;
                Screen = walk.ReadScreen();
                break;
            case Multiboot2Tag.EfiSystemTable32:
            case Multiboot2Tag.EfiSystemTable64:
                _isEfi = true;
                break;
            case Multiboot2Tag.ElfSections:
                walk.TryReadSections(out Sections, out SectionCount, out SectionSize);
                break;
            case Multiboot2Tag.AcpiOld when RootPointer == null:
            case Multiboot2Tag.AcpiNew:
                // The newer root pointer wins whatever the order.
                RootPointer = walk.Content;
                RootPointerLength = walk.Length;
                break;
        }
    }
}

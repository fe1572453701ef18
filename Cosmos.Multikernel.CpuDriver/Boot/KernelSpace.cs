// Builds a core's kernel address space: the upper half that all its address spaces share.
//
// Runs in the boot phase with the target core's partition taken over (Memory.Frames), so that every table and every private
// frame comes from memory that will be the core's own. What a core cannot reach is simply not in its tables.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Boot;

public unsafe struct KernelSpace
{
    private const int UpperHalf = 256;
    private const ulong RootEntrySpan = 1ul << 39;

    private PageTables _tables;
    private bool _complete;

    public readonly ulong Root => _tables.Root;

    /// <summary>Whether every frame that was needed could be had.</summary>
    public readonly bool Complete => _complete;

    /// <summary>An empty upper half whose direct map has its root entries, up to the end of physical memory.</summary>
    public static KernelSpace Create(ulong physicalEnd)
    {
        KernelSpace space = default;
        space._tables.Root = Frames.AllocateZeroed();
        space._complete = space._tables.Root != FrameAllocator.None;
        if (!space._complete)
        {
            return space;
        }
        // Later mappings in the direct map must not need new root entries: address spaces copy the root when they are made.
        ulong* root = (ulong*)DirectMap.At(space._tables.Root);
        for (ulong start = 0; start < physicalEnd; start += RootEntrySpan)
        {
            ulong table = Frames.AllocateZeroed();
            space._complete &= table != FrameAllocator.None;
            root[UpperHalf + (int)(start / RootEntrySpan)] =
                table | (ulong)(PageFlags.Present | PageFlags.Writable);
        }
        return space;
    }

    /// <summary>Text and read-only data as they are; data and bss as fresh frames of the pristine content.</summary>
    public void MapImage(ImageLayout* image)
    {
        MapLinked(image->TextStart, image->TextEnd, PageFlags.Code);
        MapLinked(image->RodataStart, image->RodataEnd, PageFlags.ReadOnlyData);
        ulong pristineBytes = image->DataEnd - image->DataStart;
        for (ulong offset = 0; offset < image->BssEnd - image->DataStart; offset += 4096)
        {
            ulong frame = Frames.AllocateZeroed();
            if (frame == FrameAllocator.None)
            {
                _complete = false;
                return;
            }
            if (offset < pristineBytes)
            {
                Cpu.MemoryCopy(
                    DirectMap.At(frame),
                    (byte*)image->PristineStart + offset,
                    System.Math.Min(pristineBytes - offset, 4096)
                );
            }
            _complete &= _tables.TryMap(image->DataStart + offset, frame, PageFlags.ReadWriteData);
        }
    }

    public void MapStacks()
    {
        for (ulong stack = 0; stack < KernelStacks.Count; stack++)
        {
            for (ulong i = 0; i < KernelStacks.Frames; i++)
            {
                ulong frame = Frames.AllocateZeroed();
                ulong address = KernelStacks.BottomOf(stack) + i * 4096;
                _complete &=
                    frame != FrameAllocator.None
                    && _tables.TryMap(address, frame, PageFlags.ReadWriteData);
            }
        }
    }

    /// <summary>A stretch of physical memory in the direct map.</summary>
    public void MapDirect(ulong physical, ulong length, PageFlags flags)
    {
        ulong start = physical & ~4095ul;
        ulong end = (physical + length + 4095) & ~4095ul;
        _complete &= _tables.TryMapRange(DirectMap.Base + start, start, end - start, flags);
    }

    /// <summary>
    /// The screen, page by page: what chooses write-combining for a small page makes a large one. Its driver maps it so too; one
    /// frame must not be cached in two ways (Intel SDM volume 3A, section 12.12.4).
    /// </summary>
    public void MapScreen(in ScreenDescription screen)
    {
        PageFlags flags =
            screen.Kind == ScreenKind.Framebuffer && PageAttributes.CanCombine
                ? PageFlags.ReadWriteData | PageFlags.WriteCombining
                : PageFlags.Device;
        ulong end = screen.Address + screen.Length;
        for (ulong frame = screen.Address & ~4095ul; frame < end; frame += 4096)
        {
            _complete &= _tables.TryMap(DirectMap.Base + frame, frame, flags);
        }
    }

    /// <summary>Whether a frame is part of the screen.</summary>
    public static bool IsScreen(in ScreenDescription screen, ulong frame) =>
        screen.Kind != ScreenKind.None
        && frame >= (screen.Address & ~4095ul)
        && frame < screen.Address + screen.Length;

    private void MapLinked(ulong start, ulong end, PageFlags flags) =>
        _complete &= _tables.TryMapRange(start, ImageLayout.PhysicalOf(start), end - start, flags);
}

// Looks at every page that an address space can reach, and counts what must not be there: the share-nothing property and
// W^X, checked on the tables that the processor really uses. What an instance can write to without owning it must be explained
// by something that it holds: its domain page, its channels, its capabilities.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;

namespace Cosmos.Multikernel.CpuDriver.Memory;

public static unsafe class Audit
{
    private const int Entries = 512;
    private const int UpperHalf = 256;
    private const ulong DeviceBits = (ulong)(PageFlags.CacheDisable | PageFlags.WriteCombining);

    // Writable pages of the lower half that are not the address space's own, and those of devices.
    private static ulong s_foreign;
    private static ulong s_devices;

    /// <summary>Walks a whole address space, both halves.</summary>
    public static AuditResult Of(Domain* domain)
    {
        AuditResult result = default;
        s_foreign = 0;
        s_devices = 0;
        ulong* root = (ulong*)DirectMap.At(domain->Space.Tables.Root);
        for (int i = 0; i < Entries; i++)
        {
            Walk(
                root[i],
                level: 4,
                writable: true,
                executable: true,
                isUser: i < UpperHalf,
                ref result
            );
        }
        MappedCapabilities.Count(domain, out result.FramePages, out ulong devices);
        result.DevicePages = s_devices;
        ulong domainPage = 1;
        ulong explained = result.FramePages + ChannelTable.MappedPages(domain) + domainPage;
        result.SharedByMistake += s_foreign > explained ? s_foreign - explained : 0;
        result.SharedByMistake += s_devices > devices ? s_devices - devices : 0;
        return result;
    }

    // Rights narrow on the way down: a page is writable only when every level says so.
    private static void Walk(
        ulong entry,
        int level,
        bool writable,
        bool executable,
        bool isUser,
        ref AuditResult result
    )
    {
        if ((entry & (ulong)PageFlags.Present) == 0)
        {
            return;
        }
        writable &= (entry & (ulong)PageFlags.Writable) != 0;
        executable &= (entry & (ulong)PageFlags.NoExecute) == 0;
        bool isLeaf = level == 1 || (entry & (ulong)PageFlags.Large) != 0;
        if (!isLeaf)
        {
            ulong* table = (ulong*)DirectMap.At(PageTables.FrameOf(entry));
            for (int i = 0; i < Entries; i++)
            {
                Walk(table[i], level - 1, writable, executable, isUser, ref result);
            }
            return;
        }
        ulong pages = 1ul << (9 * (level - 1));
        result.Pages += pages;
        result.WritablePages += writable ? pages : 0;
        result.WritableExecutable += writable && executable ? pages : 0;
        result.KernelReachable += isUser && (entry & (ulong)PageFlags.User) == 0 ? pages : 0;
        if (isUser && (entry & DeviceBits) != 0)
        {
            s_devices += pages;
        }
        else if (isUser && writable && (entry & (ulong)PageFlags.Foreign) != 0)
        {
            s_foreign += pages;
        }
        if (writable)
        {
            Classify(entry, pages, ref result);
        }
    }

    private static void Classify(ulong entry, ulong pages, ref AuditResult result)
    {
        ulong frame = PageTables.FrameOf(entry);
        if (Frames.Owns(frame))
        {
            return;
        }
        BootRecord* boot = ThisCore.Boot;
        ulong crossroads = DirectMap.PhysicalOf(boot->Crossroads);
        bool isDeclared =
            (entry & (ulong)PageFlags.Foreign) != 0
            || frame - crossroads < boot->CrossroadsBytes
            || IsDevice(frame);
        if (isDeclared)
        {
            result.SharedOnPurpose += pages;
        }
        else
        {
            result.SharedByMistake += pages;
        }
    }

    private static bool IsDevice(ulong frame)
    {
        BootRecord* boot = ThisCore.Boot;
        if (frame == boot->LocalApicAddress || KernelSpace.IsScreen(in boot->Screen, frame))
        {
            return true;
        }
        for (uint i = 0; i < boot->IoApicCount; i++)
        {
            if ((boot->IoApics[i].Address & ~4095ul) == frame)
            {
                return true;
            }
        }
        return false;
    }
}

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>Frames of memory as capabilities: from the allocator, and back to it.</summary>
internal static unsafe class HeldFrames
{
    /// <summary>Allocates a frame of this core's memory, zeroed, charged to the domain until it is back.</summary>
    /// <returns>Its capability's handle, or a negative error number.</returns>
    public static long Allocate(Domain* domain, ulong bytes, ulong alignment)
    {
        bool isLarge = alignment == CapabilityLimits.LargeAlignment;
        if (
            bytes == 0
            || bytes > CapabilityLimits.MaximumFrame
            || (!isLarge && alignment != CapabilityLimits.SmallAlignment)
        )
        {
            return -Errno.EINVAL;
        }
        uint pages = (uint)((bytes + FrameAllocator.FrameSize - 1) / FrameAllocator.FrameSize);
        if (isLarge)
        {
            pages = (uint)(FrameAllocator.LargeFrameSize / FrameAllocator.FrameSize);
        }
        uint index = CapabilityTable.Allocate(domain);
        if (index == CapabilityTable.None)
        {
            return -Errno.ENOMEM;
        }
        CapabilityTable* table = CapabilityTable.Of(domain);
        if (!TryTake(domain, pages, isLarge, &table->At(index)->Object))
        {
            table->Free(index);
            return -Errno.ENOMEM;
        }
        Capability* capability = table->At(index);
        capability->Type = CapabilityType.Frame;
        capability->Rights = CapabilityRights.All;
        capability->Start = capability->Object.Physical;
        capability->Length = pages * FrameAllocator.FrameSize;
        capability->Next = index + 1;
        capability->Previous = index + 1;
        return table->HandleOf(index);
    }

    /// <summary>Makes a frame that arrived from elsewhere visible to this CPU driver.</summary>
    public static bool TryShow(in FrameObject frame) =>
        SharedFrames.Map(frame.Physical, frame.Pages);

    /// <summary>Takes it out of sight again: nobody here holds it any more.</summary>
    public static void Hide(in FrameObject frame) =>
        SharedFrames.Unmap(frame.Physical, frame.Pages);

    /// <summary>Adds an entry to the ring of those for the same frame.</summary>
    public static void Join(CapabilityTable* table, uint index, uint other)
    {
        Capability* capability = table->At(index);
        Capability* before = table->At(other);
        capability->Next = before->Next;
        capability->Previous = other + 1;
        table->At(before->Next - 1)->Previous = index + 1;
        before->Next = index + 1;
    }

    /// <summary>Whether an entry is the only one for its frame.</summary>
    public static bool IsSole(CapabilityTable* table, uint index) =>
        table->At(index)->Next == index + 1;

    /// <summary>Ends an entry; with the last one for a frame the frame goes home. The entry is not mapped any more.</summary>
    public static void Release(Domain* domain, uint index)
    {
        CapabilityTable* table = CapabilityTable.Of(domain);
        Capability* capability = table->At(index);
        if (!IsSole(table, index))
        {
            table->At(capability->Next - 1)->Previous = capability->Previous;
            table->At(capability->Previous - 1)->Next = capability->Next;
            table->Free(index);
            return;
        }
        Hide(in capability->Object);
        if (Homecoming.TrySend(in capability->Object))
        {
            table->Free(index);
            return;
        }
        capability->State = CapabilityState.GoingHome;
        capability->Next = table->FirstGoingHome;
        table->FirstGoingHome = index + 1;
    }

    private static bool TryTake(Domain* domain, uint pages, bool isLarge, FrameObject* frame)
    {
        if (!domain->Space.TryChargeFrames(pages))
        {
            return false;
        }
        ulong physical =
            isLarge ? Frames.AllocateLarge()
            : pages == 1 ? Frames.Allocate()
            : Frames.AllocateRun(pages);
        uint ticket =
            physical == FrameAllocator.None
                ? FrameHomes.None
                : FrameHomes.Register(physical, pages, isLarge, domain->Id);
        if (ticket == FrameHomes.None)
        {
            if (physical != FrameAllocator.None && isLarge)
            {
                Frames.FreeLarge(physical);
            }
            else if (physical != FrameAllocator.None)
            {
                Frames.FreeRun(physical, pages);
            }
            domain->Space.UnchargeFrames(pages);
            return false;
        }
        Bytes.Clear(DirectMap.At(physical), pages * FrameAllocator.FrameSize);
        frame->Physical = physical;
        frame->Ticket = ticket;
        frame->Pages = (ushort)pages;
        frame->Home = (ushort)ThisCore.Index;
        return true;
    }
}

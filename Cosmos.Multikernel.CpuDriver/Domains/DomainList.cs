using System;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Domains;

/// <summary>The domains of this core, ended ones until their memory is back.</summary>
public static unsafe class DomainList
{
    private static Domain* s_first;
    private static int s_lastId;

    /// <summary>The first domain; go on by <see cref="Domain.Next"/>.</summary>
    public static Domain* First => s_first;

    /// <summary>The running domain of that name, or null.</summary>
    public static Domain* FindByName(byte* name, ulong length)
    {
        for (Domain* domain = s_first; domain != null; domain = domain->Next)
        {
            if (
                domain->State == DomainState.Running
                && Bytes.Equal(
                    name,
                    length,
                    new ReadOnlySpan<byte>(Domain.NameOf(domain), domain->NameLength)
                )
            )
            {
                return domain;
            }
        }
        return null;
    }

    /// <summary>Makes a domain with an empty address space and no thread, and enters it here.</summary>
    /// <param name="limitPages">The most memory it may hold.</param>
    /// <returns>Null when there is no memory.</returns>
    public static Domain* Create(byte* name, uint nameLength, ulong limitPages)
    {
        ulong frame = Frames.AllocateZeroed();
        if (frame == 0)
        {
            return null;
        }
        Domain* domain = (Domain*)DirectMap.At(frame);
        if (!AddressSpace.TryCreate(&domain->Space, limitPages))
        {
            Frames.Free(frame);
            return null;
        }
        domain->Space.ObjectFrames = 1;
        domain->SetName(name, nameLength);
        domain->Id = ++s_lastId;
        domain->Threads.StartIds(domain->Id);
        domain->StartTime = Clock.Monotonic;
        domain->Next = s_first;
        s_first = domain;
        return domain;
    }

    /// <summary>Takes a domain out and frees its frame; everything else of it must be gone.</summary>
    public static void Destroy(Domain* domain)
    {
        Domain** link = Link(domain);
        *link = domain->Next;
        domain->Space.FreeObjectFrame(DirectMap.PhysicalOf(domain));
    }

    private static Domain** Link(Domain* domain)
    {
        fixed (Domain** first = &s_first)
        {
            Domain** link = first;
            while (*link != domain)
            {
                link = &(*link)->Next;
            }
            return link;
        }
    }
}

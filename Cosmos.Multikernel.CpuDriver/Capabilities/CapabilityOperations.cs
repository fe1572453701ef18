// What instances do with capabilities of any type: look, mint, copy, delete, map.

using System;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

internal static unsafe class CapabilityOperations
{
    // More cannot be mapped at once: taking it away again must not take long.
    private const ulong MaximumMapping = 1ul << 30;

    public static long Identify(Domain* domain, ulong handle, CapabilityDescription* result)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        result->Type = capability->Type;
        result->Rights = capability->Rights;
        result->Caching = capability->Caching;
        result->Home = capability->Object.Home;
        result->Start = capability->Start;
        result->Length = capability->Length;
        result->Address =
            IsMappable(capability) && capability->Address != 0
                ? capability->Address + (capability->Start & AddressSpace.PageMask)
                : 0;
        return 0;
    }

    /// <summary>The handle of the domain's next capability; 0 asks for the first.</summary>
    public static long Next(Domain* domain, ulong handle)
    {
        CapabilityTable* table = CapabilityTable.Of(domain);
        if (table == null)
        {
            return -Errno.ENOENT;
        }
        for (
            uint index = handle == 0 ? 0 : CapabilityTable.IndexOf(handle) + 1;
            index < table->Limit;
            index++
        )
        {
            if (table->At(index)->State == CapabilityState.Held)
            {
                return table->HandleOf(index);
            }
        }
        return -Errno.ENOENT;
    }

    public static long Copy(Domain* domain, ulong handle)
    {
        Capability* source = CapabilityTable.Find(domain, handle);
        if (source == null)
        {
            return -Errno.EBADF;
        }
        bool mayBeCopied =
            source->Type
            is CapabilityType.Frame
                or CapabilityType.DeviceMemory
                or CapabilityType.PortRange;
        return mayBeCopied
            ? Derive(domain, handle, source->Start, source->Length, source->Rights, source->Caching)
            : -Errno.EPERM;
    }

    public static long Mint(Domain* domain, ulong handle, MintRequest* request)
    {
        Capability* source = CapabilityTable.Find(domain, handle);
        if (source == null)
        {
            return -Errno.EBADF;
        }
        if (request->Rights == 0 || (request->Rights & ~source->Rights) != 0)
        {
            return -Errno.EACCES;
        }
        if (source->Type == CapabilityType.Devices)
        {
            return HeldDevices.Mint(domain, request);
        }
        if (request->Type != source->Type || !IsWithin(source, request))
        {
            return -Errno.EINVAL;
        }
        switch (source->Type)
        {
            case CapabilityType.Frame:
            case CapabilityType.DeviceMemory:
            case CapabilityType.PortRange:
            case CapabilityType.InterruptLine:
                return Derive(
                    domain,
                    handle,
                    request->Start,
                    request->Length,
                    request->Rights,
                    source->Type == CapabilityType.DeviceMemory ? request->Caching : 0
                );
            default:
                return -Errno.EPERM;
        }
    }

    public static long Delete(Domain* domain, ulong handle)
    {
        if (CapabilityTable.Find(domain, handle) == null)
        {
            return -Errno.EBADF;
        }
        Release(domain, CapabilityTable.IndexOf(handle));
        return 0;
    }

    public static long Map(Domain* domain, ulong handle, ulong rights)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        if (!IsMappable(capability) || capability->Length > MaximumMapping)
        {
            return -Errno.EINVAL;
        }
        // On x86 what may be written may be read.
        bool readable = (rights & (ulong)CapabilityRights.Read) != 0;
        if (!readable || (rights & ~(ulong)capability->Rights) != 0)
        {
            return -Errno.EACCES;
        }
        if (capability->Address != 0)
        {
            return -Errno.EEXIST;
        }
        bool writable = (rights & (ulong)CapabilityRights.Write) != 0;
        MappingKind kind =
            capability->Type == CapabilityType.Frame ? MappingKind.Shared
            : capability->Caching == DeviceCaching.WriteCombining && PageAttributes.CanCombine
                ? MappingKind.DeviceCombining
            : MappingKind.Device;
        ulong first = capability->Start & ~AddressSpace.PageMask;
        ulong end = capability->Start + capability->Length;
        ulong pages = (end - first + AddressSpace.PageMask) / AddressSpace.PageSize;
        ulong address = domain->Space.MapForeign(
            first,
            pages,
            writable ? Protection.Read | Protection.Write : Protection.Read,
            kind
        );
        if (address == 0)
        {
            return -Errno.ENOMEM;
        }
        capability->Address = address;
        return (long)(address + (capability->Start & AddressSpace.PageMask));
    }

    public static long Unmap(Domain* domain, ulong handle)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        if (!IsMappable(capability) || capability->Address == 0)
        {
            return -Errno.EINVAL;
        }
        LetGo(domain, capability);
        return 0;
    }

    /// <summary>Takes away what a capability does for its domain now: a mapping, a binding.</summary>
    public static void LetGo(Domain* domain, Capability* capability)
    {
        if (HeldInterrupts.IsInterrupt(capability->Type))
        {
            HeldInterrupts.Unbind(domain, capability);
        }
        else if (capability->Type == CapabilityType.ConsoleStream)
        {
            HeldConsole.Unbind(domain, capability);
        }
        else if (IsMappable(capability) && capability->Address != 0)
        {
            domain->Space.UnmapForeign(capability->Address);
            capability->Address = 0;
        }
    }

    /// <summary>Ends a capability that is held.</summary>
    public static void Release(Domain* domain, uint index)
    {
        CapabilityTable* table = CapabilityTable.Of(domain);
        Capability* capability = table->At(index);
        LetGo(domain, capability);
        switch (capability->Type)
        {
            case CapabilityType.Frame:
                HeldFrames.Release(domain, index);
                break;
            case CapabilityType.Endpoint:
                Permits.Remove(table, index);
                break;
            default:
                table->Free(index);
                break;
        }
    }

    /// <summary>Whether a capability's memory can be mapped.</summary>
    private static bool IsMappable(Capability* capability) =>
        capability->Type is CapabilityType.Frame or CapabilityType.DeviceMemory;

    // Whole pages of a frame; of the others any part. Written so that no sum can wrap.
    private static bool IsWithin(Capability* source, MintRequest* request)
    {
        ulong offset = request->Start - source->Start;
        ulong granule = source->Type == CapabilityType.Frame ? AddressSpace.PageMask : 0;
        return request->Start >= source->Start
            && offset < source->Length
            && request->Length != 0
            && request->Length <= source->Length - offset
            && ((offset | request->Length) & granule) == 0
            && request->Caching <= DeviceCaching.WriteCombining;
    }

    private static long Derive(
        Domain* domain,
        ulong handle,
        ulong start,
        ulong length,
        CapabilityRights rights,
        DeviceCaching caching
    )
    {
        uint index = CapabilityTable.Allocate(domain);
        if (index == CapabilityTable.None)
        {
            return -Errno.ENOMEM;
        }
        CapabilityTable* table = CapabilityTable.Of(domain);
        Capability* source = CapabilityTable.Find(domain, handle);
        Capability* derived = table->At(index);
        derived->Type = source->Type;
        derived->Start = start;
        derived->Length = length;
        derived->Rights = rights;
        derived->Caching = caching;
        if (source->Type == CapabilityType.Frame)
        {
            derived->Object = source->Object;
            HeldFrames.Join(table, index, CapabilityTable.IndexOf(handle));
        }
        return table->HandleOf(index);
    }
}

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>Capabilities out of one domain's table, and into another's.</summary>
internal static unsafe class Giving
{
    /// <summary>
    /// Takes a capability out of its table, unmapped. A frame must have no other: refused (EBUSY) while copies or parts exist.
    /// Permissions and the capability for all devices stay where they are (EPERM).
    /// </summary>
    public static long TryTake(Domain* domain, ulong handle, out Cargo cargo)
    {
        cargo = default;
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        if (capability->Type is CapabilityType.Endpoint or CapabilityType.Devices)
        {
            return -Errno.EPERM;
        }
        CapabilityTable* table = CapabilityTable.Of(domain);
        uint index = CapabilityTable.IndexOf(handle);
        bool isFrame = capability->Type == CapabilityType.Frame;
        if (isFrame && !HeldFrames.IsSole(table, index))
        {
            return -Errno.EBUSY;
        }
        CapabilityOperations.LetGo(domain, capability);
        cargo.Object = capability->Object;
        cargo.Start = capability->Start;
        cargo.Length = capability->Length;
        cargo.Type = capability->Type;
        cargo.Rights = capability->Rights;
        cargo.Caching = capability->Caching;
        if (isFrame)
        {
            HeldFrames.Hide(in cargo.Object);
        }
        table->Free(index);
        return 0;
    }

    /// <summary>Enters a capability that came; it is out of its way when this succeeds.</summary>
    /// <returns>Its handle, or a negative error number.</returns>
    public static long TryGive(Domain* domain, Cargo* cargo)
    {
        uint index = CapabilityTable.Allocate(domain);
        if (index == CapabilityTable.None)
        {
            return -Errno.ENOMEM;
        }
        CapabilityTable* table = CapabilityTable.Of(domain);
        Capability* capability = table->At(index);
        if (cargo->Type == CapabilityType.Frame)
        {
            if (!HeldFrames.TryShow(in cargo->Object))
            {
                table->Free(index);
                return -Errno.ENOMEM;
            }
            capability->Next = index + 1;
            capability->Previous = index + 1;
        }
        capability->Object = cargo->Object;
        capability->Start = cargo->Start;
        capability->Length = cargo->Length;
        capability->Type = cargo->Type;
        capability->Rights = cargo->Rights;
        capability->Caching = cargo->Caching;
        return table->HandleOf(index);
    }
}

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>What a domain has mapped by capability: for the audit.</summary>
internal static unsafe class MappedCapabilities
{
    /// <summary>Counts pages that capabilities explain: writable ones of frames, and those of devices.</summary>
    public static void Count(Domain* domain, out ulong frames, out ulong devices)
    {
        frames = 0;
        devices = 0;
        CapabilityTable* table = CapabilityTable.Of(domain);
        for (uint index = 0; table != null && index < table->Limit; index++)
        {
            Capability* capability = table->At(index);
            bool isMapped =
                capability->State == CapabilityState.Held
                && capability->Type is CapabilityType.Frame or CapabilityType.DeviceMemory
                && capability->Address != 0;
            if (!isMapped)
            {
                continue;
            }
            Mapping* mapping = domain->Space.Mappings.Find(capability->Address);
            bool isSame =
                mapping != null
                && mapping->Start == capability->Address
                && mapping->Source == (capability->Start & ~AddressSpace.PageMask);
            ulong pages = isSame ? (mapping->End - mapping->Start) / AddressSpace.PageSize : 0;
            if (capability->Type == CapabilityType.DeviceMemory)
            {
                devices += pages;
            }
            else if (isSame && (mapping->Protection & Protection.Write) != 0)
            {
                frames += pages;
            }
        }
    }
}

// Who may open a channel to whom, where a core has a monitor.
//
// A monitor answers for its core: its instances may connect to it, and otherwise to nobody it did not permit. A permission
// is an endpoint capability and is used up by one Connect. On a core without a monitor everything is allowed.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

internal static unsafe class Permits
{
    /// <summary>Gives the instance at a channel's other end, on this core, permission to connect once.</summary>
    /// <returns>0 or a negative error number.</returns>
    public static long Permit(Domain* monitor, ulong channel, PermitRequest* request)
    {
        if (!monitor->IsMonitor)
        {
            return -Errno.EPERM;
        }
        if (request->Core >= ThisCore.Count)
        {
            return -Errno.EHOSTUNREACH;
        }
        if (!Declarations.TryFind(request->Core, request->Name, out uint module))
        {
            return -Errno.ENOENT;
        }
        Domain* client = ChannelTable.FindLocalPeer(monitor, channel);
        if (client == null)
        {
            return -Errno.EBADF;
        }
        uint index = CapabilityTable.Allocate(client);
        if (index == CapabilityTable.None)
        {
            return -Errno.ENOMEM;
        }
        CapabilityTable* table = CapabilityTable.Of(client);
        Capability* capability = table->At(index);
        capability->Type = CapabilityType.Endpoint;
        capability->Start = request->Core;
        capability->Length = module;
        capability->Next = table->FirstEndpoint;
        if (capability->Next != 0)
        {
            table->At(capability->Next - 1)->Previous = index + 1;
        }
        table->FirstEndpoint = index + 1;
        return 0;
    }

    /// <summary>Whether a domain may connect to a module on a core.</summary>
    public static bool MayConnect(Domain* domain, uint core, uint module) =>
        domain->IsMonitor
        || !HasMonitor()
        || IsOwnMonitor(core, module)
        || Find(domain, core, module) != CapabilityTable.None;

    /// <summary>The connection is made: what permitted it is used up.</summary>
    public static void Use(Domain* domain, uint core, uint module)
    {
        if (domain->IsMonitor || !HasMonitor() || IsOwnMonitor(core, module))
        {
            return;
        }
        Remove(CapabilityTable.Of(domain), Find(domain, core, module));
    }

    /// <summary>Ends an endpoint capability.</summary>
    public static void Remove(CapabilityTable* table, uint index)
    {
        Capability* capability = table->At(index);
        if (capability->Previous == 0)
        {
            table->FirstEndpoint = capability->Next;
        }
        else
        {
            table->At(capability->Previous - 1)->Next = capability->Next;
        }
        if (capability->Next != 0)
        {
            table->At(capability->Next - 1)->Previous = capability->Previous;
        }
        table->Free(index);
    }

    private static bool HasMonitor()
    {
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->ModuleCount; i++)
        {
            Module* module = boot->Modules + i;
            if (module->IsMonitor && module->RunsOn(ThisCore.Index, ThisCore.Count))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsOwnMonitor(uint core, uint module) =>
        core == ThisCore.Index && ThisCore.Boot->Modules[module].IsMonitor;

    private static uint Find(Domain* domain, uint core, uint module)
    {
        CapabilityTable* table = CapabilityTable.Of(domain);
        if (table == null)
        {
            return CapabilityTable.None;
        }
        for (uint place = table->FirstEndpoint; place != 0; place = table->At(place - 1)->Next)
        {
            Capability* endpoint = table->At(place - 1);
            if (endpoint->Start == core && endpoint->Length == module)
            {
                return place - 1;
            }
        }
        return CapabilityTable.None;
    }
}

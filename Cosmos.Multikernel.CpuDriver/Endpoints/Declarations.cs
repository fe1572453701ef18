using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>The instances that the boot media declare: the same list on every core, so a module's index names one everywhere.</summary>
public static unsafe class Declarations
{
    /// <summary>No module: a domain that came from elsewhere.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>The module that runs under a name on a core; an empty name means the first that runs there.</summary>
    public static bool TryFind(uint core, byte* name, out uint module)
    {
        uint length = 0;
        while (length < InstanceName.Size && name[length] != 0)
        {
            length++;
        }
        for (module = 0; module < ThisCore.Boot->ModuleCount; module++)
        {
            Module* candidate = ThisCore.Boot->Modules + module;
            if (
                candidate->RunsOn(core, ThisCore.Count)
                && (length == 0 || Matches(candidate, name, length))
            )
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The declaration with a running number: modules in the order of the media, each core by core.</summary>
    public static bool TryGet(ulong index, InstanceDeclaration* result)
    {
        if (!TryFind(index, out uint core, out uint module))
        {
            return false;
        }
        result->Core = core;
        Module* declared = ThisCore.Boot->Modules + module;
        result->IsConsole = declared->IsConsole ? 1u : 0;
        result->IsMonitor = declared->IsMonitor ? 1u : 0;
        CopyName(module, result->Name);
        return true;
    }

    /// <summary>Core and module of the declaration with a running number.</summary>
    public static bool TryFind(ulong index, out uint core, out uint module)
    {
        core = 0;
        for (module = 0; module < ThisCore.Boot->ModuleCount; module++)
        {
            Module* candidate = ThisCore.Boot->Modules + module;
            for (core = 0; core < ThisCore.Count; core++)
            {
                if (candidate->RunsOn(core, ThisCore.Count) && index-- == 0)
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>The module a domain of this core was made from.</summary>
    public static uint ModuleOf(Domain* domain) =>
        TryFindOwn(Domain.NameOf(domain), (uint)domain->NameLength, out uint module)
            ? module
            : None;

    /// <summary>The running domain that was made from a module on this core, or null.</summary>
    public static Domain* FindDomain(uint module)
    {
        if (module >= ThisCore.Boot->ModuleCount)
        {
            return null;
        }
        Module* wanted = ThisCore.Boot->Modules + module;
        Domain* domain = DomainList.FindByName(wanted->Name, wanted->NameLength);
        return domain != null && domain->State == DomainState.Running && domain->Endpoints != null
            ? domain
            : null;
    }

    /// <summary>Writes a module's name, ended by a 0 byte.</summary>
    public static void CopyName(uint module, byte* name)
    {
        uint length = 0;
        if (module < ThisCore.Boot->ModuleCount)
        {
            Module* source = ThisCore.Boot->Modules + module;
            for (; length < source->NameLength && length < InstanceName.Size - 1; length++)
            {
                name[length] = source->Name[length];
            }
        }
        name[length] = 0;
    }

    private static bool TryFindOwn(byte* name, uint length, out uint module)
    {
        for (module = 0; module < ThisCore.Boot->ModuleCount; module++)
        {
            Module* candidate = ThisCore.Boot->Modules + module;
            if (
                candidate->RunsOn(ThisCore.Index, ThisCore.Count)
                && Matches(candidate, name, length)
            )
            {
                return true;
            }
        }
        return false;
    }

    private static bool Matches(Module* module, byte* name, uint length)
    {
        if (module->NameLength != length)
        {
            return false;
        }
        for (uint i = 0; i < length; i++)
        {
            if (module->Name[i] != name[i])
            {
                return false;
            }
        }
        return true;
    }
}

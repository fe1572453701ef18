using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>Starting an instance again after its end: what its core's monitor may do.</summary>
internal static unsafe class Restarts
{
    /// <summary>Makes the domain of a declared instance anew. From then on its name means the new one.</summary>
    /// <param name="monitor">The caller.</param>
    /// <param name="index">As for <see cref="Declarations.TryGet"/>; an instance of this core.</param>
    /// <returns>
    /// 0, or a negative error number: EEXIST while it runs, EAGAIN while its end's memory is still on the way back, ENOEXEC for
    /// an image that cannot run, ENOMEM.
    /// </returns>
    public static long Start(Domain* monitor, ulong index)
    {
        if (!monitor->IsMonitor)
        {
            return -Errno.EPERM;
        }
        if (!Declarations.TryFind(index, out uint core, out uint number))
        {
            return -Errno.ENOENT;
        }
        if (core != ThisCore.Index)
        {
            return -Errno.EHOSTUNREACH;
        }
        Module* module = ThisCore.Boot->Modules + number;
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            bool isIt = Bytes.Equal(
                module->Name,
                module->NameLength,
                new System.ReadOnlySpan<byte>(Domain.NameOf(domain), domain->NameLength)
            );
            if (isIt)
            {
                return domain->State == DomainState.Running ? -Errno.EEXIST : -Errno.EAGAIN;
            }
        }
        Supervision.Forgive(number);
        return Loader.Start(module) switch
        {
            StartResult.Started => 0,
            StartResult.NoMemory => -Errno.ENOMEM,
            _ => -Errno.ENOEXEC,
        };
    }
}

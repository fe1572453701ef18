using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>What the caller may use and has used.</summary>
public static unsafe class ResourceCalls
{
    private const ulong StackLimit = 3;
    private const ulong LimitCount = 16;
    private const ulong Infinite = ulong.MaxValue;
    private const int UsageBytes = 144;
    private const int InformationBytes = 112;

    private struct LimitPair
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>prlimit64 for the caller: the stack has 8 MB, all else is unlimited; new limits are refused (EPERM).</summary>
    public static long LimitOf(Thread* thread, ulong resource, ulong newAddress, ulong oldAddress)
    {
        if (newAddress != 0)
        {
            return -Errno.EPERM;
        }
        return oldAddress == 0 ? 0 : Limit(thread, resource, oldAddress);
    }

    /// <summary>getrlimit; see <see cref="LimitOf"/>.</summary>
    public static long Limit(Thread* thread, ulong resource, ulong address)
    {
        if (resource >= LimitCount)
        {
            return -Errno.EINVAL;
        }
        LimitPair pair;
        pair.Soft = resource == StackLimit ? Domains.Domain.StackBytes : Infinite;
        pair.Hard = Infinite;
        return UserMemory.TryWrite(thread->Domain, address, &pair, (ulong)sizeof(LimitPair))
            ? 0
            : -Errno.EFAULT;
    }

    /// <summary>getrusage: user time (all time is user time), peak size is the present one, faults; the rest is 0.</summary>
    public static long Usage(Thread* thread, ulong who, ulong address)
    {
        const ulong Thread = 1;
        ulong time = who == Thread ? Scheduler.RunTimeOf(thread) : Domain.RunTimeOf(thread->Domain);
        ulong* usage = stackalloc ulong[UsageBytes / 8];
        Bytes.Clear(usage, UsageBytes);
        usage[0] = time / Clock.NanosecondsPerSecond;
        usage[1] = time % Clock.NanosecondsPerSecond / 1000;
        usage[4] = thread->Domain->Space.PrivateFrames * AddressSpace.PageSize / 1024;
        usage[8] = thread->Domain->Space.Faults;
        return UserMemory.TryWrite(thread->Domain, address, usage, UsageBytes) ? 0 : -Errno.EFAULT;
    }

    /// <summary>sysinfo: total memory is the domain's limit, free memory what it may still have promised.</summary>
    public static long SystemInformation(Thread* thread, ulong address)
    {
        Domain* domain = thread->Domain;
        ulong* information = stackalloc ulong[InformationBytes / 8];
        Bytes.Clear(information, InformationBytes);
        information[0] = Clock.Monotonic / Clock.NanosecondsPerSecond;
        information[4] = domain->Space.LimitPages * AddressSpace.PageSize;
        information[5] = domain->Space.AvailablePages * AddressSpace.PageSize;
        ((ushort*)(information + 10))[0] = (ushort)domain->Threads.Count;
        // The unit of the sizes, after two fields of high memory.
        ((uint*)(information + 13))[0] = 1;
        return UserMemory.TryWrite(domain, address, information, InformationBytes)
            ? 0
            : -Errno.EFAULT;
    }
}

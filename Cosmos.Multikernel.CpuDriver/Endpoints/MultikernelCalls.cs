// The system calls of our own (Cosmos.Multikernel/Abi). Structs are copied in and out whole; a wrong size is EINVAL, a bad
// pointer EFAULT, an unknown number ENOSYS.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Tracing;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe class MultikernelCalls
{
    /// <summary>Serves the call whose number is in RAX; the result goes there.</summary>
    public static void Dispatch(Thread* thread)
    {
        ulong first = thread->Frame.Rdi;
        ulong second = thread->Frame.Rsi;
        long result = (long)thread->Frame.Rax switch
        {
            MultikernelCall.Identity => GetIdentity(thread->Domain, first, second),
            MultikernelCall.CoreStatistics => GetStatistics(thread->Domain, first, second),
            MultikernelCall.DeclaredInstance => GetDeclaration(
                thread->Domain,
                first,
                second,
                thread->Frame.Rdx
            ),
            MultikernelCall.Connect => Connect(thread->Domain, first, second),
            MultikernelCall.Accept => Accept(thread->Domain, first, second),
            MultikernelCall.Notify => ChannelTable.Notify(thread->Domain, first),
            MultikernelCall.Close => ChannelTable.Close(thread->Domain, first),
            MultikernelCall.Power => Switch(first),
            MultikernelCall.Audit => GetAudit(thread->Domain, first, second),
            MultikernelCall.ReadTrace => ReadTrace(
                thread->Domain,
                first,
                second,
                thread->Frame.Rdx
            ),
            MultikernelCall.ReflectCalls => Reflection.Switch(thread->Domain, first),
            MultikernelCall.TakeCall => Reflection.Take(thread->Domain, first, second),
            MultikernelCall.CompleteCall => Reflection.Complete(thread->Domain, first, second),
            MultikernelCall.CopyMemory => Reflection.Copy(
                thread->Domain,
                first,
                second,
                thread->Frame.Rdx
            ),
            MultikernelCall.PrepareForPowerOff => Reflection.ReflectIfOn(thread),
            _ => CapabilityCalls.Call(thread),
        };
        if (result != SystemCalls.NoResult)
        {
            thread->Frame.Rax = (ulong)result;
        }
    }

    private static long GetIdentity(Domain* domain, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(Identity))
        {
            return -Errno.EINVAL;
        }
        DomainEndpoints* endpoints = DomainEndpoints.Of(domain);
        Identity identity = default;
        identity.Core = ThisCore.Index;
        identity.CoreCount = ThisCore.Count;
        identity.Domain = (uint)domain->Id;
        identity.ApicId = ThisCore.ApicId;
        identity.Life = domain->Life;
        identity.TimestampHertz = Clock.Hertz;
        identity.EntryTimestamp = ThisCore.Boot->EntryTimestamp;
        identity.StartTimestamp = endpoints->StartTimestamp;
        identity.DomainPage = endpoints->PageAddress;
        byte* name = Domain.NameOf(domain);
        for (int i = 0; i < domain->NameLength && i < InstanceName.Size - 1; i++)
        {
            identity.Name[i] = name[i];
        }
        return CopyOut(domain, address, &identity, size);
    }

    private static long GetStatistics(Domain* domain, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(CoreStatistics))
        {
            return -Errno.EINVAL;
        }
        CoreStatistics statistics = default;
        statistics.PartitionBytes = Frames.TotalCount * FrameAllocator.FrameSize;
        statistics.FreeBytes = Frames.FreeCount * FrameAllocator.FrameSize;
        statistics.PrivateBytes = domain->Space.PrivateFrames * FrameAllocator.FrameSize;
        statistics.SystemCalls = domain->SystemCalls;
        statistics.UnknownSystemCalls = domain->UnknownCalls;
        statistics.PageFaults = domain->Space.Faults;
        statistics.ContextSwitches = Scheduler.Switches;
        statistics.Interrupts = Traps.Dispatcher.Interrupts;
        statistics.DoorbellsReceived = Doorbells.Received;
        statistics.Frames = FrameHomes.Count;
        statistics.FrameBytes = FrameHomes.Pages * FrameAllocator.FrameSize;
        statistics.IdleNanoseconds = Scheduler.IdleTime;
        return CopyOut(domain, address, &statistics, size);
    }

    private static long GetDeclaration(Domain* domain, ulong index, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(InstanceDeclaration))
        {
            return -Errno.EINVAL;
        }
        InstanceDeclaration declaration = default;
        return Declarations.TryGet(index, &declaration)
            ? CopyOut(domain, address, &declaration, size)
            : -Errno.ENOENT;
    }

    private static long Connect(Domain* domain, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(ConnectRequest))
        {
            return -Errno.EINVAL;
        }
        ConnectRequest request;
        if (!UserMemory.TryRead(domain, &request, address, size))
        {
            return -Errno.EFAULT;
        }
        long handle = ChannelTable.Connect(domain, &request);
        if (handle < 0)
        {
            return handle;
        }
        long copied = CopyOut(domain, address, &request, size);
        if (copied < 0)
        {
            ChannelTable.Close(domain, (ulong)handle);
            return copied;
        }
        return handle;
    }

    private static long Accept(Domain* domain, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(AcceptResult))
        {
            return -Errno.EINVAL;
        }
        AcceptResult result = default;
        // Looked at before an offer is taken: a bad pointer must not cost an offer.
        long writable = CopyOut(domain, address, &result, size);
        if (writable < 0)
        {
            return writable;
        }
        long handle = ChannelTable.Accept(domain, &result);
        if (handle >= 0)
        {
            CopyOut(domain, address, &result, size);
        }
        return handle;
    }

    private static long GetAudit(Domain* domain, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(AuditResult))
        {
            return -Errno.EINVAL;
        }
        AuditResult result = Audit.Of(domain);
        return CopyOut(domain, address, &result, size);
    }

    private static long ReadTrace(Domain* domain, ulong first, ulong address, ulong size)
    {
        if (!CoreTrace.IsOn)
        {
            return -Errno.ENOENT;
        }
        CoreTraceEvent* events = CoreTrace.From(first, out ulong count);
        count = System.Math.Min(count, size / (ulong)sizeof(CoreTraceEvent));
        long copied = CopyOut(domain, address, events, count * (ulong)sizeof(CoreTraceEvent));
        return copied < 0 ? copied : (long)count;
    }

    private static long Switch(ulong action)
    {
        switch ((PowerAction)action)
        {
            case PowerAction.Shutdown:
                Power.Shutdown();
                return -Errno.EIO;
            case PowerAction.Reboot:
                Power.Reboot();
                return -Errno.EIO;
            default:
                return -Errno.EINVAL;
        }
    }

    private static long CopyOut(Domain* domain, ulong address, void* source, ulong size) =>
        UserMemory.TryWrite(domain, address, source, size) ? 0 : -Errno.EFAULT;
}

// The capability calls of Cosmos.Multikernel/Abi: structs are copied in and out whole; a wrong size is EINVAL, a bad pointer
// EFAULT, a handle of nothing EBADF.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

public static unsafe class CapabilityCalls
{
    /// <summary>Serves one.</summary>
    public static long Call(Thread* thread)
    {
        Domain* domain = thread->Domain;
        ulong first = thread->Frame.Rdi;
        ulong second = thread->Frame.Rsi;
        ulong third = thread->Frame.Rdx;
        ulong fourth = thread->Frame.R10;
        ulong fifth = thread->Frame.R8;
        return (long)thread->Frame.Rax switch
        {
            MultikernelCall.AllocateFrame => HeldFrames.Allocate(domain, first, second),
            MultikernelCall.IdentifyCapability => Identify(domain, first, second, third),
            MultikernelCall.NextCapability => CapabilityOperations.Next(domain, first),
            MultikernelCall.MintCapability => Mint(domain, first, second, third),
            MultikernelCall.CopyCapability => CapabilityOperations.Copy(domain, first),
            MultikernelCall.DeleteCapability => CapabilityOperations.Delete(domain, first),
            MultikernelCall.MapCapability => CapabilityOperations.Map(domain, first, second),
            MultikernelCall.UnmapCapability => CapabilityOperations.Unmap(domain, first),
            MultikernelCall.SendCapability => ChannelTable.SendCapability(domain, first, second),
            MultikernelCall.ClaimCapability => ChannelTable.ClaimCapability(domain, first, second),
            MultikernelCall.ReadPort => HeldPorts.Read(domain, first, second, third),
            MultikernelCall.WritePort => HeldPorts.Write(domain, first, second, third, fourth),
            MultikernelCall.ReadPortBlock => HeldPorts.ReadBlock(
                domain,
                first,
                second,
                third,
                fourth,
                fifth
            ),
            MultikernelCall.WritePortBlock => HeldPorts.WriteBlock(
                domain,
                first,
                second,
                third,
                fourth,
                fifth
            ),
            MultikernelCall.BindInterrupt => Bind(domain, first, second, third),
            MultikernelCall.AcknowledgeInterrupt => HeldInterrupts.Acknowledge(domain, first),
            MultikernelCall.AcpiTable => HeldDevices.ReadTable(
                domain,
                first,
                second,
                third,
                fourth,
                fifth
            ),
            MultikernelCall.ProbeInterrupt => HeldDevices.ProbeInterrupt(domain, first, second),
            MultikernelCall.DescribeScreen => HeldDevices.DescribeScreen(
                domain,
                first,
                second,
                third
            ),
            MultikernelCall.BindConsole => BindConsole(domain, first, second, third),
            MultikernelCall.ReadConsole => HeldConsole.Read(domain, first, second, third),
            MultikernelCall.TypeConsole => HeldConsole.Type(domain, first, second, third),
            MultikernelCall.DiscardCapability => ChannelTable.DiscardCapability(
                domain,
                first,
                second
            ),
            MultikernelCall.Permit => Permit(domain, first, second, third),
            MultikernelCall.Start => Restarts.Start(domain, first),
            _ => SystemCalls.Unknown(thread, (uint)thread->Frame.Rax),
        };
    }

    private static long Identify(Domain* domain, ulong handle, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(CapabilityDescription))
        {
            return -Errno.EINVAL;
        }
        CapabilityDescription description = default;
        long result = CapabilityOperations.Identify(domain, handle, &description);
        return result < 0 || UserMemory.TryWrite(domain, address, &description, size)
            ? result
            : -Errno.EFAULT;
    }

    private static long Mint(Domain* domain, ulong handle, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(MintRequest))
        {
            return -Errno.EINVAL;
        }
        MintRequest request;
        return UserMemory.TryRead(domain, &request, address, size)
            ? CapabilityOperations.Mint(domain, handle, &request)
            : -Errno.EFAULT;
    }

    private static long Bind(Domain* domain, ulong handle, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(InterruptBinding))
        {
            return -Errno.EINVAL;
        }
        InterruptBinding binding;
        // Written back at once: a bad pointer must not leave a binding behind.
        if (
            !UserMemory.TryRead(domain, &binding, address, size)
            || !UserMemory.TryWrite(domain, address, &binding, size)
        )
        {
            return -Errno.EFAULT;
        }
        long result = HeldInterrupts.Bind(domain, handle, &binding);
        if (result >= 0)
        {
            UserMemory.TryWrite(domain, address, &binding, size);
        }
        return result;
    }

    private static long BindConsole(Domain* domain, ulong handle, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(ConsoleBinding))
        {
            return -Errno.EINVAL;
        }
        ConsoleBinding binding;
        // Written back at once, as above.
        if (
            !UserMemory.TryRead(domain, &binding, address, size)
            || !UserMemory.TryWrite(domain, address, &binding, size)
        )
        {
            return -Errno.EFAULT;
        }
        long result = HeldConsole.Bind(domain, handle, &binding);
        if (result >= 0)
        {
            UserMemory.TryWrite(domain, address, &binding, size);
        }
        return result;
    }

    private static long Permit(Domain* domain, ulong channel, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(PermitRequest))
        {
            return -Errno.EINVAL;
        }
        PermitRequest request;
        return UserMemory.TryRead(domain, &request, address, size)
            ? Permits.Permit(domain, channel, &request)
            : -Errno.EFAULT;
    }
}

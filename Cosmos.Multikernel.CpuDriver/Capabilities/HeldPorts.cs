using System;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>I/O ports as capabilities: read and written here, as ring 3 cannot.</summary>
internal static unsafe class HeldPorts
{
    // Nothing else happens on the core meanwhile, and a port of an old device takes about a microsecond.
    private const ulong MostAccesses = CapabilityLimits.MaximumPortBlock;
    private const int MostBytes = (int)MostAccesses * sizeof(uint);

    public static long Read(Domain* domain, ulong handle, ulong offset, ulong size)
    {
        long port = Find(domain, handle, offset, size, CapabilityRights.Read);
        return port < 0 ? port : In((ushort)port, size);
    }

    public static long Write(Domain* domain, ulong handle, ulong offset, ulong size, ulong value)
    {
        long port = Find(domain, handle, offset, size, CapabilityRights.Write);
        if (port >= 0)
        {
            Out((ushort)port, size, (uint)value);
            return 0;
        }
        return port;
    }

    public static long ReadBlock(
        Domain* domain,
        ulong handle,
        ulong offset,
        ulong size,
        ulong address,
        ulong count
    )
    {
        long port = Find(domain, handle, offset, size, CapabilityRights.Read);
        if (port < 0 || count > MostAccesses)
        {
            return port < 0 ? port : -Errno.EINVAL;
        }
        byte* bytes = stackalloc byte[MostBytes + sizeof(uint)];
        ulong length = count * size;
        for (ulong at = 0; at < length; at += size)
        {
            *(uint*)(bytes + at) = In((ushort)port, size);
        }
        return UserMemory.TryWrite(domain, address, bytes, length) ? 0 : -Errno.EFAULT;
    }

    public static long WriteBlock(
        Domain* domain,
        ulong handle,
        ulong offset,
        ulong size,
        ulong address,
        ulong count
    )
    {
        long port = Find(domain, handle, offset, size, CapabilityRights.Write);
        if (port < 0 || count > MostAccesses)
        {
            return port < 0 ? port : -Errno.EINVAL;
        }
        byte* bytes = stackalloc byte[MostBytes];
        ulong length = count * size;
        if (!UserMemory.TryRead(domain, bytes, address, length))
        {
            return -Errno.EFAULT;
        }
        for (ulong at = 0; at < length; at += size)
        {
            Out(
                (ushort)port,
                size,
                size == 1 ? bytes[at]
                    : size == 2 ? *(ushort*)(bytes + at)
                    : *(uint*)(bytes + at)
            );
        }
        return 0;
    }

    // The port itself, or a negative error number.
    private static long Find(
        Domain* domain,
        ulong handle,
        ulong offset,
        ulong size,
        CapabilityRights rights
    )
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        if (
            capability->Type != CapabilityType.PortRange
            || size is not (1 or 2 or 4)
            || offset >= capability->Length
            || size > capability->Length - offset
        )
        {
            return -Errno.EINVAL;
        }
        return (capability->Rights & rights) == 0
            ? -Errno.EACCES
            : (long)(capability->Start + offset);
    }

    private static uint In(ushort port, ulong size) =>
        size switch
        {
            1 => Cpu.In8(port),
            2 => Cpu.In16(port),
            _ => Cpu.In32(port),
        };

    private static void Out(ushort port, ulong size, uint value)
    {
        switch (size)
        {
            case 1:
                Cpu.Out8(port, (byte)value);
                break;
            case 2:
                Cpu.Out16(port, (ushort)value);
                break;
            default:
                Cpu.Out32(port, value);
                break;
        }
    }
}

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
    private const ulong MaximumBlock = 4096;
    private const ulong Piece = 256;

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
        if (port < 0 || count > MaximumBlock / size)
        {
            return port < 0 ? port : -Errno.EINVAL;
        }
        byte* bytes = stackalloc byte[(int)Piece + sizeof(uint)];
        for (ulong left = count * size; left != 0; )
        {
            ulong length = Math.Min(left, Piece);
            for (ulong at = 0; at < length; at += size)
            {
                *(uint*)(bytes + at) = In((ushort)port, size);
            }
            if (!UserMemory.TryWrite(domain, address, bytes, length))
            {
                return -Errno.EFAULT;
            }
            address += length;
            left -= length;
        }
        return 0;
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
        if (port < 0 || count > MaximumBlock / size)
        {
            return port < 0 ? port : -Errno.EINVAL;
        }
        byte* bytes = stackalloc byte[(int)Piece + sizeof(uint)];
        for (ulong left = count * size; left != 0; )
        {
            ulong length = Math.Min(left, Piece);
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
            address += length;
            left -= length;
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

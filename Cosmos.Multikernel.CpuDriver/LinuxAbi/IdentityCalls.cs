using System;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Who and where the caller is.</summary>
public static unsafe class IdentityCalls
{
    private const int NameFieldBytes = 65;
    private const int NameFields = 6;

    /// <summary>uname. The release says which Linux the calls resemble; glibc refuses to run on one that is too old.</summary>
    public static long Uname(Thread* thread, ulong address)
    {
        byte* fields = stackalloc byte[NameFieldBytes * NameFields];
        Bytes.Clear(fields, NameFieldBytes * NameFields);
        Put(fields, 0, "Cosmos.Multikernel"u8);
        Put(fields, 1, "cosmos"u8);
        Put(fields, 2, "6.1.0"u8);
        Put(fields, 3, "CPU driver"u8);
        Put(fields, 4, "x86_64"u8);
        return UserMemory.TryWrite(thread->Domain, address, fields, NameFieldBytes * NameFields)
            ? 0
            : -Errno.EFAULT;
    }

    /// <summary>sched_getaffinity: one processor, number 0, for every thread: a domain sees only its own core.</summary>
    public static long Affinity(Thread* thread, ulong id, ulong size, ulong address)
    {
        if (size < sizeof(ulong) || (size & 7) != 0)
        {
            return -Errno.EINVAL;
        }
        if (id != 0 && thread->Domain->Threads.Find((int)id) == null)
        {
            return -Errno.ESRCH;
        }
        return UserMemory.TryWriteWord(thread->Domain, address, 1ul)
            ? sizeof(ulong)
            : -Errno.EFAULT;
    }

    /// <summary>getcpu: processor 0 of node 0, as <see cref="Affinity"/> says.</summary>
    public static long Cpu(Thread* thread, ulong cpuAddress, ulong nodeAddress)
    {
        bool written =
            (cpuAddress == 0 || UserMemory.TryWriteWord(thread->Domain, cpuAddress, 0u))
            && (nodeAddress == 0 || UserMemory.TryWriteWord(thread->Domain, nodeAddress, 0u));
        return written ? 0 : -Errno.EFAULT;
    }

    /// <summary>getcwd: always "/".</summary>
    public static long CurrentDirectory(Thread* thread, ulong address, ulong size)
    {
        if (size < 2)
        {
            return -Errno.ERANGE;
        }
        // "/" and its closing 0, little endian.
        ushort root = (byte)'/';
        return UserMemory.TryWrite(thread->Domain, address, &root, 2) ? 2 : -Errno.EFAULT;
    }

    private static void Put(byte* fields, int index, ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            fields[(index * NameFieldBytes) + i] = text[i];
        }
    }
}

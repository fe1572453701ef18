using System;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>Plain memory operations on pointers.</summary>
public static unsafe class Bytes
{
    public static void Copy(void* to, void* from, ulong count) => Cpu.MemoryCopy(to, from, count);

    public static void Clear(void* at, ulong count) => Cpu.MemorySet(at, 0, count);

    public static bool Equal(byte* left, ulong length, ReadOnlySpan<byte> right)
    {
        if (length != (ulong)right.Length)
        {
            return false;
        }
        for (int i = 0; i < right.Length; i++)
        {
            if (left[i] != right[i])
            {
                return false;
            }
        }
        return true;
    }
}

using System.Runtime.InteropServices;

namespace Cosmos.Core.Memory;

/// <summary>The heap, and memory that the collector does not manage.</summary>
public static unsafe class Heap
{
    /// <summary>Collects garbage of all generations.</summary>
    /// <returns>How many bytes that freed (Cosmos counts objects, .NET's collector does not).</returns>
    public static int Collect()
    {
        long before = GC.GetTotalMemory(forceFullCollection: false);
        GC.Collect();
        long freed = before - GC.GetTotalMemory(forceFullCollection: false);
        return (int)Math.Clamp(freed, 0, int.MaxValue);
    }

    /// <summary>Memory that is nobody else's and stays where it is, all zero.</summary>
    /// <param name="aSize">Bytes.</param>
    public static byte* Alloc(uint aSize) => (byte*)NativeMemory.AllocZeroed(aSize);

    /// <summary>Gives back what <see cref="Alloc"/> gave.</summary>
    public static void Free(void* aPtr) => NativeMemory.Free(aPtr);
}

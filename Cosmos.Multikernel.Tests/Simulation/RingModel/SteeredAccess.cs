using Cosmos.Multikernel.Tests.RingModel;

// In the ring's own namespace, so that its sources find these before System.Threading's.
namespace Cosmos.Multikernel.Channels;

/// <summary>Stands in for System.Threading.Volatile: each access is a step of the exploration.</summary>
internal static unsafe class Volatile
{
    public static uint Read(ref uint location)
    {
        fixed (uint* address = &location)
        {
            return (uint)StepContext.Current.Load((byte*)address, sizeof(uint));
        }
    }

    public static ulong Read(ref ulong location)
    {
        fixed (ulong* address = &location)
        {
            return StepContext.Current.Load((byte*)address, sizeof(ulong));
        }
    }

    public static void Write(ref uint location, uint value)
    {
        fixed (uint* address = &location)
        {
            StepContext.Current.Store((byte*)address, sizeof(uint), value);
        }
    }

    public static void Write(ref ulong location, ulong value)
    {
        fixed (ulong* address = &location)
        {
            StepContext.Current.Store((byte*)address, sizeof(ulong), value);
        }
    }
}

/// <summary>Stands in for System.Threading.Interlocked.</summary>
internal static unsafe class Interlocked
{
    public static uint Exchange(ref uint location, uint value)
    {
        fixed (uint* address = &location)
        {
            return StepContext.Current.Exchange((byte*)address, value);
        }
    }

    public static void MemoryBarrier() => StepContext.Current.Fence();
}

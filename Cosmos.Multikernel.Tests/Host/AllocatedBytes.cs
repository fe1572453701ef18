using System.Runtime;

namespace Cosmos.Multikernel.Tests.Host;

/// <summary>Counts what a thread allocates, for the tests of what is to allocate nothing.</summary>
/// <remarks>
/// A background collection counts what is left of each thread's allocation context (up to 8 KB) as allocated by that thread, so
/// that a test would be blamed for a collection that another one has brought about. The project switches them off.
/// </remarks>
internal static class AllocatedBytes
{
    /// <summary>Bytes that the calling thread has allocated since it began.</summary>
    public static long OfThisThread =>
        GCSettings.LatencyMode == GCLatencyMode.Batch
            ? GC.GetAllocatedBytesForCurrentThread()
            : throw new InvalidOperationException(
                "Allocations are counted wrong while there are background collections: ConcurrentGarbageCollection is to be false."
            );
}

using Cosmos.Multikernel;

namespace Cosmos.Core;

/// <summary>The garbage collector's figures. The collector is .NET's own.</summary>
public static class GCImplementation
{
    private const int BytesPerMegabyte = 1 << 20;

    /// <summary>Memory that this kernel may use, megabytes.</summary>
    public static ulong GetAvailableRAM() =>
        (ulong)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / BytesPerMegabyte);

    /// <summary>Memory that this kernel alone uses, bytes: heap, stacks and all; at most 4 GB are told.</summary>
    public static uint GetUsedRAM() => (uint)Math.Min(Instance.PrivateMemory, uint.MaxValue);

    /// <summary>Does nothing: the collector frees an object when nothing refers to it any more.</summary>
    public static void Free(object aObj) { }

    /// <summary>Does nothing: the collector is there from the start.</summary>
    public static void Init() { }
}

namespace Cosmos.Multikernel.CpuDriver.Threads;

/// <summary>Segments of ring 3.</summary>
public static class Selectors
{
    public const ulong UserCode = Traps.Descriptors.UserCode;
    public const ulong UserData = Traps.Descriptors.UserData;
}

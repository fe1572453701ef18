using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Tracing;

namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>What a core does when nothing can run: nothing.</summary>
public static class Idle
{
    /// <summary>Halts until an interrupt has been served; the caller then looks again for work.</summary>
    public static void Wait()
    {
        CoreTrace.Record(CoreTraceKind.Idle);
        Cpu.WaitForInterrupt();
        CoreTrace.Record(CoreTraceKind.Busy);
    }
}

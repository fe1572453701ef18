namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>What a core does when nothing can run: nothing.</summary>
public static class Idle
{
    /// <summary>Halts until an interrupt has been served; the caller then looks again for work.</summary>
    public static void Wait() => Cpu.WaitForInterrupt();
}

using Cosmos.Multikernel;

namespace Cosmos.HAL;

/// <summary>Switching the machine off and restarting it, all its cores.</summary>
public static class Power
{
    public static void ACPIReboot() => Machine.Reboot();

    public static void ACPIShutdown() => Machine.Shutdown();

    public static void CPUReboot() => Machine.Reboot();

    public static void CPUShutdown() => Machine.Shutdown();
}

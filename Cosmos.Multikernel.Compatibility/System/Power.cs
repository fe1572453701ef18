using Cosmos.Multikernel;

namespace Cosmos.System;

/// <summary>Switching the machine off and restarting it, all its cores. Neither returns.</summary>
public static class Power
{
    /// <summary>Switches the machine off.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    public static void Shutdown() => Machine.Shutdown();

    /// <summary>Restarts the machine.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    public static void Reboot() => Machine.Reboot();

    /// <summary>The same as <see cref="Shutdown"/>.</summary>
    public static void QemuShutdown() => Machine.Shutdown();

    /// <summary>The same as <see cref="Reboot"/>.</summary>
    public static void QemuReboot() => Machine.Reboot();
}

using Cosmos.Debug.Kernel;

namespace Cosmos.HAL;

/// <summary>The machine's devices that every kernel has.</summary>
public static class Global
{
    /// <summary>Says things to a debugger.</summary>
    public static Debugger debugger { get; } = new("HAL", "Global");

    /// <summary>Says things to a debugger.</summary>
    public static Debugger mDebugger => debugger;

    /// <summary>The timer.</summary>
    public static PIT PIT { get; } = new();
}

using Cosmos.Multikernel.Kernels;

namespace Cosmos.System;

/// <summary>What all kernels share.</summary>
public static class Global
{
    /// <summary>Says things to a debugger.</summary>
    public static DebugOutput Debugger { get; } = new();

    /// <summary>Says things to a debugger.</summary>
    public static DebugOutput mDebugger => Debugger;

    public static bool NumLock
    {
        get => KeyboardManager.NumLock;
        set => KeyboardManager.NumLock = value;
    }

    public static bool CapsLock
    {
        get => KeyboardManager.CapsLock;
        set => KeyboardManager.CapsLock = value;
    }

    public static bool ScrollLock
    {
        get => KeyboardManager.ScrollLock;
        set => KeyboardManager.ScrollLock = value;
    }
}

using Cosmos.HAL;
using Cosmos.Multikernel.Kernels;

namespace Cosmos.System;

/// <summary>What all kernels share.</summary>
public static class Global
{
    /// <summary>Does nothing: which drivers there are is the image's to say, and each is an instance of its own.</summary>
    public static void Init(
        TextScreenBase? textScreen,
        bool initScrollWheel = true,
        bool initPS2 = true,
        bool initNetwork = true,
        bool ideInit = true,
        bool InitSerial = true,
        bool InitPCI = true,
        bool InitACPI = true,
        bool InitAHCI = true
    ) { }

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

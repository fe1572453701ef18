using Cosmos.HAL;
using Cosmos.Multikernel;
using Cosmos.Multikernel.Kernels;

namespace Cosmos.System;

/// <content>
/// What kernels written for Cosmos call by its bare name, so that it must be a member here. All else that they use is in
/// Cosmos.Multikernel.Compatibility (docs/cosmos-compatibility.md).
/// </content>
public abstract partial class Kernel
{
    /// <summary>Says things to a debugger.</summary>
    protected DebugOutput mDebugger { get; } = new();

    /// <summary>Remembered, no more, as in Cosmos: what the boot has said stays until <c>Console.Clear</c>.</summary>
    public bool ClearScreen { get; set; } = true;

    /// <summary>Always: an instance cannot switch them off.</summary>
    public static bool InterruptsEnabled => true;

    /// <summary>Says something to a debugger.</summary>
    public static void PrintDebug(string message) => DebugOutput.Write(message);

    /// <summary>Restarts the machine, all its cores.</summary>
    public void Restart() => Machine.Reboot();

    /// <summary>The screen that the console shall use: null, as in Cosmos, for the one that is there.</summary>
    protected virtual TextScreenBase? GetTextScreen() => null;

    /// <summary>Whether its life has begun.</summary>
    protected bool mStarted { get; private set; }

    /// <summary>Whether it stops after the current <see cref="Run"/>; true is what <see cref="Stop()"/> does.</summary>
    /// <exception cref="InvalidOperationException">It stops already, and shall not.</exception>
    protected bool mStopped
    {
        get => IsStopping;
        set
        {
            if (value)
            {
                Stop();
            }
            else if (IsStopping)
            {
                throw new InvalidOperationException("A kernel that stops is not kept from it.");
            }
        }
    }

    /// <summary>The layout that the kernel has chosen for the machine's keyboard; null for the machine's own.</summary>
    protected ScanMapBase? GetKeyboardScanMap() => ScanMapBase.Chosen;

    /// <summary>Chooses the layout of the machine's keyboard; nothing for null.</summary>
    protected void SetKeyboardScanMap(ScanMapBase? scanMap) => scanMap?.Use();
}

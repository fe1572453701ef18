namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>What rt_sigaction sets: the kernel's struct sigaction (Linux, include/linux/signal_types.h).</summary>
public struct SignalAction
{
    public ulong Handler;
    public ulong Flags;
    public ulong Restorer;
    public ulong Mask;

    public const ulong Default = 0;
    public const ulong Ignore = 1;
    public const ulong RestartFlag = 0x1000_0000;
    public const ulong NoDefer = 0x4000_0000;
    public const ulong ResetHand = 0x8000_0000;
}

/// <summary>The actions of a domain, one for each signal 1 to 64; shared by all its threads.</summary>
public unsafe struct SignalActions
{
    private const int WordsPerAction = 4;
    private fixed ulong _words[Signal.Count * WordsPerAction];

    /// <summary>Signals sent to the domain as a whole and not yet taken by a thread; bit n-1 for signal n.</summary>
    public ulong Pending;

    public SignalAction Get(int signal)
    {
        fixed (ulong* words = _words)
        {
            return ((SignalAction*)words)[signal - 1];
        }
    }

    public void Set(int signal, in SignalAction action)
    {
        fixed (ulong* words = _words)
        {
            ((SignalAction*)words)[signal - 1] = action;
        }
    }
}

using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Channels.Platforms;

/// <summary>
/// The futex system call: sleeping on a word and waking those who do. The same number and meaning on Linux and on the CPU
/// driver (futex(2)).
/// </summary>
internal static unsafe class Futex
{
    private const nint FutexCall = 202;
    private const nint OperationWait = 0;
    private const nint OperationWake = 1;

    /// <summary>Sleeps while the word holds <paramref name="seen"/>, at most the time given (negative: no limit).</summary>
    public static void Wait(uint* word, uint seen, long nanoseconds)
    {
        Timespec limit = new(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);

        // Interrupted, timed out and already changed all mean the same to the caller: look again.
        _ = Call(
            FutexCall,
            (nint)word,
            OperationWait,
            (nint)seen,
            nanoseconds < 0 ? 0 : (nint)(&limit),
            0,
            0
        );
    }

    /// <summary>Wakes everyone who sleeps on the word. Not process-private: hosted instances share it.</summary>
    public static void Wake(uint* word) =>
        _ = Call(FutexCall, (nint)word, OperationWake, int.MaxValue, 0, 0, 0);

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}

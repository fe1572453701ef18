using System.Diagnostics;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>
/// A signal handler returns with flags that ring 3 may not have: I/O privilege, interrupts off, nested task, virtual 8086.
/// They must not come through: the timer goes on interrupting us, and IN still faults (the fatal instances show that).
/// </summary>
internal static class SignalFlags
{
    // Intel SDM volume 1, section 3.4.3: VM, NT, IOPL 3 and bit 1; IF is missing.
    private const ulong Forbidden = (1 << 17) | (1 << 14) | (3 << 12) | 2;

    public static string Run()
    {
        SignalFrames.ReturnTo(toFlags: Forbidden);

        // With interrupts off the other thread would never run while this one spins.
        var ran = false;
        var other = new Thread(() => Volatile.Write(ref ran, true));
        other.Start();
        var watch = Stopwatch.StartNew();
        while (!Volatile.Read(ref ran) && watch.ElapsedMilliseconds < 10_000)
        {
            Thread.SpinWait(100);
        }

        other.Join();
        Expect.That(watch.ElapsedMilliseconds < 10_000);
        return "";
    }
}

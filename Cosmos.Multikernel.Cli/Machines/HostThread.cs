using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>Where and when one of this host's threads runs: sched_setaffinity(2), sched_setscheduler(2).</summary>
internal static unsafe class HostThread
{
    private const int Fifo = 1;

    /// <summary>
    /// Binds a thread to one processor, where it comes before all threads of ordinary priority, and of two such threads the
    /// one with the higher priority. False when this user may not do that.
    /// </summary>
    public static bool TakeProcessor(int thread, int processor, int priority)
    {
        var mask = 1UL << processor;
        return SetAffinity(thread, sizeof(ulong), &mask) == 0
            && SetScheduler(thread, Fifo, &priority) == 0;
    }

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    private static extern int SetAffinity(int thread, nuint size, ulong* mask);

    // The parameter structure has one member, the priority.
    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    private static extern int SetScheduler(int thread, int policy, int* priority);
}

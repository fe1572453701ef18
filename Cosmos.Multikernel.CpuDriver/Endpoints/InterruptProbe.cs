// How long an interrupt takes from core to core, with nothing around it: the floor under every wake-up.
//
// The core that asks sends the probe's vector; the other core's handler sends it back. The asker's system call halts
// meanwhile, with interrupts on, exactly as an idle core does. Only the
// holder of all devices may ask: its core's other threads wait meanwhile, for at most Patience. Timers and time slices go on, for the probe never moves the core's timer to a later time.
// Two cores may ask each other at once: one interrupt can then be both a question and an answer, so numbers tell them apart.

using System.Threading;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe class InterruptProbe
{
    // A core that stopped (a panic) answers nothing.
    private const ulong Patience = 1_000_000;

    private static ulong s_last;

    /// <summary>There and back: nanoseconds, or a negative error number.</summary>
    public static long Measure(ulong core)
    {
        if (core >= ThisCore.Count || core == ThisCore.Index)
        {
            return -Errno.EINVAL;
        }
        ulong number = ++s_last;
        CrossroadsLine* answers = Crossroads.Line(ThisCore.Index, (uint)core);
        // Release: whoever is interrupted finds the question.
        Volatile.Write(ref Crossroads.Line((uint)core, ThisCore.Index)->Probed, number);
        ulong begin = Clock.Monotonic;
        ulong deadline = begin + Patience;
        LocalApic.SendProbe(ThisCore.Boot->Cores[core].ApicId);
        while (Volatile.Read(ref answers->ProbeAnswered) != number)
        {
            if (Clock.Monotonic >= deadline)
            {
                return -Errno.ETIMEDOUT;
            }
            // Anew each time: the timer may have fired for something else.
            Scheduler.ArmAt(deadline);
            Idle.Wait();
        }
        return (long)(Clock.Monotonic - begin);
    }

    /// <summary>Other cores' probes to answer, or an answer to this core's, which has only to end its halt.</summary>
    public static void OnInterrupt()
    {
        for (uint core = 0; core < ThisCore.Count; core++)
        {
            ulong* probed = &Crossroads.Line(ThisCore.Index, core)->Probed;
            ulong number = Volatile.Read(ref *probed);
            if (number != 0)
            {
                Volatile.Write(ref *probed, 0);
                Volatile.Write(ref Crossroads.Line(core, ThisCore.Index)->ProbeAnswered, number);
                LocalApic.SendProbe(ThisCore.Boot->Cores[core].ApicId);
            }
        }
    }
}

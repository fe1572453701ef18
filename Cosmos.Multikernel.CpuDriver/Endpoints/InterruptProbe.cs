// How long an interrupt takes from core to core, with nothing around it: the floor under every wake-up.
//
// The core that asks sends the probe's vector; the other core's handler sends it back. The asker's system call halts
// meanwhile, with interrupts on, exactly as an idle core does.

using System.Threading;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe class InterruptProbe
{
    // A core that stopped (a panic) answers nothing.
    private const ulong Patience = 1_000_000;

    private static bool s_waiting;

    /// <summary>There and back: nanoseconds, or a negative error number.</summary>
    public static long Measure(ulong core)
    {
        if (core >= ThisCore.Count || core == ThisCore.Index)
        {
            return -Errno.EINVAL;
        }
        Volatile.Write(ref Crossroads.Line((uint)core, ThisCore.Index)->Probed, 1);
        s_waiting = true;
        ulong begin = Clock.Monotonic;
        ulong deadline = begin + Patience;
        // A timer due earlier comes at most this much late: a measurement is not worth more machinery.
        LocalApic.ArmTimer(deadline);
        LocalApic.SendProbe(ThisCore.Boot->Cores[core].ApicId);
        while (s_waiting)
        {
            Idle.Wait();
            if (s_waiting && Clock.Monotonic >= deadline)
            {
                s_waiting = false;
                return -Errno.ETIMEDOUT;
            }
        }
        return (long)(Clock.Monotonic - begin);
    }

    /// <summary>An answer to this core's probe, or other cores' probes to answer.</summary>
    public static void OnInterrupt()
    {
        bool asked = false;
        for (uint core = 0; core < ThisCore.Count; core++)
        {
            ulong* probed = &Crossroads.Line(ThisCore.Index, core)->Probed;
            if (Volatile.Read(ref *probed) != 0)
            {
                Volatile.Write(ref *probed, 0);
                LocalApic.SendProbe(ThisCore.Boot->Cores[core].ApicId);
                asked = true;
            }
        }
        if (!asked)
        {
            s_waiting = false;
        }
    }
}

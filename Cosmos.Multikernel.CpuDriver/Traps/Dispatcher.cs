// Every trap comes through here.
//
// From ring 3: serve it, then choose which thread goes on; the stub resumes that one.
// From ring 0: either an interrupt while idle, which only notes what happened and goes back to the idle loop, or a bug.

using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Traps;

public static unsafe class Dispatcher
{
    /// <summary>Interrupts served.</summary>
    public static ulong Interrupts { get; private set; }

    [RuntimeExport("TrapFromUser")]
    private static void FromUser(TrapFrame* frame)
    {
        uint vector = (uint)frame->Vector;
        if (vector == Vector.SystemCall)
        {
            LinuxAbi.SystemCalls.Dispatch(Scheduler.Current);
        }
        else if (vector >= Vector.FirstInterrupt)
        {
            ServeInterrupt(vector);
        }
        else if (vector is Vector.NonMaskable or Vector.DoubleFault or Vector.MachineCheck)
        {
            Panic.Report(Vector.NameOf(vector), frame);
        }
        else
        {
            ulong address = vector == Vector.PageFault ? Cpu.ReadCr2() : 0;
            Domains.Faults.OnException(Scheduler.Current, vector, frame->ErrorCode, address);
        }
        Scheduler.Select();
    }

    [RuntimeExport("TrapFromKernel")]
    private static void FromKernel(TrapFrame* frame)
    {
        if (frame->Vector < Vector.FirstInterrupt)
        {
            Panic.Report(Vector.NameOf(frame->Vector), frame);
        }
        ServeInterrupt((uint)frame->Vector);
    }

    private static void ServeInterrupt(uint vector)
    {
        if (vector == LocalApic.SpuriousVector)
        {
            // No end-of-interrupt for this one (Intel SDM volume 3A, section 11.9).
            return;
        }
        Interrupts++;
        bool isDevice = vector - Vector.FirstDevice < Vector.DeviceEnd - Vector.FirstDevice;
        if (isDevice)
        {
            // A line that stays active would interrupt again at once.
            DeviceInterrupts.Silence(vector);
        }
        LocalApic.EndOfInterrupt();
        if (vector == LocalApic.TimerVector)
        {
            Scheduler.OnTimer();
        }
        else if (vector == LocalApic.DoorbellVector)
        {
            Doorbells.OnInterrupt();
        }
        else if (vector == LocalApic.ProbeVector)
        {
            InterruptProbe.OnInterrupt();
        }
        else if (isDevice)
        {
            DeviceInterrupts.OnInterrupt(vector);
        }
    }
}

// The end of a domain: one report, its peers told, its threads stopped at once, its memory back slice by slice.

using System;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Domains;

public static unsafe class Ending
{
    /// <summary>exit_group, or the last thread's exit.</summary>
    public static void Exit(Domain* domain, int code)
    {
        if (domain->State == DomainState.Ended)
        {
            return;
        }
        BeginReport(domain);
        Log.Text("ended: status "u8);
        Log.Number((ulong)(code & 0xff));
        int status = (code & 0xff) << 8;
        EndReport(domain, status);
        Finish(domain, status);
    }

    /// <summary>A signal that nobody handles.</summary>
    /// <param name="stackOverflow">Its handler's frame found no room on the stack.</param>
    public static void BySignal(Thread* thread, int signal, ulong address, bool stackOverflow)
    {
        Domain* domain = thread->Domain;
        if (domain->State == DomainState.Ended)
        {
            return;
        }
        BeginReport(domain);
        Log.Text("ended: signal "u8);
        Log.Number((ulong)signal);
        Log.Text(" ("u8);
        Log.Text(Signal.NameOf(signal));
        Log.Text(")"u8);
        bool isFault =
            signal
            is Signal.Segv
                or Signal.Bus
                or Signal.Ill
                or Signal.FloatingPoint
                or Signal.Trap;
        if (isFault)
        {
            Log.Text(": "u8);
            Log.Text(CauseOf(thread, address, stackOverflow));
            Log.Text(" at address "u8);
            Log.Hex(address);
            DescribePlace(thread);
        }
        EndReport(domain, signal);
        Finish(domain, signal);
    }

    /// <summary>No memory for a page that was promised generously (a stack).</summary>
    public static void ByMemory(Thread* thread, ulong address)
    {
        Domain* domain = thread->Domain;
        BeginReport(domain);
        Log.Text("ended: signal 9 (SIGKILL): out of memory at address "u8);
        Log.Hex(address);
        DescribePlace(thread);
        EndReport(domain, Signal.Kill);
        Finish(domain, Signal.Kill);
    }

    /// <summary>A domain that could not be made: no report, for it never ran.</summary>
    public static void Discard(Domain* domain) => Finish(domain, 0);

    private static ReadOnlySpan<byte> CauseOf(Thread* thread, ulong address, bool stackOverflow)
    {
        uint vector = (uint)thread->Frame.Vector;
        if (stackOverflow)
        {
            return "stack overflow"u8;
        }
        if (vector == Vector.SystemCall)
        {
            return "bad signal frame"u8;
        }
        if (vector != Vector.PageFault)
        {
            return Vector.NameOf(vector);
        }
        if (address < AddressSpace.UserStart)
        {
            return "null reference"u8;
        }
        return (thread->Frame.ErrorCode & PageFaultError.InstructionFetch) != 0 ? "execution"u8
            : (thread->Frame.ErrorCode & PageFaultError.Write) != 0 ? "write"u8
            : "read"u8;
    }

    private static void BeginReport(Domain* domain)
    {
        InstanceOutput.Finish(domain);
        Log.Begin(Domain.NameOf(domain), (uint)domain->NameLength);
    }

    // Whoever waits at the console (a script, say) must learn that nobody listens there any more.
    private static void EndReport(Domain* domain, int status)
    {
        Supervision.Decide(domain, status);
        if (domain->IsConsole && !Supervision.IsDue(Declarations.ModuleOf(domain)))
        {
            Log.Text("; the console's input goes to nobody now"u8);
        }
        Log.End();
    }

    private static void DescribePlace(Thread* thread)
    {
        Domain* domain = thread->Domain;
        ulong rip = thread->Frame.Rip;
        Log.Text(", thread "u8);
        Log.Number((ulong)thread->Id);
        if (rip >= domain->ImageStart && rip < domain->ImageEnd)
        {
            Log.Text(", at image + "u8);
            Log.Hex(rip - domain->ImageStart);
        }
        else
        {
            Log.Text(", at "u8);
            Log.Hex(rip);
        }
    }

    private static void Finish(Domain* domain, int status)
    {
        domain->State = DomainState.Ended;
        domain->EndStatus = status;
        for (Thread* thread = domain->Threads.First; thread != null; thread = thread->NextInDomain)
        {
            domain->EndedRunTime += Scheduler.RunTimeOf(thread);
            Scheduler.Retire(thread);
        }
        DomainEndpoints.Destroy(domain, status);
        domain->Files.CloseAll(&domain->Space);
        Reaper.Add(domain);
    }
}

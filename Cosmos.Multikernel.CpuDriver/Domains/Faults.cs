using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Domains;

/// <summary>Exceptions from ring 3: pages on first touch, everything else a signal.</summary>
public static unsafe class Faults
{
    public static void OnException(Thread* thread, uint vector, ulong errorCode, ulong address)
    {
        SignalInfo info = default;
        ulong rip = thread->Frame.Rip;
        switch (vector)
        {
            case Vector.PageFault:
                OnPageFault(thread, errorCode, address);
                return;
            case Vector.DivideError:
                info.Signal = Signal.FloatingPoint;
                info.Code = SignalInfo.CodeDivide;
                info.Address = rip;
                break;
            case Vector.FloatingPoint:
            case Vector.SimdFloatingPoint:
                info.Signal = Signal.FloatingPoint;
                info.Code = SignalInfo.CodeKernel;
                info.Address = rip;
                break;
            case Vector.InvalidOpcode:
                info.Signal = Signal.Ill;
                info.Code = SignalInfo.CodeIllegalOpcode;
                info.Address = rip;
                break;
            case Vector.Breakpoint:
            case Vector.Debug:
                info.Signal = Signal.Trap;
                info.Code = SignalInfo.CodeKernel;
                break;
            case Vector.AlignmentCheck:
                info.Signal = Signal.Bus;
                info.Code = 1;
                break;
            default:
                // General protection and its kin: as on Linux a SIGSEGV without an address.
                info.Signal = Signal.Segv;
                info.Code = SignalInfo.CodeKernel;
                break;
        }
        Signals.Raise(thread, in info, info.Address);
    }

    private static void OnPageFault(Thread* thread, ulong errorCode, ulong address)
    {
        Protection access =
            (errorCode & PageFaultError.Write) != 0 ? Protection.Write
            : (errorCode & PageFaultError.InstructionFetch) != 0 ? Protection.Execute
            : Protection.Read;
        FaultOutcome outcome = thread->Domain->Space.Resolve(address, access);
        if (outcome == FaultOutcome.Resolved)
        {
            return;
        }
        if (outcome == FaultOutcome.OutOfMemory)
        {
            Ending.ByMemory(thread, address);
            return;
        }
        SignalInfo info = default;
        info.Signal = Signal.Segv;
        info.Code =
            outcome == FaultOutcome.Forbidden ? SignalInfo.CodeForbidden : SignalInfo.CodeNotMapped;
        info.Address = address;
        Signals.Raise(thread, in info, address);
    }
}

// Where a core's own kernel begins: the same for every core.

using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Cores;

public static unsafe class CoreMain
{
    private const ulong MachineCheckEnable = 1 << 6;
    private const ulong PageGlobal = 1 << 7;
    private const ulong UserModePrevention = 1 << 11;
    private const ulong EnableXsave = 1 << 18;
    private const ulong SupervisorExecutionPrevention = 1 << 20;
    private const ulong SupervisorAccessPrevention = 1 << 21;

    private const uint FeatureMsr = 0xc000_0080;
    private const uint StarMsr = 0xc000_0081;
    private const uint LstarMsr = 0xc000_0082;
    private const uint FlagMaskMsr = 0xc000_0084;
    private const ulong SystemCallEnable = 1;

    // Cleared on SYSCALL: trap, interrupt enable, direction, nested task, alignment check.
    private const ulong ClearedFlags = 0x4_4700;

    [RuntimeExport("CoreMain")]
    private static void Run(CoreRecord* record)
    {
        ThisCore.Adopt(record);
        CpuFeatures.Detect();
        EnableProtections();
        Symbols.Adopt(ThisCore.Boot);
        PageAttributes.Enable();
        Descriptors.Load();
        Fpu.Enable();
        Configure(ThisCore.KernelStackTop, Fpu.UsesXsave);
        EnableSystemCalls();
        Clock.Adopt(ThisCore.Boot);
        LocalApic.Enable(ThisCore.Boot->LocalApicAddress);
        LocalApic.StartTimer(ThisCore.Boot->LocalApicTimerHertz);
        if (ThisCore.Boot->IsTracing)
        {
            Tracing.CoreTrace.Start();
        }
        Links.Start();
        DeviceInterrupts.Start();
        ConsoleService.Start();
        Domains.Loader.StartInstances();
        Doorbells.LookAround();
        Threads.Scheduler.Select();
        Resume();
    }

    private static void EnableProtections()
    {
        ulong control = Cpu.ReadCr4();
        // Without it a machine check would reset the machine instead of being reported.
        control |= CpuFeatures.MachineCheck ? MachineCheckEnable : 0;
        control |= CpuFeatures.GlobalPages ? PageGlobal : 0;
        control |= CpuFeatures.Xsave ? EnableXsave : 0;
        control |= CpuFeatures.Smep ? SupervisorExecutionPrevention : 0;
        control |= CpuFeatures.Smap ? SupervisorAccessPrevention : 0;
        control |= CpuFeatures.Umip ? UserModePrevention : 0;
        Cpu.WriteCr4(control);
    }

    private static void EnableSystemCalls()
    {
        Cpu.WriteMsr(FeatureMsr, Cpu.ReadMsr(FeatureMsr) | SystemCallEnable);
        // SYSCALL loads CS from bits 47:32 and SS from that + 8 (Intel SDM volume 2B, SYSCALL).
        Cpu.WriteMsr(StarMsr, Descriptors.KernelCode << 32);
        Cpu.WriteMsr(LstarMsr, SystemCallAddress());
        Cpu.WriteMsr(FlagMaskMsr, ClearedFlags);
    }

    [RuntimeImport("*", "Traps_Configure"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Configure(ulong kernelStack, bool useXsave);

    [RuntimeImport("*", "Traps_SystemCallAddress"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong SystemCallAddress();

    [RuntimeImport("*", "Traps_Resume"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Resume();
}

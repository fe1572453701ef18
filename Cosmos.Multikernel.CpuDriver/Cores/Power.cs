using System.Runtime.Intrinsics.X86;
using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Console;

namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>Switching the machine off and restarting it (ACPI 6.5, sections 4.8.3.2, 4.8.3.6 and 7.4.2).</summary>
public static unsafe class Power
{
    private const ushort SleepEnable = 1 << 13;
    private const int SleepTypeShift = 10;
    private const ushort AcpiEnabled = 1;
    private const int Patience = 1_000_000;

    // Hardware and emulators go off some time after they were told to; until then the processor runs on.
    private const ulong TimeToAct = 2_000_000_000;
    private const ushort KeyboardControllerCommand = 0x64;
    private const byte PulseReset = 0xfe;

    /// <summary>Switches off. Returns only when the machine cannot.</summary>
    public static void Shutdown()
    {
        PowerManagement* power = &ThisCore.Boot->Power;
        ConsoleDevice.Drain();
        if (!power->CanPowerOff)
        {
            return;
        }
        TakeOver(power);
        Sleep(power->Pm1aControl, power->SleepTypeA);
        if (power->Pm1bControl != 0)
        {
            Sleep(power->Pm1bControl, power->SleepTypeB);
        }
        WaitForTheEnd();
    }

    /// <summary>Restarts: by the firmware's reset register, else by the keyboard controller.</summary>
    public static void Reboot()
    {
        PowerManagement* power = &ThisCore.Boot->Power;
        ConsoleDevice.Drain();
        if (power->ResetPort != 0)
        {
            Cpu.Out8(power->ResetPort, power->ResetValue);
        }
        WaitForTheEnd();
        Cpu.Out8(KeyboardControllerCommand, PulseReset);
        WaitForTheEnd();
    }

    private static void WaitForTheEnd()
    {
        ulong deadline = Clock.Monotonic + TimeToAct;
        while (Clock.Monotonic < deadline)
        {
            X86Base.Pause();
        }
    }

    // The power registers belong to the firmware until it is told otherwise.
    private static void TakeOver(PowerManagement* power)
    {
        if (power->EnablePort == 0 || (Cpu.In16(power->Pm1aControl) & AcpiEnabled) != 0)
        {
            return;
        }
        Cpu.Out8(power->EnablePort, power->EnableValue);
        for (int i = 0; i < Patience; i++)
        {
            if ((Cpu.In16(power->Pm1aControl) & AcpiEnabled) != 0)
            {
                return;
            }
        }
    }

    private static void Sleep(ushort port, byte type) =>
        Cpu.Out16(port, (ushort)((type << SleepTypeShift) | SleepEnable));
}

// The console core's side of the console: sets the devices up, serves their interrupts. The keyboard is served here as long as no
// instance has bound its line.

using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static unsafe class ConsoleService
{
    private static uint s_serialLine;
    private static uint s_keyboardLine;

    /// <summary>On every core; the devices only where configuration puts them.</summary>
    public static void Start()
    {
        BootRecord* boot = ThisCore.Boot;
        if (ThisCore.Index == boot->ConsoleCore)
        {
            ScreenFeed.Start();
            InstanceInput.Start();
            IoApics.MaskAll();
            // Set up by the boot phase; doing it again would lose what was typed meanwhile.
            SerialPort.Detect();
            s_serialLine = IoApics.RouteIsa(SerialPort.IsaInterrupt);
            s_keyboardLine = IoApics.LineOf(Keyboard.IsaInterrupt);
            TakeKeyboard(s_keyboardLine);
            if (SerialPort.Present)
            {
                SerialPort.EnableInterrupts();
            }
        }
        else
        {
            // For last words only.
            SerialPort.AssumePresent();
        }
        Outbox.Start();
    }

    /// <summary>The line may be the keyboard's, and has no driver (any more): then it is served here.</summary>
    public static void TakeKeyboard(uint line)
    {
        if (line == s_keyboardLine)
        {
            IoApics.RouteIsa(Keyboard.IsaInterrupt);
            Keyboard.Start();
        }
    }

    /// <summary>A device interrupt.</summary>
    /// <param name="line">The I/O APIC line.</param>
    /// <returns>Whether it is one of the console's.</returns>
    public static bool OnInterrupt(uint line)
    {
        if (line == s_keyboardLine && !Lines.IsOpen(line))
        {
            Keyboard.OnInterrupt();
            return true;
        }
        if (line != s_serialLine)
        {
            return false;
        }
        while (SerialPort.TryReceive(out byte value))
        {
            InstanceInput.Add(value);
        }
        if (ConsoleDevice.Send())
        {
            OnRoom();
        }
        return true;
    }

    // The devices can take more: first this core's own text, then what waits in the links.
    private static void OnRoom()
    {
        Outbox.Pump();
        Endpoints.Links.ReceiveAll();
    }
}

using System;
using System.Text;
using Cosmos.Core;
using Cosmos.Core.Memory;
using Cosmos.HAL;
using IL2CPU.API.Attribs;
using Sys = Cosmos.System;

namespace CosmosShell;

/// <summary>A shell as kernels for Cosmos have it: Run reads a line and looks what to do.</summary>
public class Kernel : Sys.Kernel
{
    [ManifestResourceStream(ResourceName = "CosmosShell.Motd.txt")]
    private static readonly byte[] motd;

    private readonly string user = "root";

    protected override void BeforeRun()
    {
        Console.OutputEncoding = Sys.ExtendedASCII.CosmosEncodingProvider.Instance.GetEncoding(437);
        SetKeyboardScanMap(new Sys.ScanMaps.US_Standard());
        Console.Clear();
        Console.ForegroundColor = ConsoleColor.Green;
        Console.WriteLine(Encoding.ASCII.GetString(motd).Trim());
        Console.ForegroundColor = ConsoleColor.White;
        mDebugger.Send("booted");
    }

    protected override void Run()
    {
        Console.Write(user + "> ");
        string input = Console.ReadLine();
        if (input == null)
        {
            Stop();
            return;
        }

        string[] args = input.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (args.Length == 0)
        {
            return;
        }

        switch (args[0].ToLower())
        {
            case "help":
                Console.WriteLine(
                    "help, echo, cpu, mem, gc, time, port, lspci, wait, beep, color, version, key, shutdown, reboot"
                );
                break;
            case "echo":
                Console.WriteLine(input.Substring(Math.Min(5, input.Length)));
                break;
            case "cpu":
                Console.WriteLine("vendor: " + CPU.GetCPUVendorName());
                Console.WriteLine("brand: " + CPU.GetCPUBrandString());
                Console.WriteLine("speed: " + CPU.GetCPUCycleSpeed() / 1000000 + " MHz");
                Console.WriteLine(
                    "uptime: " + CPU.GetCPUUptime() / (ulong)CPU.GetCPUCycleSpeed() + " s"
                );
                break;
            case "mem":
                uint used = GCImplementation.GetUsedRAM() / 1024;
                Console.WriteLine("total: " + CPU.GetAmountOfRAM() + " MB");
                Console.WriteLine("available: " + GCImplementation.GetAvailableRAM() + " MB");
                Console.WriteLine("used: " + used + " KB");
                break;
            case "gc":
                byte[] garbage = new byte[1000000];
                garbage[0] = 1;
                garbage = null;
                Console.WriteLine("freed: " + Heap.Collect());
                break;
            case "time":
                Console.WriteLine(
                    $"{RTC.Century}{RTC.Year:D2}-{RTC.Month:D2}-{RTC.DayOfTheMonth:D2} {RTC.Hour:D2}:{RTC.Minute:D2}:{RTC.Second:D2}"
                );
                break;
            case "port":
                try
                {
                    // The real-time clock's seconds; then the keyboard's port, which is not ours.
                    IOPort.Write8(0x70, 0);
                    Console.WriteLine("seconds: " + IOPort.Read8(0x71).ToString("X2"));
                    Console.WriteLine("keyboard: " + new IOPort(0x60).Byte);
                }
                catch (UnauthorizedAccessException e)
                {
                    Console.WriteLine(e.Message);
                }
                break;
            case "lspci":
                foreach (PCIDevice device in PCI.Devices)
                {
                    Console.WriteLine(
                        device.bus
                            + ":"
                            + device.slot
                            + ":"
                            + device.function
                            + " "
                            + device.VendorID.ToString("X4")
                            + ":"
                            + device.DeviceID.ToString("X4")
                            + " "
                            + PCIDevice.DeviceClass.GetTypeString(device)
                    );
                }
                Console.WriteLine(PCI.Count + " devices");
                break;
            case "wait":
                Cosmos.HAL.Global.PIT.Wait(250);
                Console.WriteLine("waited");
                break;
            case "beep":
                Console.Beep(880, 50);
                Sys.PCSpeaker.Beep(Sys.Notes.A4, Sys.Durations.Sixteenth);
                Console.WriteLine("beeped");
                break;
            case "color":
                foreach (ConsoleColor color in Enum.GetValues<ConsoleColor>())
                {
                    Console.ForegroundColor = color;
                    Console.Write("#");
                }
                Console.ResetColor();
                Console.WriteLine();
                break;
            case "version":
                Console.WriteLine("version " + Version.Number());
                break;
            case "key":
                Console.Write("press a key: ");
                Sys.KeyEvent key = Sys.KeyboardManager.ReadKey();
                Console.WriteLine(key.Key + " '" + key.KeyChar + "'");
                break;
            case "shutdown":
                Sys.Power.Shutdown();
                break;
            case "reboot":
                Sys.Power.Reboot();
                break;
            default:
                Console.ForegroundColor = ConsoleColor.Red;
                Console.WriteLine(args[0] + ": unknown command");
                Console.ForegroundColor = ConsoleColor.White;
                break;
        }
    }
}

using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>Source as kernels for Cosmos have it compiles unchanged, or is refused with a word about what there is instead.</summary>
public sealed class CosmosSourceTests
{
    // Lines that public kernels have, in many variations.
    [TestCase("Sys.Power.Shutdown(); Sys.Power.Reboot(); Cosmos.HAL.Power.CPUReboot(); Restart();")]
    [TestCase(
        "uint ram = Cosmos.Core.CPU.GetAmountOfRAM(); string cpu = Cosmos.Core.CPU.GetCPUBrandString() + Cosmos.Core.CPU.GetCPUVendorName();"
    )]
    [TestCase(
        "ulong up = CPU.GetCPUUptime() / (ulong)CPU.GetCPUCycleSpeed(); long speed = CPU.EstimateCPUSpeedFromName(\"x @ 1GHz\");"
    )]
    [TestCase(
        "int a = 0, b = 0, c = 0, d = 0; if (CPU.CanReadCPUID() != 0) CPU.ReadCPUID(0, ref a, ref b, ref c, ref d);"
    )]
    [TestCase(
        "uint used = GCImplementation.GetUsedRAM() / 1024; ulong free = Cosmos.Core.GCImplementation.GetAvailableRAM();"
    )]
    [TestCase("int freed = Heap.Collect(); Cosmos.Core.Memory.Heap.Collect();")]
    [TestCase("unsafe { byte* p = Heap.Alloc(16); Heap.Free(p); }")]
    [TestCase(
        "var port = new IOPort(0x60); byte x = port.Byte; port.Byte = 1; ushort w = new IOPortRead(0x60, 4).Word; new IOPortWrite(0x64).DWord = 3u; IOPort.Wait();"
    )]
    [TestCase("IOPort.Write8(0x70, 4); byte x = IOPort.Read8(0x71);")]
    [TestCase(
        "foreach (PCIDevice device in Cosmos.HAL.PCI.Devices) { uint b = device.bus + device.slot + device.function; ushort v = device.VendorID; byte c = device.ClassCode; }"
    )]
    [TestCase(
        "bool vm = Cosmos.HAL.PCI.GetDevice(Cosmos.HAL.VendorID.VMWare, Cosmos.HAL.DeviceID.SVGAIIAdapter) != null; uint n = PCI.Count; PCI.Exists(PCI.GetDevice(VendorID.Bochs, DeviceID.BGA));"
    )]
    [TestCase(
        "string s = PCIDevice.DeviceClass.GetTypeString(PCI.GetDeviceClass(2, 0)) + PCI.GetDevice(0x8086, 0x100E).BaseAddressBar[0].BaseAddress;"
    )]
    [TestCase(
        "Cosmos.HAL.Global.PIT.Wait(1000); Cosmos.HAL.Global.PIT.RegisterTimer(new PIT.PITTimer(() => { }, 1000000, true));"
    )]
    [TestCase(
        "string t = Cosmos.HAL.RTC.Hour + \":\" + Cosmos.HAL.RTC.Minute + \":\" + RTC.Second + RTC.DayOfTheMonth + RTC.Month + RTC.Year + RTC.Century + RTC.DayOfTheWeek;"
    )]
    [TestCase(
        "var fs = new Sys.FileSystem.CosmosVFS(); Sys.FileSystem.VFS.VFSManager.RegisterVFS(fs); VFSManager.RegisterVFS(fs, false, true);"
    )]
    [TestCase(
        "long space = new CosmosVFS().GetAvailableFreeSpace(@\"0:\\\"); string type = new CosmosVFS().GetFileSystemType(@\"0:\\\"); VFSManager.SetFileSystemLabel(@\"0:\\\", \"x\");"
    )]
    [TestCase(
        "foreach (var entry in VFSManager.GetDirectoryListing(@\"0:\\\")) { if (entry.mEntryType == Sys.FileSystem.Listing.DirectoryEntryTypeEnum.File) { Console.WriteLine(entry.mName + entry.mSize); } }"
    )]
    [TestCase(
        "foreach (var disk in VFSManager.GetDisks()) { disk.DisplayInformation(); foreach (var part in disk.Partitions) { string root = part.RootPath; bool has = part.HasFileSystem; } }"
    )]
    [TestCase(
        "Stream s = VFSManager.GetFile(@\"0:\\a\").GetFileStream(); VFSManager.CreateFile(@\"0:\\a\"); VFSManager.DeleteDirectory(@\"0:\\b\", true);"
    )]
    [TestCase(
        "SetKeyboardScanMap(new Sys.ScanMaps.DE_Standard()); Sys.KeyboardManager.SetKeyLayout(new FRStandardLayout()); this.SetKeyboardScanMap(new US_Standard());"
    )]
    [TestCase(
        "if (Sys.KeyboardManager.TryReadKey(out var key)) { if (key.Key == Sys.ConsoleKeyEx.Enter) { } } var k = Sys.KeyboardManager.ReadKey(); bool c = Sys.KeyboardManager.ControlPressed;"
    )]
    [TestCase(
        "Sys.PCSpeaker.Beep(Sys.Notes.E4, Sys.Durations.Sixteenth); Sys.PCSpeaker.Beep(800, 200); Console.Beep(800, 300);"
    )]
    [TestCase(
        "Encoding.RegisterProvider(Sys.ExtendedASCII.CosmosEncodingProvider.Instance); Console.OutputEncoding = Sys.ExtendedASCII.CosmosEncodingProvider.Instance.GetEncoding(437);"
    )]
    [TestCase(
        "mDebugger.Send(\"a\"); Sys.Kernel.PrintDebug(\"b\"); PrintDebug(\"c\"); Sys.Global.mDebugger.Send(\"d\");"
    )]
    [TestCase(
        "Sys.Global.Init(GetTextScreen(), false, true, true, true); ClearScreen = !Sys.Kernel.InterruptsEnabled; new CosmosVFS().Initialize(); CPU.InitSSE();"
    )]
    [TestCase(
        "Debugger mine = new Debugger(\"User\", \"Shell\"); mine.Send(\"a\"); Debugger theirs = mDebugger; theirs.SendInternal(\"b\"); Debugger.DoSend(\"c\"); Cosmos.HAL.Global.mDebugger.Send(\"d\");"
    )]
    [TestCase(
        "string hex = PCI.GetDeviceClass(ClassID.MassStorageController, SubclassID.IDEInterface).VendorID.ToHex() + 255u.ToHex(2) + ((byte)1).ToHex();"
    )]
    [TestCase(
        "Sys.KeyboardManager.SetKeyLayout(new ESStandardLayout()); SetKeyboardScanMap(new TR_StandardQ()); SetKeyboardScanMap(new GB_Standard()); SetKeyboardScanMap(new USDvorakLayout());"
    )]
    [TestCase(
        "Sys.ScanMapBase map = GetKeyboardScanMap(); SetKeyboardScanMap(map); if (mStarted && !mStopped) { mStopped = true; }"
    )]
    public void Compiles(string line) => Assert.That(CosmosSource.Check(InKernel(line)), Is.Empty);

    [TestCase("Canvas canvas = FullScreenCanvas.GetFullScreenCanvas();", "text")]
    [TestCase("var mode = new Mode(640, 480, ColorDepth.ColorDepth32);", "text")]
    [TestCase("Sys.MouseManager.ScreenWidth = 640;", "mouse")]
    [TestCase("var dhcp = new Sys.Network.IPv4.UDP.DHCP.DHCPClient();", "docs/network.md")]
    [TestCase("INTs.SetIrqHandler(1, null);", "docs/devices.md")]
    [TestCase("var block = new ManagedMemoryBlock(100);", "docs/capabilities.md")]
    [TestCase("CPU.DisableInterrupts();", "docs/devices.md")]
    [TestCase("var card = new Cosmos.HAL.Drivers.PCI.Network.AMDPCNetII();", "docs/network.md")]
    [TestCase("var blocks = VFSManager.GetDisks()[0].Partitions[0].Host;", "docs/file-systems.md")]
    [TestCase("Cosmos.HAL.BlockDevice.BlockDevice.Devices.Clear();", "docs/file-systems.md")]
    [TestCase("Sys.Audio.AudioMixer mixer = null;", "sound")]
    public void IsRefusedWithAReason(string line, string reason)
    {
        var errors = CosmosSource.Check(InKernel(line));
        Assert.That(errors.Select(static error => error.Id), Does.Contain("CMK0401"));
        Assert.That(
            errors.First(static error => error.Id == "CMK0401").GetMessage(),
            Does.Contain(reason)
        );
    }

    private static string InKernel(string line) =>
        $$"""
            using System;
            using System.IO;
            using System.Text;
            using Cosmos.Common;
            using Cosmos.Common.Extensions;
            using Cosmos.Core;
            using Cosmos.Core.IOGroup;
            using Cosmos.Core.Memory;
            using Cosmos.Debug.Kernel;
            using Cosmos.HAL;
            using Cosmos.HAL.Network;
            using Cosmos.System.FileSystem;
            using Cosmos.System.FileSystem.FAT;
            using Cosmos.System.FileSystem.VFS;
            using Cosmos.System.Graphics;
            using Cosmos.System.ScanMaps;
            using IL2CPU.API.Attribs;
            using Sys = Cosmos.System;

            namespace CosmosKernel1
            {
                public class Kernel : Sys.Kernel
                {
                    [ManifestResourceStream(ResourceName = "CosmosKernel1.logo.bmp")]
                    static byte[] logo;

                    protected override void OnBoot() { }

                    protected override void BeforeRun()
                    {
                        Console.WriteLine("Cosmos booted successfully. Type a line of text to get it echoed back.");
                    }

                    protected override void Run()
                    {
                        {{line}}
                    }
                }
            }
            """;
}

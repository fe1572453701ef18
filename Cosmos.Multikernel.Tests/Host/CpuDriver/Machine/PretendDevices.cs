// The rest of the CPU driver's surroundings: a console and devices that are not there, and a boot record of a small machine.

using System;
using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

#pragma warning disable IDE0130 // the namespaces are those of what is stood in for

namespace Cosmos.Multikernel.CpuDriver.Console
{
    public static unsafe class ConsoleDevice
    {
        public static bool TryWrite(byte* text, uint length) => true;
    }

    public static class ConsoleService
    {
        private const uint SerialLine = 4;
        private const uint KeyboardLine = 1;

        /// <summary>How often the keyboard was taken back from an instance.</summary>
        public static int KeyboardsTaken { get; private set; }

        public static bool IsOwn(uint line) => line is SerialLine or KeyboardLine;

        public static bool OnInterrupt(uint line) =>
            line == SerialLine || (line == KeyboardLine && !Capabilities.Lines.IsOpen(line));

        public static void TakeKeyboard(uint line)
        {
            if (line == KeyboardLine)
            {
                KeyboardsTaken++;
                IoApics.Unmask(line);
            }
        }
    }

    public static class SerialPort
    {
        public const byte IsaInterrupt = 4;
        public const ushort FirstPort = 0x3f8;
        public const ushort PortCount = 8;
    }
}

namespace Cosmos.Multikernel.CpuDriver.Traps
{
    public static class Panic
    {
        public static void Stop(ReadOnlySpan<byte> reason) =>
            throw new InvalidOperationException(Encoding.ASCII.GetString(reason));
    }

    public static class Dispatcher
    {
        public static ulong Interrupts => 0;
    }
}

namespace Cosmos.Multikernel.CpuDriver.Boot
{
    public static class KernelSpace
    {
        public static bool IsScreen(in Abi.ScreenDescription screen, ulong frame) => false;
    }

    public unsafe struct ImageLayout
    {
        public const ulong PhysicalStart = 0x20_0000_0000;

        public ulong End;

        private static readonly ImageLayout* s_current = (ImageLayout*)
            NativeMemory.AllocZeroed((nuint)sizeof(ImageLayout));

        public static ImageLayout* Current => s_current;

        public static ulong PhysicalOf(ulong address) => PhysicalStart + 0x10_0000 + address;
    }

    /// <summary>A boot record: a few modules, 24 interrupt lines, nothing else.</summary>
    public static unsafe class PretendBoot
    {
        /// <param name="monitor">Whether the first module is core 0's monitor, and the holder of all devices.</param>
        public static void Record(ulong memoryEnd, uint cores, bool monitor)
        {
            string[] modules =
            [
                monitor ? "m0 cores=0 monitor devices=all restart=never" : "m0 cores=all",
                "m1 cores=all",
                "m2 cores=all",
                "m3 cores=all",
                "driver cores=all restart=on-failure devices=irq:8",
                "endless cores=all restart=always",
                "watched cores=3 monitor",
                "console cores=all devices=all",
            ];
            BootRecord* record = (BootRecord*)NativeMemory.AllocZeroed((nuint)sizeof(BootRecord));
            record->CoreCount = cores;
            record->InterruptLineCount = 24;
            record->Crossroads = DirectMap.Start;
            record->LocalApicAddress = 0xfee0_0000;
            record->IoApicCount = 1;
            record->IoApics = (Acpi.IoApicDescription*)
                NativeMemory.AllocZeroed((nuint)sizeof(Acpi.IoApicDescription));
            record->IoApics->Address = 0xfec0_0000;
            record->RamCount = 1;
            record->Ram = (PhysicalRange*)NativeMemory.AllocZeroed((nuint)sizeof(PhysicalRange));
            record->Ram->End = memoryEnd;
            record->ModuleCount = (uint)modules.Length;
            record->Modules = (Module*)
                NativeMemory.AllocZeroed((nuint)modules.Length * (nuint)sizeof(Module));
            for (int i = 0; i < modules.Length; i++)
            {
                byte[] text = Encoding.ASCII.GetBytes(modules[i]);
                byte* line = (byte*)NativeMemory.Alloc((nuint)text.Length * 2 + 2);
                text.CopyTo(new Span<byte>(line, text.Length));
                record->Modules[i].Status = Module.Parse(
                    line,
                    (uint)text.Length,
                    line + text.Length,
                    ref record->Modules[i]
                );
            }
            ThisCore.Boot = record;
            Capabilities.DeviceInterrupts.Start();
            Domains.Supervision.Start();
        }
    }
}

namespace Cosmos.Multikernel.CpuDriver.Domains
{
    public enum StartResult
    {
        Started,
        BadImage,
        NoMemory,
    }

    public static unsafe class Loader
    {
        /// <summary>Makes a domain without an image; its thread never runs.</summary>
        public static StartResult Start(Module* module)
        {
            Domain* domain = DomainList.Create(module->Name, module->NameLength, 4096);
            if (domain == null)
            {
                return StartResult.NoMemory;
            }
            domain->IsMonitor = module->IsMonitor;
            domain->Life = Supervision.BeginLife(module);
            domain->Files.OpenStandard();
            if (
                !Endpoints.DomainEndpoints.TryCreate(domain)
                || !Capabilities.HeldDevices.TryGrant(domain, module)
            )
            {
                Supervision.TakeBackLife(module);
                Ending.Discard(domain);
                return StartResult.NoMemory;
            }
            Thread* thread = Thread.Create(domain);
            thread->Frame.Rip = 0x1000_0000;
            Scheduler.Start(thread);
            return StartResult.Started;
        }
    }
}

// What the CPU driver's sources find on this machine in place of a core: memory that stands for physical memory, a clock
// that stands still until somebody waits, a timer that only remembers. Names and shapes are the CPU driver's own.

using System;
using System.Diagnostics;
using System.Linq;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

#pragma warning disable IDE0130 // the namespaces are those of what is stood in for

namespace Cosmos.Multikernel.CpuDriver.Memory
{
    public static unsafe class DirectMap
    {
        /// <summary>Where physical address 0 is visible.</summary>
        public static byte* Start { get; set; }

        public static byte* At(ulong physical) => Start + physical;

        public static ulong PhysicalOf(void* pointer) => (ulong)((byte*)pointer - Start);
    }
}

namespace Cosmos.Multikernel.CpuDriver.Cores
{
    public static unsafe class Cpu
    {
        private static ulong s_root;

        public static ulong FsBase { get; private set; }

        public static ulong ReadCr3() => s_root;

        public static void WriteCr3(ulong root) => s_root = root;

        public static void InvalidatePage(ulong address) { }

        /// <summary>What each port was last written; reads give it back.</summary>
        public static uint[] Ports { get; } = new uint[0x1_0000];

        public static byte In8(ushort port) => (byte)Ports[port];

        public static ushort In16(ushort port) => (ushort)Ports[port];

        public static uint In32(ushort port) => Ports[port];

        public static void Out8(ushort port, byte value) => Ports[port] = value;

        public static void Out16(ushort port, ushort value) => Ports[port] = value;

        public static void Out32(ushort port, uint value) => Ports[port] = value;

        public static ulong ReadTimestamp() => (ulong)Stopwatch.GetTimestamp();

        public static bool ReadRandom(ulong* value) => false;

        public static void WriteFsBase(ulong value)
        {
            // The instruction faults on an address that is not canonical.
            if ((long)(value << 16) >> 16 != (long)value)
            {
                throw new InvalidOperationException("FS base is not canonical");
            }
            FsBase = value;
        }

        public static void* MemorySet(void* destination, int value, ulong byteCount)
        {
            NativeMemory.Fill(destination, (nuint)byteCount, (byte)value);
            return destination;
        }

        public static void* MemoryCopy(void* destination, void* source, ulong byteCount)
        {
            Buffer.MemoryCopy(source, destination, byteCount, byteCount);
            return destination;
        }
    }

    public static class CpuFeatures
    {
        public static bool Random => false;

        public static bool NoExecute => true;
    }

    public static unsafe class ThisCore
    {
        public static uint Index { get; set; }

        public static uint Count { get; set; } = 2;

        public static uint ApicId => Index;

        public static Boot.BootRecord* Boot { get; set; }

        public static ulong KernelRoot { get; set; }
    }

    public static class Clock
    {
        public const ulong NanosecondsPerSecond = 1_000_000_000;

        public const ulong RealtimeAtZero = 1_700_000_000_000_000_000;

        /// <summary>Nanoseconds since the pretended boot; tests and <see cref="Idle"/> move it.</summary>
        public static ulong Monotonic { get; set; } = 1_000_000_000;

        public static ulong Hertz => 1_000_000_000;

        public static ulong Realtime => RealtimeAtZero + Monotonic;
    }

    public static class LocalApic
    {
        public static ulong Armed { get; set; } = ulong.MaxValue;

        public static void ArmTimer(ulong deadline) => Armed = deadline;
    }

    [Flags]
    public enum LineMode : byte
    {
        Edge = 0,
        ActiveLow = 1,
        Level = 2,
    }

    /// <summary>Lines that a test raises; which are masked can be seen.</summary>
    public static class IoApics
    {
        /// <summary>All but the console's own, which its core opens when it starts.</summary>
        public static bool[] Masked { get; } =
        [.. Enumerable.Range(0, 256).Select(line => !Console.ConsoleService.IsOwn((uint)line))];

        public static LineMode[] Modes { get; } = new LineMode[256];

        public static uint LineOf(byte source) => source == 0 ? 2u : source;

        public static LineMode ModeOf(uint line) =>
            line < 16 ? LineMode.Edge : LineMode.Level | LineMode.ActiveLow;

        public static void Open(uint line, LineMode mode)
        {
            Modes[line] = mode;
            Masked[line] = false;
        }

        public static void Mask(uint line) => Masked[line] = true;

        public static void Unmask(uint line) => Masked[line] = false;
    }

    public static class PageAttributes
    {
        public static bool CanCombine => true;
    }

    public static class Power
    {
        public static void Shutdown() { }

        public static void Reboot() { }
    }

    public static class Idle
    {
        /// <summary>Time passes until the armed timer fires; without one nobody would ever wake.</summary>
        public static void Wait()
        {
            if (LocalApic.Armed == ulong.MaxValue)
            {
                throw new AsleepForeverException();
            }
            Clock.Monotonic = Math.Max(Clock.Monotonic, LocalApic.Armed);
            LocalApic.Armed = ulong.MaxValue;
            Scheduler.OnTimer();
        }
    }

    /// <summary>The core would halt and nothing could wake it.</summary>
    public sealed class AsleepForeverException : Exception { }
}

// Time from the timestamp counter, the same on all cores: its rate and zero are measured once, by the boot phase.

using System;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Domains;

namespace Cosmos.Multikernel.CpuDriver.Cores;

public static unsafe class Clock
{
    public const ulong NanosecondsPerSecond = 1_000_000_000;

    private static ulong s_zero;
    private static ulong s_realtimeAtZero;
    private static ulong s_hertz;

    // Nanoseconds for a tick, and ticks for a nanosecond, as 32.32 fixed point.
    private static ulong s_nanosecondsPerTick;

    public static void Adopt(BootRecord* boot)
    {
        s_zero = boot->EntryTimestamp;
        s_realtimeAtZero = boot->RealtimeAtEntry;
        s_hertz = boot->TimestampHertz;
        // (10^9 << 32) / hertz without leaving 64 bits: hertz is more than 10^6, the quotient fits.
        s_nanosecondsPerTick = DivideWide(NanosecondsPerSecond, s_hertz);
    }

    public static ulong Hertz => s_hertz;

    /// <summary>Tells instances how to read this clock by themselves.</summary>
    internal static void Describe(VdsoClock* clock)
    {
        clock->Zero = s_zero;
        clock->NanosecondsPerTick = s_nanosecondsPerTick;
        clock->RealtimeAtZero = s_realtimeAtZero;
    }

    /// <summary>Nanoseconds since the CPU driver began.</summary>
    public static ulong Monotonic => ToNanoseconds(Cpu.ReadTimestamp() - s_zero);

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public static ulong Realtime => s_realtimeAtZero + Monotonic;

    /// <summary>Ticks of the timestamp counter as nanoseconds.</summary>
    public static ulong ToNanoseconds(ulong ticks)
    {
        ulong high = Math.BigMul(ticks, s_nanosecondsPerTick, out ulong low);
        return (high << 32) | (low >> 32);
    }

    // (numerator << 32) / divisor, for numerator < 2^32 * divisor.
    private static ulong DivideWide(ulong numerator, ulong divisor)
    {
        ulong whole = numerator / divisor;
        ulong rest = numerator % divisor;
        ulong fraction = 0;
        for (int bit = 0; bit < 32; bit++)
        {
            rest <<= 1;
            fraction <<= 1;
            if (rest >= divisor)
            {
                rest -= divisor;
                fraction |= 1;
            }
        }
        return (whole << 32) | fraction;
    }
}

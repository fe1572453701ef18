using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Clocks and sleeping. Times are in nanoseconds inside, struct timespec outside.</summary>
public static unsafe class TimeCalls
{
    private const ulong ClockRealtime = 0;
    private const ulong ClockMonotonic = 1;
    private const ulong ClockProcess = 2;
    private const ulong ClockThread = 3;
    private const ulong ClockMonotonicRaw = 4;
    private const ulong ClockRealtimeCoarse = 5;
    private const ulong ClockMonotonicCoarse = 6;
    private const ulong ClockBootTime = 7;

    private const ulong TimerAbsolute = 1;

    /// <summary>struct timespec.</summary>
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>clock_gettime. Clocks 0 to 7; the coarse ones are exact, the raw one equals CLOCK_MONOTONIC.</summary>
    public static long ClockTime(Thread* thread, ulong clock, ulong address)
    {
        switch (clock)
        {
            case ClockMonotonic:
            case ClockMonotonicRaw:
            case ClockMonotonicCoarse:
            case ClockBootTime:
                return WriteTime(thread, address, Clock.Monotonic);
            case ClockRealtime:
            case ClockRealtimeCoarse:
                return WriteTime(thread, address, Clock.Realtime);
            case ClockProcess:
                return WriteTime(thread, address, Domain.RunTimeOf(thread->Domain));
            case ClockThread:
                return WriteTime(thread, address, Scheduler.RunTimeOf(thread));
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>clock_getres: one nanosecond for every clock.</summary>
    public static long ClockResolution(Thread* thread, ulong clock, ulong address)
    {
        if (clock > ClockBootTime)
        {
            return -Errno.EINVAL;
        }
        return address == 0 ? 0 : WriteTime(thread, address, 1);
    }

    /// <summary>nanosleep.</summary>
    public static long Nanosleep(Thread* thread, ulong request, ulong remaining) =>
        ClockNanosleep(thread, ClockMonotonic, 0, request, remaining);

    /// <summary>clock_nanosleep for CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME.</summary>
    public static long ClockNanosleep(
        Thread* thread,
        ulong clock,
        ulong flags,
        ulong request,
        ulong remaining
    )
    {
        if (clock is not (ClockRealtime or ClockMonotonic or ClockBootTime))
        {
            return -Errno.EINVAL;
        }
        long error = ReadTime(thread, request, out ulong time);
        if (error != 0)
        {
            return error;
        }
        bool absolute = (flags & TimerAbsolute) != 0;
        ulong now = Clock.Monotonic;
        ulong deadline =
            !absolute ? Later(now, time)
            : clock == ClockRealtime ? FromRealtime(time)
            : time;
        if (deadline <= now)
        {
            return 0;
        }
        thread->RemainingAddress = absolute ? 0 : remaining;
        Scheduler.Block(thread, BlockKind.Sleep, null, deadline);
        return SystemCalls.NoResult;
    }

    /// <summary>gettimeofday; the time zone is not touched.</summary>
    public static long TimeOfDay(Thread* thread, ulong address)
    {
        if (address == 0)
        {
            return 0;
        }
        ulong now = Clock.Realtime;
        TimeSpecification time;
        time.Seconds = (long)(now / Clock.NanosecondsPerSecond);
        time.Nanoseconds = (long)(now % Clock.NanosecondsPerSecond / 1000);
        return Write(thread, address, &time);
    }

    /// <summary>time.</summary>
    public static long Time(Thread* thread, ulong address)
    {
        ulong seconds = Clock.Realtime / Clock.NanosecondsPerSecond;
        return address == 0 || UserMemory.TryWriteWord(thread->Domain, address, seconds)
            ? (long)seconds
            : -Errno.EFAULT;
    }

    /// <summary>Reads a timespec as nanoseconds; times past the year 2554 are never.</summary>
    /// <returns>0 or a negative error number.</returns>
    public static long ReadTime(Thread* thread, ulong address, out ulong nanoseconds)
    {
        nanoseconds = 0;
        TimeSpecification time;
        if (!UserMemory.TryRead(thread->Domain, &time, address, (ulong)sizeof(TimeSpecification)))
        {
            return -Errno.EFAULT;
        }
        if (
            time.Seconds < 0
            || time.Nanoseconds < 0
            || time.Nanoseconds >= (long)Clock.NanosecondsPerSecond
        )
        {
            return -Errno.EINVAL;
        }
        nanoseconds =
            (ulong)time.Seconds >= Scheduler.Never / Clock.NanosecondsPerSecond
                ? Scheduler.Never
                : ((ulong)time.Seconds * Clock.NanosecondsPerSecond) + (ulong)time.Nanoseconds;
        return 0;
    }

    public static long WriteTime(Thread* thread, ulong address, ulong nanoseconds)
    {
        TimeSpecification time;
        time.Seconds = (long)(nanoseconds / Clock.NanosecondsPerSecond);
        time.Nanoseconds = (long)(nanoseconds % Clock.NanosecondsPerSecond);
        return Write(thread, address, &time);
    }

    /// <summary>A sum that ends at "never" instead of wrapping.</summary>
    public static ulong Later(ulong time, ulong span) =>
        span > Scheduler.Never - time ? Scheduler.Never : time + span;

    /// <summary>A time of the real-time clock as nanoseconds since boot.</summary>
    public static ulong FromRealtime(ulong time)
    {
        if (time == Scheduler.Never)
        {
            return time;
        }
        ulong now = Clock.Realtime;
        return time <= now ? 0 : Later(Clock.Monotonic, time - now);
    }

    private static long Write(Thread* thread, ulong address, TimeSpecification* time) =>
        UserMemory.TryWrite(thread->Domain, address, time, (ulong)sizeof(TimeSpecification))
            ? 0
            : -Errno.EFAULT;
}

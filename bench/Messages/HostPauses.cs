using System.Diagnostics;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>
/// How late this host wakes a thread that sleeps to fixed times, while another core idles and while it walks memory: the
/// part of the isolation figures that is the host's own, for here are neither kernels nor an emulator.
/// </summary>
/// <remarks>
/// Both threads have their core to themselves (SCHED_FIFO), as the virtual processors of the machine have; rounds, interval and
/// size are those of <c>IsolationSuite</c>. Without the right to take cores the rows are the scheduler's.
/// </remarks>
internal static unsafe class HostPauses
{
    private const int Rounds = 45;
    private const int Memory = 512 << 20;
    private const int Line = 64;
    private const double IntervalMicroseconds = 100;
    private const double RoundMicroseconds = 300_000;

    // clock_nanosleep(2): CLOCK_MONOTONIC, which Stopwatch reads as well, and TIMER_ABSTIME.
    private const int Monotonic = 1;
    private const int Absolute = 1;

    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(20);

    private static bool walks;
    private static bool over;

    public static void Run()
    {
        Thread walker = new(Walk);
        walker.Start();
        _ = HostThread.TakeProcessor(0, priority: 2);
        List<double> idle = [];
        List<double> beside = [];
        List<double> ratios = [];
        for (int round = 0; round < Rounds; round++)
        {
            idle.Add(MeasureWhile(false));
            beside.Add(MeasureWhile(true));
            ratios.Add(beside[^1] / idle[^1]);
        }
        Volatile.Write(ref over, true);
        walker.Join();
        Row.Print("host: bare sleeper idle, middle p99.9", Round.Median(idle) / 1000, "us");
        Row.Print(
            "host: bare sleeper beside a core that walks memory, middle p99.9",
            Round.Median(beside) / 1000,
            "us"
        );
        Row.Print(
            "host: p99.9 beside a core that walks memory, times the idle one",
            Round.Median(ratios),
            "x"
        );
    }

    private static double MeasureWhile(bool walking)
    {
        Volatile.Write(ref walks, walking);
        Thread.Sleep(Settling);
        Samples late = new();
        long begin = Stopwatch.GetTimestamp();
        for (
            double due = IntervalMicroseconds;
            due <= RoundMicroseconds;
            due += IntervalMicroseconds
        )
        {
            long at = begin + (long)(due * 1000 / Samples.NanosecondsPerTick);
            SleepUntil(at);
            late.Add(Stopwatch.GetTimestamp() - at);
        }
        return late.Percentile(99.9);
    }

    private static void SleepUntil(long timestamp)
    {
        long nanoseconds = (long)(timestamp * Samples.NanosecondsPerTick);
        long* time = stackalloc long[2];
        time[0] = nanoseconds / 1_000_000_000;
        time[1] = nanoseconds % 1_000_000_000;
        _ = ClockNanosleep(Monotonic, Absolute, time, null);
    }

    /// <summary>Writes to lines of a large memory in no order, as a collector marks objects.</summary>
    private static void Walk()
    {
        _ = HostThread.TakeProcessor(1, priority: 1);
        byte* memory = (byte*)NativeMemory.AllocZeroed(Memory);
        uint place = 1;
        while (!Volatile.Read(ref over))
        {
            if (!Volatile.Read(ref walks))
            {
                Thread.Sleep(1);
                continue;
            }
            for (int i = 0; i < 10_000; i++)
            {
                place = (place * 1664525) + 1013904223;
                memory[(nuint)place * Line % Memory]++;
            }
        }
        NativeMemory.Free(memory);
    }

    [DllImport("libc", EntryPoint = "clock_nanosleep")]
    private static extern int ClockNanosleep(int clock, int flags, long* until, long* left);
}

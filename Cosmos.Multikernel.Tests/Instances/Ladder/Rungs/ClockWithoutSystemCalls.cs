using System.Diagnostics;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Reading a clock is no system call, and shows the time that the system call shows.</summary>
internal static unsafe class ClockWithoutSystemCalls
{
    private const long ClockGetTime = 228;
    private const nint Monotonic = 1;
    private const nint Realtime = 0;
    private const int Readings = 10_000;

    public static string Run()
    {
        var before = Machine.ReadStatistics().SystemCalls;
        for (var i = 0; i < Readings; i++)
        {
            Stopwatch.GetTimestamp();
            _ = DateTime.UtcNow;
        }

        // The runtime's other threads call now and then.
        var calls = Machine.ReadStatistics().SystemCalls - before;
        Expect.That(calls < Readings / 10);

        var first = Stopwatch.GetTimestamp() * 1e9 / Stopwatch.Frequency;
        var asked = Ask(Monotonic);
        var last = Stopwatch.GetTimestamp() * 1e9 / Stopwatch.Frequency;
        Expect.That(first <= asked && asked <= last);

        // The class library's time has steps of 100 ns.
        var firstDate = (DateTime.UtcNow - DateTime.UnixEpoch).TotalNanoseconds - 1_000;
        var askedDate = Ask(Realtime);
        var lastDate = (DateTime.UtcNow - DateTime.UnixEpoch).TotalNanoseconds + 1_000;
        Expect.That(firstDate <= askedDate && askedDate <= lastDate);
        return $"{calls} system calls for {2 * Readings} readings";
    }

    private static double Ask(nint clock)
    {
        var time = stackalloc long[2];
        Expect.Equal(0, SystemCalls.Invoke(ClockGetTime, clock, (nint)time));
        return (time[0] * 1e9) + time[1];
    }
}

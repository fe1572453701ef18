using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>What one core's CPU driver costs. Each figure is the median of several batches, in nanoseconds.</summary>
internal static unsafe class Measures
{
    private const int Batches = 7;

    private const long Map = 9;
    private const long Unmap = 11;
    private const long Yield = 24;
    private const long GetProcessId = 39;

    private sealed class Node
    {
        public int Value = 1;
    }

    /// <summary>The cheapest system call there and back.</summary>
    public static double SystemCall()
    {
        const int Calls = 2_000;
        return Median(() =>
        {
            for (var i = 0; i < Calls; i++)
            {
                SystemCalls.Invoke(GetProcessId);
            }

            return Calls;
        });
    }

    /// <summary>Two threads that do nothing but give way to each other: the system call is part of it.</summary>
    public static double ContextSwitch()
    {
        const int Switches = 2_000;
        var stop = false;
        using var started = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            started.Set();
            while (!Volatile.Read(ref stop))
            {
                SystemCalls.Invoke(Yield);
            }
        });
        other.Start();
        started.Wait();
        var result = Median(() =>
        {
            // Each of our calls switches to the other thread and, by its call, back.
            for (var i = 0; i < Switches / 2; i++)
            {
                SystemCalls.Invoke(Yield);
            }

            return Switches;
        });
        Volatile.Write(ref stop, true);
        other.Join();
        return result;
    }

    /// <summary>First touches of fresh memory, for each fault the CPU driver counts (it maps a few pages ahead).</summary>
    public static double PageFault()
    {
        const nint Length = 2 << 20;
        return Median(() =>
        {
            var before = Machine.ReadStatistics().PageFaults;
            var memory = (nint)SystemCalls.Invoke(Map, 0, Length, 3, 0x22, -1, 0);
            for (nint at = 0; at < Length; at += 4096)
            {
                *(byte*)(memory + at) = 1;
            }

            SystemCalls.Invoke(Unmap, memory, Length);
            return (int)(Machine.ReadStatistics().PageFaults - before);
        });
    }

    /// <summary>A null reference that becomes an exception and is caught.</summary>
    public static double NullReference()
    {
        const int Throws = 100;
        return Median(() =>
        {
            for (var i = 0; i < Throws; i++)
            {
                try
                {
                    Read(null);
                }
                catch (NullReferenceException) { }
            }

            return Throws;
        });
    }

    /// <summary>An interrupt to a core that does nothing, half of the way there and back.</summary>
    public static double Interrupt(int core)
    {
        const int Probes = 200;
        var devices = OwnCapabilities.Granted.OfType<Devices>().Single();
        var ticks = new double[Probes];
        for (var i = 0; i < Probes; i++)
        {
            ticks[i] = devices.ProbeInterrupt(core) / 2.0;
        }

        Array.Sort(ticks);
        return ticks[Probes / 2];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Read(Node? node) => node!.Value;

    // The first batch warms up and is not counted.
    private static double Median(Func<int> batch)
    {
        batch();
        var figures = new double[Batches];
        for (var i = 0; i < Batches; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var count = batch();
            figures[i] =
                (Stopwatch.GetTimestamp() - begin) * 1e9 / Stopwatch.Frequency / Math.Max(count, 1);
        }

        Array.Sort(figures);
        return figures[Batches / 2];
    }
}

using System.Diagnostics;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>From power-on to Main, and what the CPU driver's paths cost.</summary>
internal static class BootSuite
{
    public static void Run()
    {
        // The clock begins at the CPU driver's entry, so its reading here is the time from there to Main.
        var entryToMain = Stopwatch.GetTimestamp() * 1e9 / Stopwatch.Frequency;
        var privateMemory = Instance.PrivateMemory;

        BenchRecord.Write("kernel entry to Main", entryToMain / 1e6, "ms");

        // The timestamp counter begins with the machine; on Linux there is no identity and these stay out.
        if (SystemCalls.ReadIdentity(out var identity) >= 0)
        {
            var millisecond = identity.TimestampHertz / 1e3;
            var entry = identity.EntryTimestamp / millisecond;
            BenchRecord.Write("power-on to Main", entry + (entryToMain / 1e6), "ms");
            BenchRecord.Write(
                "instance start to Main",
                entry + (entryToMain / 1e6) - (identity.StartTimestamp / millisecond),
                "ms"
            );
        }

        BenchRecord.Write("private memory in Main", privateMemory / 1024.0, "KB");
        if (Core.Current == 0)
        {
            BenchRecord.Write("system call", Measures.SystemCall(), "ns");
            BenchRecord.Write("context switch", Measures.ContextSwitch(), "ns");
            BenchRecord.Write("page fault", Measures.PageFault(), "ns");
            BenchRecord.Write("null-reference exception", Measures.NullReference(), "ns");
            if (Core.Count > 1)
            {
                BenchRecord.Write("interrupt to another core", Measures.Interrupt(1), "ns");
            }
        }

        // Cores 0 and 1 exchange messages; the others are done.
        using var loop = EventLoop.Instance;
        if (Core.Count > 1 && Core.Current < 2)
        {
            loop.Run(
                Core.Current == 0
                    ? () => RoundTrips.MeasureAsync("ring round trip")
                    : RoundTrips.AnswerAsync
            );
        }
    }
}

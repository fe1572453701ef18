using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>The physical limit: one 64-byte line that two cores write in turn.</summary>
internal static unsafe class BareLine
{
    private const int Batch = 100;

    /// <summary>Round trips in batches: the batch's mean, since reading the clock costs as much as a trip.</summary>
    public static Samples RoundTrips(int batches)
    {
        Samples samples = new(batches);
        ulong* line = (ulong*)NativeMemory.AlignedAlloc(64, 64);
        *line = 0;
        ulong total = (ulong)(batches * Batch);
        Cores.RunPair(
            () =>
            {
                for (ulong i = 0; i < total; i++)
                {
                    while (Volatile.Read(ref *line) != (2 * i) + 1)
                    {
                        X86Base.Pause();
                    }
                    Volatile.Write(ref *line, (2 * i) + 2);
                }
            },
            () =>
            {
                ulong next = 0;
                for (int batch = 0; batch < batches; batch++)
                {
                    long before = Stopwatch.GetTimestamp();
                    for (int i = 0; i < Batch; i++, next++)
                    {
                        Volatile.Write(ref *line, (2 * next) + 1);
                        while (Volatile.Read(ref *line) != (2 * next) + 2)
                        {
                            X86Base.Pause();
                        }
                    }
                    samples.Add(Stopwatch.GetTimestamp() - before, Batch);
                }
            }
        );
        NativeMemory.AlignedFree(line);
        return samples;
    }
}

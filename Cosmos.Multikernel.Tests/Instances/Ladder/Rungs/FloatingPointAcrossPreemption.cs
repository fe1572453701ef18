using System.Runtime.Intrinsics;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>
/// Threads compute for several time slices each with every vector register in use: a register lost at a switch
/// changes the result.
/// </summary>
internal static class FloatingPointAcrossPreemption
{
    private const int Steps = 300_000;

    public static string Run()
    {
        var expected = Enumerable.Range(0, 4).Select(Compute).ToArray();
        var results = new (double, Vector128<float>)[4];
        var threads = new Thread[4];
        for (var round = 0; round < 2; round++)
        {
            for (var t = 0; t < threads.Length; t++)
            {
                var seed = t;
                threads[t] = new Thread(() => results[seed] = Compute(seed));
                threads[t].Start();
            }

            Array.ForEach(threads, thread => thread.Join());
            for (var t = 0; t < threads.Length; t++)
            {
                Expect.Equal(expected[t], results[t]);
            }
        }

        return $"{expected[0].Item1:R}";
    }

    private static (double, Vector128<float>) Compute(int seed)
    {
        // Four numbers and ten vectors that live through the loop, and what it works with: all sixteen registers.
        double a = seed + 0.25,
            b = seed + 1.5,
            c = 2,
            d = 3;
        var v0 = Vector128.Create(seed + 1f, 2f, 3f, 4f);
        var (v1, v2, v3, v4) = (v0 + v0, v0 * 3f, v0 * 4f, v0 * 5f);
        var (v5, v6, v7, v8) = (v0 * 6f, v0 * 7f, v0 * 8f, v0 * 9f);
        var factor = Vector128.Create(1.0001f, 0.9999f, 1.00005f, 0.99995f);
        for (var i = 0; i < Steps; i++)
        {
            a = (a * 1.0000001) + (b * 1e-9);
            b = Math.Sqrt((b * b) + 1e-7);
            c = (c * 0.9999999) + (a * 1e-8);
            d = Math.Max(c, d) - 1e-9;
            v0 *= factor;
            v1 *= factor;
            v2 *= factor;
            v3 *= factor;
            v4 *= factor;
            v5 *= factor;
            v6 *= factor;
            v7 *= factor;
            v8 *= factor;
        }

        return (a + b + c + d, v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8);
    }
}

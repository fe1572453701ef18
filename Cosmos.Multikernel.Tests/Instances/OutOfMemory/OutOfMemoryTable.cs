using System.Runtime.InteropServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.OutOfMemory;

/// <summary>
/// Running out of memory is an exception, and afterwards the program goes on as before. Runs in an instance whose
/// memory is limited (a <c>memory=</c> of some 64 MB), or natively in a process with a heap limit.
/// </summary>
internal static class OutOfMemoryTable
{
    public const string Suite = "out-of-memory";

    public static IReadOnlyList<TestCase> Cases { get; } =
    [
        // First, because the collector keeps for itself what it once had.
        new("of-native-memory", OfNativeMemory),
        new("by-exhaustion", ByExhaustion),
        new("by-heap-limit", ByHeapLimit),
        new("afterwards", Afterwards),
    ];

    /// <summary>Takes all the memory there is, three times over.</summary>
    private static string ByExhaustion()
    {
        var megabytes = new int[3];
        for (var round = 0; round < megabytes.Length; round++)
        {
            megabytes[round] = Exhaust();
            GC.Collect();
        }

        Expect.That(megabytes.Min() > 4);

        // Nothing leaks from one round to the next (the first may be a little larger: the heap was not yet scattered).
        Expect.That(megabytes[2] >= megabytes[0] / 2);
        return $"{string.Join(", ", megabytes)} MB";
    }

    /// <summary>What the operating system gives outside the collected heap ends as well.</summary>
    private static unsafe string OfNativeMemory()
    {
        const int Block = 4 << 20;
        var blocks = new nint[1_024];
        var count = 0;
        try
        {
            Expect.Throws<OutOfMemoryException>(() =>
            {
                for (; count < blocks.Length; count++)
                {
                    var block = (byte*)NativeMemory.Alloc(Block);
                    blocks[count] = (nint)block;
                    new Span<byte>(block, Block).Fill(1);
                }
            });
        }
        finally
        {
            foreach (var block in blocks)
            {
                NativeMemory.Free((void*)block);
            }
        }

        Expect.That(count > 0);
        return $"{count * (Block >> 20)} MB";
    }

    /// <summary>A limit of its own, below what the machine would give.</summary>
    private static string ByHeapLimit()
    {
        AppContext.SetData("GCHeapHardLimit", 16UL << 20);
        GC.RefreshMemoryLimit();
        var megabytes = Exhaust();
        Expect.That(megabytes is > 4 and <= 16);
        return $"{megabytes} of 16 MB";
    }

    private static string Afterwards()
    {
        GC.Collect();
        var list = Enumerable.Range(0, 10_000).Select(i => i.ToString()).ToList();
        Expect.Equal("9999", list[^1]);
        var thread = new Thread(list.Clear);
        thread.Start();
        thread.Join();
        Expect.Equal(0, list.Count);
        return "";
    }

    /// <summary>Allocates and writes until there is no more.</summary>
    /// <returns>How many megabytes it was.</returns>
    private static int Exhaust()
    {
        const int Parts = 16;
        var kept = new List<byte[]>(32_768);
        Expect.Throws<OutOfMemoryException>(() =>
        {
            while (true)
            {
                var part = new byte[(1 << 20) / Parts];
                part.AsSpan().Fill(1);
                kept.Add(part);
            }
        });
        return kept.Count / Parts;
    }
}

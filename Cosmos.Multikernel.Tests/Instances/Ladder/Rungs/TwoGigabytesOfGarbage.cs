using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Two gigabytes allocated and dropped while a live set survives every collection unharmed.</summary>
internal static class TwoGigabytesOfGarbage
{
    private const long Garbage = 2L << 30;
    private const int LiveObjects = 20_000;

    public static string Run()
    {
        var live = new byte[LiveObjects][];
        for (var i = 0; i < live.Length; i++)
        {
            live[i] = Filled(i, 256);
        }

        var collections = GC.CollectionCount(0);
        var random = new Random(1);
        long allocated = 0;
        var checksum = 0;
        while (allocated < Garbage)
        {
            // Mostly mid-sized arrays (generation 0), now and then one for the large object heap.
            var length = random.Next(100) == 0 ? 100_000 : 20_000;
            var garbage = GC.AllocateUninitializedArray<byte>(length);
            garbage[length / 2] = (byte)length;
            checksum += garbage[length / 2];
            allocated += length;

            // The live set changes slowly, so that generations hold references to younger ones.
            var replaced = random.Next(LiveObjects);
            live[replaced] = Filled(replaced, 256);
        }

        for (var i = 0; i < live.Length; i++)
        {
            Expect.Equal(256, live[i].Length);
            Expect.That(live[i].AsSpan().IndexOfAnyExcept((byte)i) < 0);
        }

        Expect.That(checksum != 0);
        collections = GC.CollectionCount(0) - collections;
        Expect.That(collections > 0);
        return $"{collections} collections, heap {GC.GetTotalMemory(false) >> 10} KB";
    }

    private static byte[] Filled(int value, int length)
    {
        var array = new byte[length];
        array.AsSpan().Fill((byte)value);
        return array;
    }
}
